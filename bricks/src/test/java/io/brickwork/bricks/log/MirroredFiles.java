package io.brickwork.bricks.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A real directory beside a {@link MemoryDisk} that does the same, fails for both, and knows what power loss leaves.
 */
final class MirroredFiles implements LogFiles {
    private final DiskFiles real;
    private final MemoryDisk mirror;

    MirroredFiles(Path directory, MemoryDisk mirror) throws IOException {
        real = new DiskFiles(directory);
        this.mirror = mirror;
        for (Map.Entry<String, byte[]> file : mirror.contents().entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
    }

    @Override
    public List<String> names() throws IOException {
        return real.names();
    }

    @Override
    public LogFile open(String name) throws IOException {
        synchronized (mirror) {
            return new MirroredFile(real.open(name), mirror.open(name));
        }
    }

    @Override
    public LogFile create(String name) throws IOException {
        synchronized (mirror) {
            LogFile inMemory = mirror.create(name);
            return new MirroredFile(real.create(name), inMemory);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        synchronized (mirror) {
            mirror.rename(from, to);
            real.rename(from, to);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        synchronized (mirror) {
            mirror.delete(name);
            real.delete(name);
        }
    }

    @Override
    public void syncDirectory() throws IOException {
        mirror.syncDirectory();
        real.syncDirectory();
    }

    @Override
    public String describe(String name) {
        return real.describe(name);
    }

    private record MirroredFile(LogFile real, LogFile inMemory) implements LogFile {
        @Override
        public void read(ByteBuffer target, long position) throws IOException {
            real.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            inMemory.write(source.duplicate(), position);
            real.write(source, position);
        }

        @Override
        public void force() throws IOException {
            real.force();
            inMemory.force();
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
