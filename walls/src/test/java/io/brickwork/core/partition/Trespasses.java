package io.brickwork.core.partition;

import io.brickwork.core.Replication;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Classes that break one wall each, and one that breaks none; they stand in a machine package because the walls look
 * there.
 */
public final class Trespasses {
    private Trespasses() {}

    public static final class KnowsPekko {
        final Class<?> actor = org.apache.pekko.actor.typed.ActorSystem.class;
    }

    public static final class KnowsLmdb {
        final Class<?> env = org.lmdbjava.Env.class;
    }

    public static final class KnowsSlf4j {
        final Class<?> logger = org.slf4j.Logger.class;
    }

    public static final class ReadsNanoTime {
        final LongSupplier clock = System::nanoTime;
    }

    public static final class ReadsInstantNow {
        final Instant instant = Instant.now();
    }

    public static final class MakesUnseededRandom {
        final Random random = new Random();
    }

    public static final class DrawsThreadLocalRandom {
        final int drawn = ThreadLocalRandom.current().nextInt();
    }

    public static final class DrawsUuid {
        final Object id = java.util.UUID.randomUUID();
    }

    public static final class StartsThread {
        final Thread thread = new Thread(() -> {});
    }

    public static final class StartsExecutor {
        final Object executor = Executors.newCachedThreadPool();
    }

    public static final class HoldsLock {
        final ReentrantLock lock = new ReentrantLock();
    }

    public static final class HoldsAtomic {
        final AtomicLong count = new AtomicLong();
    }

    public static final class HoldsCompletableFuture {
        final CompletableFuture<String> future = new CompletableFuture<>();
    }

    public static final class IsSynchronized {
        synchronized int get() {
            return 1;
        }
    }

    public static final class KeepsHashMap {
        final Map<String, String> map = new HashMap<>();
    }

    public static final class KeepsSetOf {
        final Set<String> set = Set.of("a", "b");
    }

    public static final class LeavesARuleOut {
        final Defences defences = Defences.without(Defence.COUNT_STARTS);
    }

    public static final class SwitchesOverReplication {
        static int rounds(Replication replication) {
            return switch (replication) {
                case TWO_PHASE -> 2;
                case CHAIN -> 1;
            };
        }
    }

    public static final class ComparesReplication {
        static boolean isChain(Replication replication) {
            return replication == Replication.CHAIN;
        }
    }

    public static final class BreaksNoWall {
        final boolean keepsRules = Defences.ALL.has(Defence.COUNT_STARTS);
        final Random random = new Random(7);
        final ConcurrentSkipListMap<String, String> map = new ConcurrentSkipListMap<>();
        final Set<String> one = Set.of("a");
        final Map<String, String> pair = Map.of("k", "v");
        final Instant epoch = Instant.ofEpochMilli(0);
        final int code = Replication.DEFAULT.code();

        CompletionStage<String> stage(CompletionStage<String> stage) {
            return stage.thenApply(text -> text + map.size() + one + pair + epoch + random.nextInt());
        }
    }
}
