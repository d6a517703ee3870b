package io.brickwork.sim.workload;

import io.brickwork.check.Call;
import io.brickwork.check.History;
import io.brickwork.check.StaleReads.StaleRead;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of operations, each written into the history.
 *
 * <p>If its client crashes, what is open stays unknown for ever, and the stream goes on in the client that takes its
 * place.
 */
public final class Caller implements SimClient.Program {
    /** Keys that begin with this see nothing but appends of unique values and reads. */
    public static final String APPENDED = "a";
    /** Keys that begin with this see everything else. */
    public static final String WRITTEN = "k";

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

    private final World world;
    private final CallCodec codec;
    private final StructureInfo structure;
    private final History history;
    private final WorkloadOptions options;
    private final SimRandom random;
    private final CallerHabits habits;
    /** For habits alone, so that whatever else is drawn stays as it is without them. */
    private final SimRandom habitRandom;

    private final List<StaleRead> staleReads = new ArrayList<>();
    private final CallTally tally = new CallTally();
    private SimClient client;
    /** Counts the clients that the stream has run in. */
    private int life;

    private int begun;
    private int ended;
    /** Operations that have begun and not ended, by their number in the history. */
    private final TreeSet<Integer> open = new TreeSet<>();

    private int drawn;
    /** A value that was seen or written not long ago, so that conditional operations sometimes hit. */
    private String recent = "none";

    public Caller(
            World world,
            SimClient client,
            CallCodec codec,
            StructureInfo structure,
            History history,
            WorkloadOptions options) {
        this.world = world;
        this.client = client;
        this.codec = codec;
        this.structure = structure;
        this.history = history;
        this.options = options;
        this.random = world.random("caller").stream(client.name());
        this.habits = CallerHabits.of(world);
        this.habitRandom = world.random("caller habits").stream(client.name());
        client.run(this);
    }

    /** Begins; goes on by itself. */
    public void begin() {
        for (int i = 0; i < options.outstanding(); i++) {
            next();
        }
    }

    /** Whether all that was planned has ended. */
    public boolean isDone() {
        return ended == options.operations();
    }

    private boolean isHabit(int percent) {
        return percent > 0 && habitRandom.nextInt(100) < percent;
    }

    /** What it was shown by reads that ask any replica for whatever it has. */
    public List<StaleRead> staleReads() {
        return List.copyOf(staleReads);
    }

    /** What became of its calls, by kind. */
    public CallTally tally() {
        return tally;
    }

    private void next() {
        if (begun == options.operations()) {
            return;
        }
        begun++;
        int mine = life;
        world.queue().after(random.tailed(0, options.thinkNanos()), () -> {
            if (mine == life) {
                Call call = draw();
                long timeoutNanos = random.scaled(1_000_000, options.timeoutNanos());
                if (isHabit(habits.stalePercent())) {
                    readStale(Call.of(Call.Kind.GET, call.key()), timeoutNanos, ignored -> {});
                }
                boolean isConfirmed = call.isRead() && isHabit(habits.confirmedPercent());
                ReadMode reads = isConfirmed ? ReadMode.CONFIRMED : ReadMode.LINEARIZABLE;
                call(call, reads, timeoutNanos, habits.inquires(), ignored -> {
                    ended++;
                    next();
                });
            }
        });
    }

    @Override
    public void onCrash() {
        life++;
        open.forEach(history::unknown);
        ended += open.size();
        open.clear();
        begun = ended; // what was only thought of is begun anew
    }

    @Override
    public void onRestart(SimClient successor) {
        client = successor;
        begin();
    }

    /** Makes one operation, of which the history hears. */
    public void call(Call call, long timeoutNanos, Consumer<Outcome> then) {
        call(call, ReadMode.LINEARIZABLE, timeoutNanos, then);
    }

    /**
     * Makes one operation, of which the history hears, unless it is a read of whatever some replica has: what is shown
     * then stands beside the history.
     *
     * @param reads how it reads, if it does
     */
    public void call(Call call, ReadMode reads, long timeoutNanos, Consumer<Outcome> then) {
        if (reads == ReadMode.STALE) {
            readStale(call, timeoutNanos, then);
        } else {
            call(call, reads, timeoutNanos, false, then);
        }
    }

    private void call(Call call, ReadMode reads, long timeoutNanos, boolean inquires, Consumer<Outcome> then) {
        Operation<Optional<String>> operation = codec.operation(structure, call);
        int number = history.invoke(client.name(), "", call, world.queue().nowNanos());
        open.add(number);
        client.submit(operation, reads, timeoutNanos, outcome -> {
            tally.add(kind(call, reads), outcome);
            OperationId unknown = inquires ? unknownId(outcome) : null;
            if (unknown == null) {
                end(number, operation, outcome);
                then.accept(outcome);
            } else {
                client.inquire(unknown, timeoutNanos, told -> {
                    tally.add("inquiry", told);
                    end(number, operation, told);
                    then.accept(told);
                });
            }
        });
    }

    /** How a call is called in a {@link CallTally}. */
    public static String kind(Call call, ReadMode reads) {
        return reads == ReadMode.LINEARIZABLE
                ? call.kind().toString()
                : call.kind() + " " + reads.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable OperationId unknownId(Outcome outcome) {
        return outcome instanceof Outcome.Failed(DdsException failure)
                        && failure instanceof DdsException.UnknownOutcome unknown
                ? unknown.id().orElse(null)
                : null;
    }

    /** The operation has ended: its answer, or what an inquiry says of it, must agree with the history. */
    private void end(int number, Operation<Optional<String>> operation, Outcome outcome) {
        open.remove(number);
        long now = world.queue().nowNanos();
        switch (outcome) {
            case Outcome.Done done -> {
                String result = operation.decoder().apply(done.result()).orElse(null);
                if (result != null && history.get(number).call().key().startsWith(WRITTEN)) {
                    recent = result;
                }
                history.done(number, result, done.partition().toString(), done.version(), now);
            }
            case Outcome.Failed(DdsException failure) -> {
                if (failure.certainlyDidNotHappen()) {
                    history.didNotHappen(number, now);
                } else {
                    history.unknown(number);
                }
            }
        }
    }

    private void readStale(Call call, long timeoutNanos, Consumer<Outcome> then) {
        Operation<Optional<String>> operation = codec.operation(structure, call);
        client.submit(operation, ReadMode.STALE, timeoutNanos, outcome -> {
            tally.add(kind(call, ReadMode.STALE), outcome);
            if (outcome instanceof Outcome.Done done) {
                String value = operation.decoder().apply(done.result()).orElse(null);
                staleReads.add(new StaleRead(client.name(), call.key(), value, history.place()));
            }
            then.accept(outcome);
        });
    }

    private Call draw() {
        boolean appends = random.nextInt(100) < options.appendPercent() && codec.supports(Call.Kind.APPEND);
        int drawnKey = random.nextInt(options.keys());
        String key = (appends ? APPENDED : WRITTEN) + (isHabit(habits.hotPercent()) ? 0 : drawnKey);
        if (random.nextInt(100) < options.readPercent()) {
            return Call.of(Call.Kind.GET, key);
        }
        String fresh = client.name() + "." + ++drawn;
        if (appends) {
            return Call.of(Call.Kind.APPEND, key, fresh);
        }
        String padded = fresh + "~".repeat(habits.paddingBytes());
        Call call = Call.ofKind(random.pick(WRITES), key, padded, recent);
        if (call.argument() != null && call.expected() == null) {
            recent = padded;
        }
        return call;
    }
}
