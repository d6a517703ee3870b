package io.brickwork.bricks.control;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.event.EventStream;
import org.apache.pekko.event.LoggingFilterWithMarker;
import org.apache.pekko.event.slf4j.Slf4jLoggingFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logging filter of the control plane's actor system: limits how many lines Pekko writes, and notices when its
 * remoting is fed nonsense.
 *
 * <p>Whoever can connect to the control port can make Artery complain once per frame, or, up to Pekko 1.7.0, without
 * end: a frame whose length is negative moves the parser backwards, so that one connection yields broken frames for
 * ever (<a href="https://github.com/apache/pekko/pull/3525">apache/pekko#3525</a>). What the remoting complains of more
 * than {@value #NONSENSE_LINES} times within {@value #NONSENSE_SECONDS} seconds is published as {@link Nonsense} on the
 * system's event stream, once; the {@link ControlPlane} then ends the system, and all its connections with it.
 *
 * <p>Pekko makes one by its class name. Any thread.
 */
public final class FloodGuard implements LoggingFilterWithMarker {
    private static final Logger LOG = LoggerFactory.getLogger(FloodGuard.class);
    private static final String REMOTING = "org.apache.pekko.remote.";

    private static final int BURST_LINES = 100;
    private static final int LINES_PER_SECOND = 2;

    static final int NONSENSE_LINES = 500;
    static final int NONSENSE_SECONDS = 10;
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** The remoting complains too often: somebody feeds it what no node of Pekko says. */
    record Nonsense(int complaints) {}

    private final Slf4jLoggingFilter levels;
    private final EventStream events;

    private final AtomicInteger complaints = new AtomicInteger();
    /** All below are guarded by this object's lock. */
    private final LineBudget budget = new LineBudget(BURST_LINES, LINES_PER_SECOND);

    private long windowStartNanos = System.nanoTime();
    private volatile boolean hasTold;

    public FloodGuard(ActorSystem.Settings settings, EventStream events) {
        levels = new Slf4jLoggingFilter(settings, events);
        this.events = events;
    }

    @Override
    public boolean isErrorEnabled(Class<?> logClass, String logSource) {
        return levels.isErrorEnabled(logClass, logSource) && admits(logClass);
    }

    @Override
    public boolean isWarningEnabled(Class<?> logClass, String logSource) {
        return levels.isWarningEnabled(logClass, logSource) && admits(logClass);
    }

    @Override
    public boolean isInfoEnabled(Class<?> logClass, String logSource) {
        return levels.isInfoEnabled(logClass, logSource) && admits(logClass);
    }

    @Override
    public boolean isDebugEnabled(Class<?> logClass, String logSource) {
        return levels.isDebugEnabled(logClass, logSource);
    }

    private boolean admits(Class<?> logClass) {
        if (logClass.getName().startsWith(REMOTING)) {
            if (hasTold) {
                return false; // the system is about to end
            }
            count();
        }
        long refused;
        synchronized (this) {
            if (!budget.take(System.nanoTime())) {
                return false;
            }
            refused = budget.takeRefused();
        }
        if (refused > 0) {
            LOG.warn("{} lines of Pekko's were left out before the next one", refused);
        }
        return true;
    }

    private void count() {
        int count = complaints.incrementAndGet();
        if (count < NONSENSE_LINES) {
            return;
        }
        synchronized (this) {
            long nowNanos = System.nanoTime();
            boolean isFlood = nowNanos - windowStartNanos < NONSENSE_SECONDS * SECOND_NANOS;
            windowStartNanos = nowNanos;
            complaints.set(0);
            if (!isFlood || hasTold) {
                return;
            }
            hasTold = true;
        }
        events.publish(new Nonsense(count));
    }
}
