package io.brickwork.torture.client;

import io.brickwork.check.Call;
import io.brickwork.client.call.LoopInvoker;
import io.brickwork.client.call.LoopInvoker.Stamped;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.torture.history.HistoryWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One caller: a random stream of operations on one partition of one table, one after the other, each with a value that
 * nobody else writes. A caller stays with its partition, so that a partition which cannot be written takes nothing away
 * from the load on the others. One thread.
 */
final class PartitionLoad implements Runnable {
    private static final List<Call.Kind> WRITES = List.of(
            Call.Kind.PUT,
            Call.Kind.PUT,
            Call.Kind.SET,
            Call.Kind.SET,
            Call.Kind.REMOVE,
            Call.Kind.DELETE,
            Call.Kind.PUT_IF_ABSENT,
            Call.Kind.PUT_IF_ABSENT,
            Call.Kind.REPLACE,
            Call.Kind.REPLACE_IF,
            Call.Kind.REPLACE_IF,
            Call.Kind.REMOVE_IF);
    private static final long THINK_NANOS = 40_000_000;
    private static final long SHORTEST_TIMEOUT_NANOS = 300_000_000;
    /** Shorter than whatever the nemesis does to a process. */
    private static final long LONGEST_TIMEOUT_NANOS = 4_000_000_000L;

    private static final int READ_PERCENT = 30;
    private static final int APPEND_PERCENT = 20;
    private static final int OLD_PERCENT = 10;

    private final String name;
    private final Tables table;
    private final int partition;
    private final KeySpace keys;
    private final LoopInvoker session;
    private final HistoryWriter history;
    private final Counts counts;
    private final SimRandom random;
    private final long zeroNanos;
    private int drawn;
    private int generation;
    /** By key, what was last seen or written under it, so that conditional operations sometimes hit. */
    private final Map<String, String> recent = new HashMap<>();

    private volatile boolean isStopping;

    PartitionLoad(
            String name,
            Tables table,
            int partition,
            KeySpace keys,
            LoopInvoker session,
            HistoryWriter history,
            Counts counts,
            SimRandom random,
            long zeroNanos) {
        this.name = name;
        this.table = table;
        this.partition = partition;
        this.keys = keys;
        this.session = session;
        this.history = history;
        this.counts = counts;
        this.random = random;
        this.zeroNanos = zeroNanos;
    }

    /** Begins nothing more. */
    void stop() {
        isStopping = true;
    }

    @Override
    public void run() {
        try {
            while (!isStopping) {
                TimeUnit.NANOSECONDS.sleep(random.tailed(1_000_000, THINK_NANOS));
                call(draw(), random.scaled(SHORTEST_TIMEOUT_NANOS, LONGEST_TIMEOUT_NANOS));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Call draw() {
        int newest = (int) Math.max(0, (System.nanoTime() - zeroNanos) / KeySpace.GENERATION_NANOS);
        if (newest != generation) {
            generation = newest;
            recent.clear();
        }
        int chosen = random.nextInt(100) < OLD_PERCENT ? random.between(0, newest) : newest;
        KeySpace.Keys among = keys.keys(chosen, partition);
        boolean isAppend = random.nextInt(100) < APPEND_PERCENT;
        String key = random.pick(isAppend ? among.appended() : among.written());
        if (random.nextInt(100) < READ_PERCENT) {
            return Call.of(Call.Kind.GET, key);
        }
        String fresh = name + "." + table.letter() + partition + "." + ++drawn;
        if (isAppend) {
            return Call.of(Call.Kind.APPEND, key, fresh);
        }
        Call.Kind kind = random.pick(WRITES);
        String expected = recent.getOrDefault(key, "none");
        return switch (kind) {
            case PUT, SET, PUT_IF_ABSENT, REPLACE, APPEND -> Call.of(kind, key, fresh);
            case GET, REMOVE, DELETE -> Call.of(kind, key);
            case REPLACE_IF -> new Call(kind, key, fresh, expected);
            case REMOVE_IF -> new Call(kind, key, null, expected);
        };
    }

    private void call(Call call, long timeoutNanos) {
        long number = history.invoke(name, table.partition(partition), call);
        try {
            Stamped<Optional<String>> answer =
                    call.kind() == Call.Kind.APPEND ? append(call, timeoutNanos) : ask(call, timeoutNanos);
            if (answer == null) {
                history.didNotHappen(number);
                counts.failed();
                return;
            }
            String result = answer.result().orElse(null);
            history.done(number, result, answer.version());
            counts.acknowledged();
            remember(call, result);
        } catch (DdsException failure) {
            if (failure.certainlyDidNotHappen()) {
                history.didNotHappen(number);
                counts.failed();
            } else {
                history.unknown(number);
                counts.unknown();
            }
        }
    }

    private void remember(Call call, @Nullable String result) {
        String argument = call.argument();
        switch (call.kind()) {
            case PUT, SET -> recent.put(call.key(), String.valueOf(argument));
            case GET, PUT_IF_ABSENT, REPLACE -> {
                if (result != null) {
                    recent.put(call.key(), result);
                }
            }
            case REPLACE_IF, REMOVE, DELETE, REMOVE_IF, APPEND -> {
                // What is there is as likely something else.
            }
        }
    }

    private Stamped<Optional<String>> ask(Call call, long timeoutNanos) {
        return session.invokeStamped(
                        table.calls().operation(keys.structure(), call),
                        new CallOptions(Duration.ofNanos(timeoutNanos), ReadMode.LINEARIZABLE))
                .await();
    }

    /**
     * Appends as {@code compute} does: reads, and puts the longer text in place of what was read if that is still
     * there. Null if time ran out and each attempt was told that it was not.
     *
     * @throws DdsException of the attempt that failed; all before it certainly changed nothing
     */
    private @Nullable Stamped<Optional<String>> append(Call call, long timeoutNanos) {
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        for (long left = timeoutNanos; left > 0; left = deadlineNanos - System.nanoTime()) {
            Optional<String> seen = read(call.key(), left);
            String longer = seen.orElse("") + "," + call.argument();
            Call attempt = seen.isEmpty()
                    ? Call.of(Call.Kind.PUT_IF_ABSENT, call.key(), longer)
                    : new Call(Call.Kind.REPLACE_IF, call.key(), longer, seen.get());
            Stamped<Optional<String>> answer = ask(attempt, Math.max(1_000_000, deadlineNanos - System.nanoTime()));
            boolean isIn =
                    seen.isEmpty() ? answer.result().isEmpty() : answer.result().equals(Optional.of("true"));
            if (isIn) {
                return new Stamped<>(Optional.empty(), answer.version());
            }
        }
        return null;
    }

    /** A read that fails has changed nothing, whatever is said of it. */
    private Optional<String> read(String key, long timeoutNanos) {
        try {
            return ask(Call.of(Call.Kind.GET, key), timeoutNanos).result();
        } catch (DdsException.UnknownOutcome nothingWasSent) {
            throw new DdsException.Unavailable(
                    "the value to append to could not be read: " + nothingWasSent.getMessage());
        }
    }
}
