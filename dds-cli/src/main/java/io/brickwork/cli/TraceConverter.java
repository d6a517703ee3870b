package io.brickwork.cli;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.CoreConstants;

/**
 * What a log line shows of its exception: the whole stack trace if the line is FATAL, since nothing else is left to
 * find the reason by; else what the exception says and where it was thrown.
 */
public final class TraceConverter extends ThrowableProxyConverter {
    private static final String FATAL = "FATAL";

    @Override
    public String convert(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown == null || event.getFormattedMessage().startsWith(FATAL)) {
            return super.convert(event);
        }
        String where = thrown.getStackTraceElementProxyArray().length == 0
                ? ""
                : CoreConstants.LINE_SEPARATOR + "\t" + thrown.getStackTraceElementProxyArray()[0];
        String what = thrown.getClassName() + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage());
        return what + where + CoreConstants.LINE_SEPARATOR;
    }
}
