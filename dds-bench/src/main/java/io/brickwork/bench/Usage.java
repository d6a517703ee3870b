package io.brickwork.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.brickwork.core.Check;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes have consumed, as counters that only grow.
 *
 * @param cpuNanos CPU time of all threads, in user and system mode, those of the virtual machine itself (compiler,
 *     collector) included
 * @param wakeUps how often a thread gave the CPU up of its own accord, to be woken later: voluntary context switches of
 *     all threads that live. 0 where the system does not tell
 * @param allocatedBytes what all Java threads allocated
 */
record Usage(long cpuNanos, long wakeUps, long allocatedBytes) {
    static final Usage NOTHING = new Usage(0, 0, 0);

    private static final Path THREADS = Path.of("/proc/self/task");
    private static final String WAKE_UPS = "voluntary_ctxt_switches:";

    /** This process's, until this moment. */
    static Usage ofThisProcess() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return new Usage(system.getProcessCpuTime(), countWakeUps(), threads.getTotalThreadAllocatedBytes());
    }

    Usage plus(Usage other) {
        return new Usage(cpuNanos + other.cpuNanos, wakeUps + other.wakeUps, allocatedBytes + other.allocatedBytes);
    }

    /** Never negative: a thread that has ended takes its wake-ups along. */
    Usage since(Usage earlier) {
        return new Usage(
                Math.max(0, cpuNanos - earlier.cpuNanos),
                Math.max(0, wakeUps - earlier.wakeUps),
                Math.max(0, allocatedBytes - earlier.allocatedBytes));
    }

    /** The form that {@link #parse} reads. */
    String format() {
        return cpuNanos + " " + wakeUps + " " + allocatedBytes;
    }

    static Usage parse(String text) {
        String[] parts = text.split(" ");
        Check.argument(parts.length == 3, "'%s' is not what a process says of its consumption", text);
        return new Usage(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    private static long countWakeUps() {
        long sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                sum += wakeUpsOf(thread);
            }
        } catch (IOException notLinux) {
            return 0;
        }
        return sum;
    }

    private static long wakeUpsOf(Path thread) {
        try {
            List<String> lines = Files.readAllLines(thread.resolve("status"));
            for (int i = lines.size() - 1; i >= 0; i--) {
                if (lines.get(i).startsWith(WAKE_UPS)) {
                    return Long.parseLong(
                            lines.get(i).substring(WAKE_UPS.length()).strip());
                }
            }
            return 0;
        } catch (IOException ended) {
            return 0;
        }
    }
}
