package io.brickwork.core.brick;

import io.brickwork.core.partition.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Replicas to come back to, each once, in the order in which they were touched. */
final class Touched {
    private final List<Replica> replicas = new ArrayList<>();

    void add(Replica replica) {
        if (!replica.isMarked()) {
            replica.mark(true);
            replicas.add(replica);
        }
    }

    /** Hands out each replica and forgets it; what is touched meanwhile waits for the next time. */
    void drain(Consumer<Replica> consumer) {
        if (replicas.isEmpty()) {
            return;
        }
        List<Replica> batch = List.copyOf(replicas);
        replicas.clear();
        for (Replica replica : batch) {
            replica.mark(false);
        }
        batch.forEach(consumer);
    }
}
