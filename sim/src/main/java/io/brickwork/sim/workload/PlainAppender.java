package io.brickwork.sim.workload;

import io.brickwork.check.Call;
import io.brickwork.check.TransactionHistory;
import io.brickwork.check.TransactionHistory.Ending;
import io.brickwork.check.TransactionHistory.Step;
import io.brickwork.core.ReadMode;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Operation;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client that appends to the lists of transactions without any transaction: it reads a list, and replaces it if the
 * list is still what it read.
 *
 * <p>A list only grows and no value is appended twice, so the list is the same only if nobody has changed it. What the
 * client does is therefore a transaction that reads a list and appends to it, and stands as one in the history.
 */
public final class PlainAppender implements SimClient.Program {
    private final World world;
    private final List<TransactionPlace> places;
    private final TransactionHistory history;
    private final TransactionOptions options;
    private final SimRandom random;
    private final CallTally tally = new CallTally();
    private SimClient client;
    private int life;
    private int begun;
    private int ended;
    private int drawn;
    private @Nullable Append open;

    /** An append that is under way. */
    private final class Append {
        private final TransactionPlace place;
        private final String key;
        private final int number;
        private final List<Step> steps = new ArrayList<>();

        Append(TransactionPlace place, String key) {
            this.place = place;
            this.key = key;
            number = history.begin(client.name(), world.queue().nowNanos());
        }

        void read() {
            ask(Call.of(Call.Kind.GET, key), result -> {
                String before = result.orElse("");
                steps.add(new TransactionHistory.Read(
                        place.called(key), before.isEmpty() ? List.of() : List.of(before.split(",", -1))));
                append(result.isPresent(), before);
            });
        }

        private void append(boolean isThere, String before) {
            String value = client.name() + "." + ++drawn;
            steps.add(new TransactionHistory.Append(place.called(key), value));
            String after = before.isEmpty() ? value : before + "," + value;
            if (isThere) {
                ask(
                        new Call(Call.Kind.REPLACE_IF, key, after, before),
                        result -> end(result.equals(Optional.of("true")) ? Ending.COMMITTED : Ending.ABORTED));
            } else {
                ask(
                        Call.of(Call.Kind.PUT_IF_ABSENT, key, after),
                        result -> end(result.isEmpty() ? Ending.COMMITTED : Ending.ABORTED));
            }
        }

        private void ask(Call call, Consumer<Optional<String>> then) {
            Operation<Optional<String>> operation = place.codec().operation(place.structure(), call);
            client.submit(
                    operation, ReadMode.LINEARIZABLE, random.scaled(10_000_000, options.timeoutNanos()), outcome -> {
                        if (open != this) {
                            return;
                        }
                        tally.add(call.kind() + " beside transactions", outcome);
                        switch (outcome) {
                            case Outcome.Done done ->
                                then.accept(operation.decoder().apply(done.result()));
                            case Outcome.Failed(var failure) ->
                                end(failure.certainlyDidNotHappen() ? Ending.ABORTED : Ending.UNKNOWN);
                        }
                    });
        }

        private void end(Ending ending) {
            open = null;
            history.end(number, ending, steps, world.queue().nowNanos());
            ended++;
            next();
        }
    }

    public PlainAppender(
            World world,
            SimClient client,
            List<TransactionPlace> places,
            TransactionHistory history,
            TransactionOptions options) {
        this.world = world;
        this.client = client;
        this.places = List.copyOf(places);
        this.history = history;
        this.options = options;
        this.random = world.random("plain appender").stream(client.name());
        client.run(this);
    }

    /** Begins; goes on by itself. */
    public void begin() {
        next();
    }

    /** Whether all that was planned has ended. */
    public boolean isDone() {
        return ended == options.transactions();
    }

    /** What became of its calls, by kind. */
    public CallTally tally() {
        return tally;
    }

    private void next() {
        if (begun == options.transactions()) {
            return;
        }
        begun++;
        int mine = life;
        world.queue().after(random.tailed(0, options.thinkNanos()), () -> {
            if (mine == life) {
                open = new Append(random.pick(places), TransactionPlace.LIST + random.nextInt(options.lists()));
                open.read();
            }
        });
    }

    @Override
    public void onCrash() {
        life++;
        Append lost = open;
        if (lost != null) {
            open = null;
            history.end(lost.number, Ending.UNKNOWN, lost.steps, world.queue().nowNanos());
            ended++;
        }
        begun = ended;
    }

    @Override
    public void onRestart(SimClient successor) {
        client = successor;
        next();
    }
}
