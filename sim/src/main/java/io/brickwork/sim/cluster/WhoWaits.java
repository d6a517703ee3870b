package io.brickwork.sim.cluster;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.List;

/** Says which thread waits for what, and where. */
final class WhoWaits {
    private WhoWaits() {}

    static String deadlock(List<SimThread> threads, long nowNanos) {
        return "deadlock: every thread waits, and nothing is to come that could wake one: no timer, no open call. What another thread than one of the simulation completes is not waited for: start that with cluster.spawn or cluster.executor()"
                + each(threads, nowNanos);
    }

    static String endless(List<SimThread> threads, long nowNanos, Duration endsAfter) {
        return "never-ends: the test is not over after %s of virtual time; @SimTest(endsAfterMinutes = ...) allows more"
                        .formatted(endsAfter)
                + each(threads, nowNanos);
    }

    private static String each(List<SimThread> threads, long nowNanos) {
        StringBuilder text = new StringBuilder();
        for (SimThread thread : threads) {
            text.append("\n  thread '%s' of node '%s' waits for %s, for %d ms"
                    .formatted(
                            thread.getName(),
                            thread.node().name(),
                            thread.node().isPaused() ? "its node to be resumed" : thread.waitsFor(),
                            Turns.millis(nowNanos - thread.waitsSinceNanos())));
            text.append(thread.where());
        }
        return text.toString();
    }

    static String hanging(SimThread thread, Duration after) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId());
        String lock = info == null || info.getLockName() == null
                ? ""
                : info.getLockOwnerName() == null
                        ? ", waiting for " + info.getLockName()
                        : ", waiting for " + info.getLockName() + ", which thread '" + info.getLockOwnerName()
                                + "' holds";
        return ("hangs: thread '%s' of node '%s' has had the turn for more than %d s of real time without a word to the simulation (%s%s). Whatever it waits for cannot happen while it has the turn: "
                                + "sleep with cluster.sleep, wait with cluster.await, use cluster.executor() and cluster.clock(), and hold no lock during a call that another thread may want")
                        .formatted(
                                thread.getName(),
                                thread.node().name(),
                                after.toSeconds(),
                                info == null ? "ended" : info.getThreadState(),
                                lock)
                + thread.where();
    }
}
