package io.brickwork.torture.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A file system in memory, small enough to be filled, mounted where one brick keeps its data. Unmounted when this is
 * closed, or when this process is gone: a helper waits for the end of its standard input. One thread.
 */
public final class SmallDisk implements AutoCloseable {
    /** A brick counts its disk as full when 256 MiB are left, so this leaves it some room. */
    private static final int MEBIBYTES = 640;

    private static final int CHUNK_BYTES = 1 << 20;
    private static final int SECONDS = 10;

    private final Path place;
    private final Process holder;

    private SmallDisk(Path place, Process holder) {
        this.place = place;
        this.holder = holder;
    }

    /** The machine does not let this process mount anything; the message says why. */
    public static final class NotPermitted extends Exception {
        private static final long serialVersionUID = 1L;

        NotPermitted(String message) {
            super(message);
        }
    }

    /**
     * Mounts one.
     *
     * @param place a directory; made if it is not there
     */
    public static SmallDisk mount(Path place) throws IOException, NotPermitted {
        Files.createDirectories(place);
        Process holder = new ProcessBuilder(
                        "sh",
                        "-c",
                        "trap '' INT TERM HUP; mount -t tmpfs -o size=" + MEBIBYTES
                                + "m torture \"$0\" && echo mounted && { read line; umount -l \"$0\"; }",
                        place.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader said = holder.inputReader(StandardCharsets.UTF_8);
        String answer = said.readLine();
        if (!"mounted".equals(answer)) {
            holder.destroyForcibly();
            throw new NotPermitted(answer == null ? "mount said nothing" : answer);
        }
        return new SmallDisk(place, holder);
    }

    /** Leaves no byte. Gives how many it took. */
    public long fill() throws IOException {
        long bytes = 0;
        byte[] chunk = new byte[CHUNK_BYTES];
        FileStore store = Files.getFileStore(place);
        try (OutputStream filler = Files.newOutputStream(filler())) {
            while (true) {
                filler.write(chunk);
                bytes += chunk.length;
            }
        } catch (IOException full) {
            if (store.getUsableSpace() >= CHUNK_BYTES) {
                throw full;
            }
        }
        return bytes;
    }

    /** Gives the bytes back. */
    public void free() throws IOException {
        Files.deleteIfExists(filler());
    }

    private Path filler() {
        return place.resolve("filler");
    }

    /** Keeps what is on it, elsewhere. */
    public void copyTo(Path directory) throws IOException, InterruptedException {
        Process copy = new ProcessBuilder("cp", "-a", place.toString(), directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (copy.waitFor() != 0) {
            throw new IOException("cannot copy " + place + " to " + directory);
        }
    }

    @Override
    public void close() {
        try {
            holder.getOutputStream().close();
            if (!holder.waitFor(SECONDS, TimeUnit.SECONDS) || holder.exitValue() != 0) {
                throw new IllegalStateException("cannot unmount " + place);
            }
        } catch (IOException gone) {
            throw new IllegalStateException("the helper that unmounts " + place + " is gone", gone);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
