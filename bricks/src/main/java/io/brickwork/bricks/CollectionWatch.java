package io.brickwork.bricks;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Tells when a process gets nothing done any more but collecting garbage: when pauses for collections have taken nine
 * tenths of the time for a while. Such a process answers nobody, also no signal that asks it to end, and with a full
 * heap that does not get better by itself.
 *
 * <p>Time in which collectors work beside the program does not count. Has a thread of its own, which needs next to no
 * memory.
 */
public final class CollectionWatch implements AutoCloseable {
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Of each thousand of time, how much pauses must have taken. */
    private static final int PERMILLE = 900;

    private final Gauge gauge;
    private final Runnable onExhausted;
    private final Thread thread;
    private volatile boolean isClosed;

    private CollectionWatch(Gauge gauge, String name, Runnable onExhausted) {
        this.gauge = gauge;
        this.onExhausted = onExhausted;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::watch);
    }

    /**
     * Begins to watch this process.
     *
     * @param seconds for which collections must have taken nearly all of the time
     * @param onExhausted told once, on the watch's thread; should allocate as little as it can
     */
    public static CollectionWatch start(String name, int seconds, Runnable onExhausted) {
        List<GarbageCollectorMXBean> pausing = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector -> pauses(collector.getName()))
                .toList();
        LongSupplier pauseMillis = () -> {
            long millis = 0;
            for (int i = 0; i < pausing.size(); i++) {
                millis += Math.max(0, pausing.get(i).getCollectionTime());
            }
            return millis;
        };
        CollectionWatch watch =
                new CollectionWatch(new Gauge(seconds, pauseMillis, System::nanoTime), name, onExhausted);
        watch.thread.start();
        return watch;
    }

    /** Some collectors are listed twice: with their pauses, and with what they do while the program runs. */
    static boolean pauses(String collector) {
        String name = collector.toLowerCase(Locale.ROOT);
        return !name.contains("concurrent") && !name.contains("cycles");
    }

    private void watch() {
        try {
            while (!isClosed) {
                LockSupport.parkNanos(this, STEP_NANOS);
                if (!isClosed && gauge.isExhausted()) {
                    onExhausted.run();
                    return;
                }
            }
        } catch (OutOfMemoryError nothingLeft) {
            onExhausted.run();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
    }

    /** The share of the time that pauses took, over the last seconds. One thread. */
    static final class Gauge {
        private final LongSupplier pauseMillis;
        private final LongSupplier nanoClock;
        private final long spanNanos;
        /** When the span under way began in which pauses took nearly everything. */
        private long sinceNanos;

        private long lastNanos;
        private long lastMillis;

        Gauge(int seconds, LongSupplier pauseMillis, LongSupplier nanoClock) {
            this.pauseMillis = pauseMillis;
            this.nanoClock = nanoClock;
            spanNanos = TimeUnit.SECONDS.toNanos(seconds);
            lastNanos = nanoClock.getAsLong();
            lastMillis = pauseMillis.getAsLong();
            sinceNanos = lastNanos;
        }

        /** Looks at what has passed since it was asked last. */
        boolean isExhausted() {
            long nanos = nanoClock.getAsLong();
            long millis = pauseMillis.getAsLong();
            long passed = nanos - lastNanos;
            boolean isBusy = TimeUnit.MILLISECONDS.toNanos(millis - lastMillis) < passed / 1000 * PERMILLE;
            lastNanos = nanos;
            lastMillis = millis;
            if (isBusy) {
                sinceNanos = nanos;
            }
            return nanos - sinceNanos >= spanNanos;
        }
    }
}
