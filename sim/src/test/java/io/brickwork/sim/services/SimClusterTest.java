package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.client.Dds;
import io.brickwork.client.OperationOutcome;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimService;
import io.brickwork.sim.cluster.Simulation;
import io.brickwork.sim.cluster.SimulationOptions;
import io.brickwork.sim.world.FaultOptions.Fault;
import io.brickwork.sim.world.SimFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What user code finds in a simulated cluster. */
class SimClusterTest {
    private static final SimulationOptions OPTIONS = SimulationOptions.DEFAULT;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static Simulation.Report run(long seed, Simulation.Body body) {
        return Simulation.run(seed, OPTIONS, body);
    }

    private static DdsHashTable<String, Integer> table(Dds dds) {
        return dds.hashTable("t", String.class, Integer.class);
    }

    // ---- the Dds

    @Test
    void blockingCallsTakeVirtualTime() {
        run(1, cluster -> {
            DdsHashTable<String, Integer> table = table(cluster.dds());
            Duration before = cluster.elapsed();
            table.put("a", 1);
            assertThat(table.get("a")).isEqualTo(1);
            assertThat(table.merge("a", 2, Integer::sum)).isEqualTo(3);
            assertThat(cluster.elapsed()).isGreaterThan(before);
        });
    }

    @Test
    void everyClientSeesWhatAnotherHasWritten() {
        run(2, cluster -> {
            table(cluster.dds("writer")).put("a", 1);
            assertThat(table(cluster.dds("reader")).get("a")).isEqualTo(1);
        });
    }

    @Test
    void stagesCanBeJoinedAndComposed() {
        run(3, cluster -> {
            var async = table(cluster.dds()).async();
            CompletableFuture<Integer> sum = async.set("a", 1)
                    .thenCompose(done -> async.set("b", 2))
                    .thenCompose(done -> async.get("a"))
                    .thenCombineAsync(async.getOrDefault("b", 0), Integer::sum)
                    .toCompletableFuture();
            assertThat(sum.join()).isGreaterThanOrEqualTo(1);
            List<CompletableFuture<Void>> sets = IntStream.range(0, 50)
                    .mapToObj(i -> async.set("k" + i, i).toCompletableFuture())
                    .toList();
            cluster.await(CompletableFuture.allOf(sets.toArray(CompletableFuture[]::new)));
            assertThat(table(cluster.dds()).size()).isEqualTo(52);
        });
    }

    @Test
    void aStageThatTakesTooLongTimesOutInVirtualTime() {
        run(4, cluster -> {
            DdsHashTable<String, Integer> table = table(cluster.dds());
            cluster.bricks().forEach(cluster::crash);
            Future<Integer> never = table.async().put("a", 1).toCompletableFuture();
            assertThatThrownBy(() -> never.get(2, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(cluster.elapsed()).isGreaterThan(Duration.ofSeconds(2));
        });
    }

    @Test
    void callsAboveTheLimitWaitOrAreRefused() {
        run(5, cluster -> {
            Dds dds = cluster.dds(options -> options.openCalls(2).timeout(SECOND));
            DdsHashTable<String, Integer> table = table(dds);
            List<CompletableFuture<Void>> sets = IntStream.range(0, 5)
                    .mapToObj(i -> table.async().set("k" + i, i).toCompletableFuture())
                    .toList();
            assertThat(sets.stream()
                            .filter(CompletableFuture::isCompletedExceptionally)
                            .count())
                    .isEqualTo(3);
            table.set("waits", 1);
            assertThat(table.get("waits")).isEqualTo(1);
        });
    }

    @Test
    void aClosedDdsRefusesCalls() {
        run(6, cluster -> {
            Dds dds = cluster.dds();
            DdsHashTable<String, Integer> table = table(dds);
            dds.close();
            assertThatThrownBy(() -> table.get("a")).isInstanceOf(DdsException.Closed.class);
        });
    }

    @Test
    void anInterruptEndsACallWithWhatIsCertain() {
        run(7, cluster -> {
            DdsHashTable<String, Integer> table = table(cluster.dds());
            cluster.bricks().forEach(cluster::pause);
            Thread caller = Thread.currentThread();
            cluster.executor().schedule(caller::interrupt, 50, TimeUnit.MILLISECONDS);
            assertThatThrownBy(() -> table.put("a", 1)).isInstanceOf(DdsException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(cluster.elapsed()).isLessThan(Duration.ofSeconds(5));
        });
    }

    @Test
    void anUnknownOutcomeCanBeAskedFor() {
        run(8, cluster -> {
            Dds dds = cluster.dds(options -> options.timeout(SECOND));
            DdsHashTable<String, Integer> table = table(dds);
            table.put("a", 0); // the partition is open
            cluster.bricks().forEach(cluster::pause); // requests arrive, and wait
            AtomicReference<DdsException.UnknownOutcome> unknown = new AtomicReference<>();
            try {
                table.put("a", 1);
            } catch (DdsException.UnknownOutcome told) {
                unknown.set(told);
            }
            cluster.settle();
            assertThat(dds.outcome(unknown.get().id().orElseThrow())).isInstanceOf(OperationOutcome.Done.class);
            assertThat(table.get("a")).isEqualTo(1);
        });
    }

    @Test
    void theClusterServesWhenATestBegins() {
        for (long seed = 0; seed < 10; seed++) {
            run(
                    seed,
                    cluster -> assertThat(cluster.dds(options -> options.timeout(Duration.ofMillis(200)))
                                    .structures())
                            .isEmpty());
        }
    }

    // ---- threads

    @Test
    void theSeedDecidesWhoGoesFirst() {
        TreeSet<String> orders = new TreeSet<>();
        for (long seed = 0; seed < 40; seed++) {
            List<String> order = new ArrayList<>();
            run(seed, cluster -> {
                for (String name : List.of("a", "b", "c")) {
                    cluster.spawn(name, () -> {
                        order.add(name);
                    });
                }
                cluster.runFor(SECOND);
            });
            orders.add(String.join("", order));
        }
        assertThat(orders).hasSize(6);
    }

    @Test
    void theSameSeedGivesTheSameRunWithUserCodeInIt() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(run(seed, SimClusterTest::busy)).isEqualTo(run(seed, SimClusterTest::busy));
        }
        assertThat(run(1, SimClusterTest::busy)).isNotEqualTo(run(2, SimClusterTest::busy));
    }

    private static void busy(SimCluster cluster) {
        for (int i = 0; i < 4; i++) {
            cluster.spawn("worker-" + i, () -> {
                Dds dds = cluster.dds(options -> options.timeout(SECOND));
                for (int n = 0; n < 10; n++) {
                    try {
                        DdsHashTable<String, Integer> table = table(dds); // may fail like any other call
                        table.merge("k" + cluster.random().nextInt(3), 1, Integer::sum);
                        cluster.executor()
                                .submit(() -> table.put("x", cluster.random().nextInt()))
                                .get(1, TimeUnit.SECONDS);
                    } catch (DdsException | ExecutionException | TimeoutException e) {
                        cluster.sleep(Duration.ofMillis(100));
                    }
                }
            });
        }
        cluster.chaos("worker-0");
        cluster.runFor(Duration.ofSeconds(20));
        cluster.settle();
    }

    @Test
    void aServiceGivesItsResult() {
        run(10, cluster -> {
            SimService<Integer> service = cluster.spawn("sum", () -> {
                cluster.sleep(SECOND);
                return 42;
            });
            assertThat(service.isAlive()).isTrue();
            assertThat(service.result()).isEqualTo(42);
            assertThat(service.isAlive()).isFalse();
        });
    }

    @Test
    void whatAServiceThrowsIsToldOrFailsTheSeed() {
        run(11, cluster -> {
            SimService<Void> service = cluster.spawn("bad", () -> {
                throw new IOException("no");
            });
            assertThatThrownBy(service::result).hasRootCauseMessage("no");
        });
        assertThatThrownBy(() -> run(11, cluster -> {
                    cluster.spawn("bad", () -> {
                        throw new IllegalStateException("nobody asks");
                    });
                    cluster.runFor(SECOND);
                }))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("service 'bad' ended with java.lang.IllegalStateException: nobody asks");
    }

    @Test
    void aCrashedServiceEndsAtItsNextCallAndCanBeStartedAgain() {
        run(12, cluster -> {
            AtomicInteger starts = new AtomicInteger();
            AtomicInteger turns = new AtomicInteger();
            AtomicInteger rescued = new AtomicInteger();
            SimService<Void> service = cluster.spawn("ticker", () -> {
                starts.incrementAndGet();
                DdsHashTable<String, Integer> table = table(cluster.dds());
                try {
                    while (true) {
                        table.merge("ticks", 1, Integer::sum);
                        turns.incrementAndGet();
                        cluster.sleep(Duration.ofMillis(10));
                    }
                } catch (RuntimeException e) {
                    rescued.incrementAndGet();
                } finally {
                    assertThatThrownBy(() -> table.put("last words", 1)).isInstanceOf(Error.class);
                }
            });
            cluster.runFor(SECOND);
            service.kill();
            service.join();
            int before = turns.get();
            assertThat(before).isPositive();
            assertThatThrownBy(service::result).hasMessageContaining("crashed before it had a result");
            cluster.runFor(SECOND);
            assertThat(turns).hasValue(before);
            service.restart();
            cluster.runFor(SECOND);
            assertThat(turns.get()).isGreaterThan(before);
            assertThat(starts).hasValue(2);
            assertThat(rescued).hasValue(0);
            assertThat(table(cluster.dds()).get("last words")).isNull();
        });
    }

    @Test
    void noThreadIsLeftWhenASeedIsOver() {
        List<Thread> threads = new ArrayList<>();
        run(13, cluster -> {
            threads.add(Thread.currentThread());
            for (int i = 0; i < 5; i++) {
                cluster.spawn("forever-" + i, () -> {
                    threads.add(Thread.currentThread());
                    while (true) {
                        cluster.sleep(SECOND);
                    }
                });
            }
            cluster.executor().scheduleAtFixedRate(() -> threads.add(Thread.currentThread()), 0, 1, TimeUnit.SECONDS);
            cluster.runFor(Duration.ofSeconds(3));
        });
        assertThat(threads).hasSizeGreaterThan(6).noneMatch(Thread::isAlive);
    }

    @Test
    void aThreadFromElsewhereIsRefusedByName() {
        assertThatThrownBy(() -> run(14, cluster -> {
                    DdsHashTable<String, Integer> table = table(cluster.dds());
                    AtomicReference<Throwable> refused = new AtomicReference<>();
                    Thread stranger = new Thread(
                            () -> {
                                try {
                                    table.put("a", 1);
                                } catch (RuntimeException e) {
                                    refused.set(e);
                                }
                            },
                            "stranger");
                    stranger.start();
                    stranger.join();
                    assertThat(refused.get()).isInstanceOf(IllegalStateException.class);
                    table.put("b", 1);
                }))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("thread 'stranger' called into the simulation")
                .hasMessageContaining("cluster.spawn(...)")
                .hasMessageContaining("cluster.executor()");
    }

    @Test
    void anExecutorOfRealThreadsIsRefused() {
        run(
                15,
                cluster -> assertThatIllegalArgumentException()
                        .isThrownBy(() ->
                                cluster.dds(options -> options.executor(Executors.newVirtualThreadPerTaskExecutor())))
                        .withMessageContaining("use cluster.executor()"));
    }

    // ---- what hangs

    @Test
    void aDeadlockIsToldWithWhoWaitsWhere() {
        assertThatThrownBy(() -> run(16, cluster -> {
                    SimService<?>[] both = new SimService<?>[2];
                    both[0] = cluster.spawn("left", () -> {
                        cluster.sleep(SECOND);
                        both[1].join();
                    });
                    both[1] = cluster.spawn("right", () -> both[0].join());
                    both[0].join();
                }))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("deadlock")
                .hasMessageContaining("thread 'left' of node 'left' waits for the end of 'right'")
                .hasMessageContaining("thread 'right' of node 'right' waits for the end of 'left'")
                .hasMessageContaining("SimClusterTest.java");
    }

    @Test
    void aTestThatNeverEndsIsToldWithWhoWaitsWhere() {
        assertThatThrownBy(() -> Simulation.run(19, OPTIONS.withEndsAfter(Duration.ofMinutes(1)), cluster -> {
                    while (true) {
                        cluster.sleep(SECOND);
                    }
                }))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("never-ends: the test is not over after PT1M of virtual time")
                .hasMessageContaining("waits for the end of its sleep")
                .hasMessageContaining("SimClusterTest.java");
    }

    @Test
    void whatATaskThrowsThatNobodyCanAskForFailsTheSeed() {
        assertThatThrownBy(() -> run(20, cluster -> {
                    cluster.executor().execute(() -> {
                        throw new AssertionError("a promise is broken");
                    });
                    cluster.sleep(SECOND);
                }))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("uncaught: ")
                .hasMessageContaining("a promise is broken");
    }

    @Test
    void aWaitForEverIsNoSumThatOverflows() {
        run(21, cluster -> {
            cluster.executor().submit(() -> {}).get(Long.MAX_VALUE - 1, TimeUnit.NANOSECONDS);
            cluster.executor().shutdown();
            assertThat(cluster.executor().awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS))
                    .isTrue();
        });
    }

    @Test
    void aThreadThatWaitsOutsideIsToldWithWhereItIs() {
        Thread[] hanging = new Thread[1];
        assertThatThrownBy(() -> Simulation.run(17, OPTIONS.withHangsAfter(Duration.ofMillis(300)), cluster -> {
                    hanging[0] = Thread.currentThread();
                    new CountDownLatch(1).await();
                }))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("hangs: thread 'test' of node 'test'")
                .hasMessageContaining("SimClusterTest.java");
        assertThat(hanging[0].isAlive()).isFalse();
    }

    @Test
    void aLockThatAWaitingThreadHoldsIsToldWithItsOwner() {
        ReentrantLock lock = new ReentrantLock();
        assertThatThrownBy(() -> Simulation.run(18, OPTIONS.withHangsAfter(Duration.ofMillis(300)), cluster -> {
                    cluster.spawn("holder", () -> {
                        lock.lock();
                        try {
                            cluster.sleep(Duration.ofSeconds(5));
                        } finally {
                            lock.unlock();
                        }
                    });
                    cluster.sleep(SECOND);
                    lock.lock();
                    lock.unlock();
                }))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("which thread 'holder' holds");
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void aServiceThatCatchesItsCrashFailsTheSeed() {
        assertThatThrownBy(() -> run(19, cluster -> {
                    SimService<Void> service = cluster.spawn("stubborn", () -> {
                        while (true) {
                            try {
                                cluster.sleep(SECOND);
                            } catch (Throwable everything) {
                                // what real code should not do
                            }
                        }
                    });
                    cluster.sleep(SECOND);
                    service.kill();
                    cluster.sleep(SECOND);
                }))
                .isInstanceOf(SimFailure.class)
                .hasMessageContaining("never-stops: thread 'stubborn'");
    }

    // ---- executor, clock, luck

    @Test
    void theExecutorRunsTasksInVirtualTime() {
        run(20, cluster -> {
            ScheduledExecutorService executor = cluster.executor();
            Instant before = cluster.clock().instant();
            assertThat(executor.schedule(() -> 7, 1, TimeUnit.HOURS).get()).isEqualTo(7);
            assertThat(Duration.between(before, cluster.clock().instant()))
                    .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
            assertThat(executor.invokeAll(List.of(() -> 1, () -> 2)).stream()
                            .map(Future::resultNow)
                            .toList())
                    .containsExactly(1, 2);
            Callable<Integer> failing = () -> {
                throw new IllegalStateException("first");
            };
            Callable<Integer> second = () -> 2;
            int any = executor.invokeAny(List.of(failing, second));
            assertThat(any).isEqualTo(2);
            AtomicInteger ticks = new AtomicInteger();
            Future<?> ticking = executor.scheduleAtFixedRate(ticks::incrementAndGet, 1, 1, TimeUnit.SECONDS);
            cluster.sleep(Duration.ofMillis(10_500));
            ticking.cancel(false);
            cluster.sleep(Duration.ofSeconds(10));
            assertThat(ticks).hasValue(10);
            Future<?> sleeping = executor.submit(() -> cluster.sleep(Duration.ofHours(1)));
            executor.shutdown();
            assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isFalse();
            assertThat(executor.shutdownNow()).isEmpty();
            assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            assertThat(sleeping.isDone()).isTrue();
        });
    }

    @Test
    void eachNodeHasItsOwnWallClock() {
        run(21, cluster -> {
            cluster.spawn("late", () -> cluster.sleep(Duration.ofDays(1)));
            cluster.skew("late", Duration.ofHours(-1));
            Instant here = cluster.clock().instant();
            Instant there =
                    cluster.spawn("late", () -> cluster.clock().instant()).result();
            assertThat(there).isBefore(here.minus(Duration.ofMinutes(59)));
            cluster.heal();
            assertThat(cluster.spawn("late", () -> cluster.clock().instant()).result())
                    .isAfter(here.minus(SECOND));
        });
    }

    // ---- faults

    @Test
    void anIsolatedClientGetsNoAnswerUntilItHeals() {
        run(22, cluster -> {
            DdsHashTable<String, Integer> table = table(cluster.dds(options -> options.timeout(SECOND)));
            cluster.isolate(SimCluster.TEST_NODE);
            assertThatThrownBy(() -> table.put("a", 1)).isInstanceOf(DdsException.class);
            assertThatThrownBy(() -> table(cluster.dds(options -> options.timeout(SECOND))))
                    .isInstanceOf(DdsException.class);
            cluster.settle();
            table.put("a", 2);
            assertThat(table.get("a")).isEqualTo(2);
        });
    }

    @Test
    void aCutBetweenTwoBricksStopsWritesUntilItHeals() {
        run(23, cluster -> {
            DdsHashTable<String, Integer> table = table(cluster.dds(options -> options.timeout(SECOND)));
            cluster.isolate("brick-1", "brick-2");
            cluster.isolate("brick-2", "brick-3");
            cluster.isolate("brick-3", "brick-1");
            assertThatThrownBy(() -> table.put("a", 1)).isInstanceOf(DdsException.class);
            cluster.settle();
            table.put("a", 2);
            assertThat(table.get("a")).isEqualTo(2);
        });
    }

    @Test
    void aCrashedBrickComesBackWithWhatItHad() {
        run(24, cluster -> {
            DdsHashTable<String, Integer> table = table(cluster.dds());
            table.put("a", 1);
            cluster.bricks().forEach(cluster::losePower);
            cluster.runFor(SECOND);
            cluster.bricks().forEach(cluster::restart);
            assertThat(table.get("a")).isEqualTo(1);
        });
    }

    @Test
    void aPausedNodeStandsStillUntilItIsResumed() {
        run(25, cluster -> {
            AtomicInteger ticks = new AtomicInteger();
            cluster.spawn("ticker", () -> {
                DdsHashTable<String, Integer> table = table(cluster.dds());
                while (true) {
                    table.put("tick", ticks.incrementAndGet());
                }
            });
            cluster.runFor(SECOND);
            cluster.pause("ticker");
            int before = ticks.get();
            cluster.runFor(SECOND);
            assertThat(ticks).hasValue(before);
            cluster.resume("ticker");
            cluster.runFor(SECOND);
            assertThat(ticks.get()).isGreaterThan(before + 1);
        });
    }

    @Test
    void slowBricksMakeCallsSlow() {
        run(26, cluster -> {
            DdsHashTable<String, Integer> table = table(cluster.dds(options -> options.timeout(Duration.ofMinutes(5))));
            timeOfPuts(cluster, table); // has the table created and its views opened
            Duration fast = timeOfPuts(cluster, table);
            // All of them, since a view may have opened without one; much slower, and they would be taken for dead.
            cluster.bricks().forEach(brick -> cluster.slow(brick, 30));
            assertThat(timeOfPuts(cluster, table)).isGreaterThan(fast.multipliedBy(3));
        });
    }

    private static Duration timeOfPuts(SimCluster cluster, DdsHashTable<String, Integer> table) {
        Duration before = cluster.elapsed();
        for (int i = 0; i < 10; i++) {
            table.put("k" + i, i);
        }
        return cluster.elapsed().minus(before);
    }

    @Test
    void aNameThatNothingHasIsRefusedWithThoseThereAre() {
        run(27, cluster -> {
            cluster.spawn("shop", () -> cluster.sleep(SECOND));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.isolate("brick-9"))
                    .withMessage(
                            "nothing is called 'brick-9' in this cluster; there are brick-1, brick-2, brick-3, test, shop");
            assertThatIllegalArgumentException().isThrownBy(() -> cluster.chaos("shopp"));
            assertThatIllegalArgumentException().isThrownBy(() -> cluster.chaos("brick-1"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.isolate("shop", "test"))
                    .withMessageContaining("one of the two must be a brick");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.chaos(Set.of()))
                    .withMessageContaining("chaos of no kind of fault");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.chaos(Set.of(Fault.CLIENT_CRASH)))
                    .withMessageContaining("name the node");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cluster.spawn("brick-1", () -> {}))
                    .withMessageContaining("'brick-1' is a brick");
            assertThatIllegalArgumentException().isThrownBy(() -> cluster.crash(SimCluster.TEST_NODE));
            assertThatIllegalArgumentException().isThrownBy(() -> cluster.slow("brick-1", 0));
        });
        assertThatIllegalArgumentException().isThrownBy(() -> OPTIONS.withBricks(0));
    }
}
