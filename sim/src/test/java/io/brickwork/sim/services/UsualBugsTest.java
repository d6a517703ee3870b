package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.DdsException;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimService;
import io.brickwork.sim.junit.SimTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three services with a bug that is made often: each is found within a few seeds, and the failure names the calls that
 * met, with their lines of code.
 */
class UsualBugsTest {
    private static final int SEEDS = 20;

    @TempDir
    private Path out;

    private String failure(Class<?> fixture) {
        return Launched.of(fixture, Map.of("sim.out", out.toString())).message();
    }

    // ---- a queue

    static final class TwoWorkers {
        @SimTest(seeds = SEEDS)
        void everyJobIsDoneOnce(SimCluster cluster) {
            JobQueue queue = new JobQueue(cluster.dds());
            for (int i = 0; i < 10; i++) {
                queue.submit(i, "job-" + i);
            }
            List<String> done = new ArrayList<>();
            List<SimService<Void>> workers = new ArrayList<>();
            for (String name : List.of("worker-1", "worker-2")) {
                JobQueue own = new JobQueue(cluster.dds(name));
                workers.add(cluster.spawn(name, () -> {
                    for (String job = own.take(); job != null; job = own.take()) {
                        done.add(job);
                        cluster.sleep(Duration.ofMillis(cluster.random().nextInt(5)));
                    }
                    return null;
                }));
            }
            workers.forEach(SimService::result);
            Collections.sort(done);
            assertThat(done).doesNotHaveDuplicates();
        }
    }

    @Test
    void aJobThatTwoWorkersDoIsFound() {
        assertThat(failure(TwoWorkers.class))
                .contains("job-", "everyJobIsDoneOnce", "look at: ")
                .containsPattern("At the same time on jobs\\[[0-9]+\\]: worker-[12] asked jobs\\.remove\\([0-9]+\\)")
                .contains("JobQueue.java:");
    }

    // ---- names

    static final class ManyUsers {
        @SimTest(seeds = SEEDS)
        void everyNameHasItsUser(SimCluster cluster) {
            Usernames names = new Usernames(cluster.dds());
            List<String> nodes = new ArrayList<>();
            for (int i = 1; i <= 5; i++) {
                int user = i;
                String node = "web-" + i;
                nodes.add(node);
                Usernames own = new Usernames(cluster.dds(node, options -> options.timeout(Duration.ofSeconds(1))));
                cluster.spawn(node, () -> {
                    for (int more = 0; more < 6; more++) {
                        cluster.sleep(Duration.ofMillis(cluster.random().nextInt(1_000)));
                        try {
                            own.register(10 * user + more, "name-" + user + more);
                        } catch (DdsException e) {
                            // The user is told to try again, and does not.
                        }
                    }
                });
            }
            cluster.chaos(nodes.toArray(String[]::new));
            cluster.runFor(Duration.ofSeconds(6));
            cluster.settle();
            assertThat(names.orphans()).isEmpty();
        }
    }

    @Test
    void aNameWithoutAUserIsFound() {
        assertThat(failure(ManyUsers.class))
                .contains("everyNameHasItsUser", "name-", "look at: ")
                .containsPattern("owners\\.putIfAbsent\\(\"name-[0-9]+\", [0-9]+\\)")
                .contains("Usernames.java:");
    }

    // ---- a limit

    static final class Burst {
        @SimTest(seeds = SEEDS)
        void noMoreThanTheLimitGetThrough(SimCluster cluster) {
            List<SimService<Boolean>> calls = new ArrayList<>();
            for (int i = 1; i <= 6; i++) {
                String node = "gate-" + i;
                RateLimiter own = new RateLimiter(cluster.dds(node), 3);
                calls.add(cluster.spawn(node, () -> own.admits("somebody")));
            }
            assertThat(calls.stream().filter(SimService::result).count()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void aLimitThatTwoPassAtOnceIsFound() {
        assertThat(failure(Burst.class))
                .contains("noMoreThanTheLimitGetThrough", "look at: ")
                .containsPattern("gate-[1-6] .*admitted\\.put\\(\"somebody\", [1-3]\\)")
                .contains("RateLimiter.java:");
    }
}
