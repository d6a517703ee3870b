package io.brickwork.bricks.tokens;

import io.brickwork.bricks.settings.BrickStartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a tokens file again every second, on a thread of its own, and tells when the tokens have changed. While the
 * file is bad, or gone, the tokens stay what they were, with one warning for each thing that is wrong.
 */
public final class TokenWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TokenWatch.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Path file;
    private final TokenTable first;
    private final Thread thread;
    private String text;
    private String problem = "";
    private volatile boolean isClosed;

    /**
     * Reads the file. Nothing is told before {@link #begin}.
     *
     * @param changed told the new tokens, on the thread of the watch
     * @throws BrickStartException if the file cannot be used
     */
    public TokenWatch(Path file, Consumer<TokenTable> changed) {
        this.file = file;
        text = TokenFile.text(file);
        first = TokenFile.parse(text, file.toString());
        thread = Thread.ofPlatform()
                .name("tokens-" + file.getFileName())
                .daemon()
                .unstarted(() -> watch(changed));
    }

    /** What the file held at first. */
    public TokenTable first() {
        return first;
    }

    public void begin() {
        thread.start();
    }

    private void watch(Consumer<TokenTable> changed) {
        try {
            while (!isClosed) {
                Thread.sleep(PERIOD);
                look(changed);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Consumer<TokenTable> changed) {
        try {
            String read = TokenFile.text(file);
            if (!read.equals(text)) {
                TokenTable table = TokenFile.parse(read, file.toString());
                text = read;
                LOG.info("The tokens file {} has changed, and holds from here on", file);
                changed.accept(table);
            } else if (!problem.isEmpty()) {
                LOG.info("The tokens file {} is again what it was", file);
            }
            problem = "";
        } catch (BrickStartException bad) {
            String what = String.valueOf(bad.getMessage());
            if (!what.equals(problem) && !isClosed) {
                problem = what;
                LOG.warn("{}. The tokens stay what they were until that is put right", what);
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
    }
}
