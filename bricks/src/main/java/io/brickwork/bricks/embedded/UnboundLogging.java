package io.brickwork.bricks.embedded;

import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Keeps SLF4J from printing that it found no provider, in a program that has none: whoever embeds a map and binds no
 * logging wants no lines, least of all about logging. Nothing is lost: what would be logged is dropped either way, and
 * what a caller must know comes as an exception.
 *
 * <p>A program that has a provider, names one ({@code slf4j.provider}), has said itself how much SLF4J reports, or has
 * used SLF4J before, sees no difference.
 */
final class UnboundLogging {
    /** How much SLF4J reports of itself; read once, when SLF4J is first used. */
    private static final String VERBOSITY = "slf4j.internal.verbosity";

    private static final String PROVIDER = "slf4j.provider";

    private UnboundLogging() {}

    /** To be called before anything here logs. */
    static void silence() {
        if (System.getProperty(VERBOSITY) != null || System.getProperty(PROVIDER) != null || isBound()) {
            return;
        }
        System.setProperty(VERBOSITY, "ERROR");
        try {
            LoggerFactory.getILoggerFactory();
        } finally {
            System.clearProperty(VERBOSITY);
        }
    }

    /** Looks where SLF4J looks, and makes nothing. */
    private static boolean isBound() {
        return ServiceLoader.load(SLF4JServiceProvider.class, LoggerFactory.class.getClassLoader()).stream()
                .findAny()
                .isPresent();
    }
}
