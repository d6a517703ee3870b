package io.brickwork.torture.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells processes that were killed from those that ended by themselves, which none should. Any thread. */
final class Ends {
    /** Ids of those that were killed, or told to end. */
    private final Set<Long> expected = ConcurrentHashMap.newKeySet();

    private final List<String> surprises = new ArrayList<>();

    void watch(String name, Process process, ExitCodes allowed) {
        process.onExit().thenAccept(ended -> {
            if (!expected.contains(ended.pid()) && !allowed.allows(ended.exitValue())) {
                surprise(name + " (pid " + ended.pid() + ") ended by itself with exit code " + ended.exitValue());
            }
        });
    }

    /** Which exit codes are no surprise; asked when the process has ended. */
    interface ExitCodes {
        boolean allows(int code);
    }

    /** To be called before it is killed. */
    void expect(Process process) {
        expected.add(process.pid());
    }

    private synchronized void surprise(String text) {
        surprises.add(text);
    }

    synchronized List<String> surprises() {
        return List.copyOf(surprises);
    }
}
