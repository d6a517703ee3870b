package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;

class TraceConverterTest {
    @Test
    void onlyFatalLinesKeepTheirWholeTrace() {
        assertThat(shown("FATAL: brick a has halted")).contains("outer", "Caused by:", "inner", "\tat ");
        assertThat(shown("something odd").lines()).hasSize(2);
        assertThat(shown("something odd")).startsWith("java.lang.IllegalStateException: outer");
    }

    private static String shown(String message) {
        TraceConverter converter = new TraceConverter();
        LoggerContext context = new LoggerContext();
        converter.setContext(context);
        converter.start();
        return converter.convert(new LoggingEvent(
                "here",
                context.getLogger("io.brickwork"),
                Level.ERROR,
                message,
                new IllegalStateException("outer", new IllegalArgumentException("inner")),
                new Object[0]));
    }
}
