package io.brickwork.core.brick;

import io.brickwork.core.partition.machine.PartitionMachine;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;

/** Machines to come back to at the end of a turn, each once, in the order in which they were touched. */
final class Touched {
    private final LinkedHashSet<PartitionMachine> machines = new LinkedHashSet<>();

    void add(PartitionMachine machine) {
        machines.add(machine);
    }

    /** Hands out each machine and forgets it; what is touched meanwhile waits for the next time. */
    void drain(Consumer<PartitionMachine> consumer) {
        if (machines.isEmpty()) {
            return;
        }
        List<PartitionMachine> batch = List.copyOf(machines);
        machines.clear();
        batch.forEach(consumer);
    }
}
