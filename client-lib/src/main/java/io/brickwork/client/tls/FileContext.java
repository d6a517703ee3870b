package io.brickwork.client.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code SSLContext} of {@link TlsFiles}, made anew when the files have changed. Files that cannot be used, because
 * they are half written or because a certificate was replaced before its key, leave the last good ones in force; that
 * is logged once for each state of the files.
 *
 * <p>Reads small files on the caller's thread, at most once in {@link #INTERVAL}. Any thread.
 */
final class FileContext {
    /** Between two looks at the files, at least. */
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(FileContext.class);

    private final TlsFiles files;
    private final LongSupplier nanoTime;
    private SSLContext context;
    /** Of the files as they were read last, good or not. */
    private List<Object> stamps;

    private long lookedNanos;

    /**
     * Reads the files.
     *
     * @param nanoTime as {@link System#nanoTime}
     * @throws IllegalArgumentException as {@link Credentials#read}
     */
    FileContext(TlsFiles files, LongSupplier nanoTime) {
        this.files = files;
        this.nanoTime = nanoTime;
        lookedNanos = nanoTime.getAsLong();
        stamps = stamps(files);
        context = Credentials.read(files, Instant.now()).context();
    }

    /** Of the newest files that could be used. */
    synchronized SSLContext current() {
        long nowNanos = nanoTime.getAsLong();
        if (nowNanos - lookedNanos >= INTERVAL.toNanos()) {
            lookedNanos = nowNanos;
            List<Object> found = stamps(files); // before the files are read: what changes meanwhile is seen next time
            if (!found.equals(stamps)) {
                stamps = found;
                reread();
            }
        }
        return context;
    }

    private void reread() {
        try {
            Credentials fresh = Credentials.read(files, Instant.now());
            context = fresh.context();
            LOG.info("TLS files have changed and are in force for new connections: {}", fresh);
        } catch (IllegalArgumentException unfit) {
            LOG.warn(
                    "TLS files have changed and cannot be used, so those read before stay in force: {}",
                    unfit.getMessage());
        }
    }

    private static List<Object> stamps(TlsFiles files) {
        return Stream.of(files.certificate(), files.key(), files.trusted())
                .filter(Objects::nonNull)
                .map(FileContext::stamp)
                .toList();
    }

    private static Object stamp(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return Stream.of(now.lastModifiedTime(), now.size(), now.fileKey())
                    .filter(Objects::nonNull)
                    .toList();
        } catch (IOException gone) {
            return "none";
        }
    }
}
