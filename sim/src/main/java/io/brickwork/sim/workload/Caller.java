package io.brickwork.sim.workload;

import io.brickwork.check.Call;
import io.brickwork.check.History;
import io.brickwork.core.DdsException;
import io.brickwork.core.ReadMode;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.World;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One client's stream of operations, each written into the history.
 *
 * <p>If its client crashes, what is open stays unknown for ever, and the stream goes on in the client that takes its place.
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
                call(draw(), random.scaled(1_000_000, options.timeoutNanos()), ignored -> {
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
        Operation<Optional<String>> operation = codec.operation(structure, call);
        int number = history.invoke(client.name(), "", call, world.queue().nowNanos());
        open.add(number);
        client.submit(operation, ReadMode.LINEARIZABLE, timeoutNanos, outcome -> {
            open.remove(number);
            tally.add(call.kind().toString(), outcome);
            switch (outcome) {
                case Outcome.Done done -> {
                    String result = operation.decoder().apply(done.result()).orElse(null);
                    if (result != null && call.key().startsWith(WRITTEN)) {
                        recent = result;
                    }
                    history.done(
                            number,
                            result,
                            done.partition().toString(),
                            done.version(),
                            world.queue().nowNanos());
                }
                case Outcome.Failed failed -> fail(number, failed.failure());
            }
            then.accept(outcome);
        });
    }

    private void fail(int number, DdsException failure) {
        if (failure.certainlyDidNotHappen()) {
            history.didNotHappen(number, world.queue().nowNanos());
        } else {
            history.unknown(number);
        }
    }

    private Call draw() {
        boolean appends = random.nextInt(100) < options.appendPercent() && codec.supports(Call.Kind.APPEND);
        String key = (appends ? APPENDED : WRITTEN) + random.nextInt(options.keys());
        if (random.nextInt(100) < options.readPercent()) {
            return Call.of(Call.Kind.GET, key);
        }
        String fresh = client.name() + "." + ++drawn;
        if (appends) {
            return Call.of(Call.Kind.APPEND, key, fresh);
        }
        Call call = Call.ofKind(random.pick(WRITES), key, fresh, recent);
        if (call.argument() != null && call.expected() == null) {
            recent = fresh;
        }
        return call;
    }
}
