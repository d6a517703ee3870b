package io.brickwork.sim.scenario;

import io.brickwork.check.Call;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.group.Group;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.table.Snapshot;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.Undisturbed;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A time in the middle of some runs in which no fault strikes, while the faults that are there end by themselves and
 * nobody heals anything. Whoever has a majority and no fault must serve then.
 *
 * <p>Two promises are looked at, both with the same {@linkplain #BOUND_NANOS bound}. {@code serves-undisturbed}: a
 * partition that nothing has kept from serving for longer than the bound does what a client asks within another.
 * {@code locks-freed}: while all partitions are like that, no transaction stays prepared for longer than the bound.
 *
 * <p>A window closes a bound after the last key was asked for; or after {@linkplain #LONGEST_NANOS 20 s}, if the faults
 * of the run have lasted longer: then the run says nothing about the keys that are left.
 */
final class QuietWindow {
    /** A lease of the default term that has to run out, and the election before it, take most of it. */
    static final long BOUND_NANOS = 3_000_000_000L;

    /** One run in so many has a window. */
    private static final int ONE_IN = 4;

    private static final long LONGEST_NANOS = 20_000_000_000L;
    private static final long LOOK_NANOS = 50_000_000;

    private final World world;
    private final Nemesis nemesis;
    private final StructureInfo structure;
    private final Function<String, Bytes> recordKeys;
    private final List<String> unprobed;
    private final Function<SimClient, Caller> callers;
    private final Undisturbed undisturbed;
    private final boolean isDrawn;
    private final long opensAfterNanos;

    private boolean isCalledOff;
    private boolean isOpen;
    private long closesNanos;
    private long endedBefore;
    /** Since when nothing has kept a partition from serving; partitions that something keeps from it are missing. */
    private final TreeMap<PartitionId, Long> undisturbedSince = new TreeMap<>();
    /** Since when transactions have been seen prepared while all partitions were undisturbed. */
    private TreeMap<String, Long> preparedSince = new TreeMap<>();

    private final List<Probe> open = new ArrayList<>();
    /** When the last key was asked for. */
    private long lastBegunNanos;

    private int answered;

    /** A key that was asked for. */
    private record Probe(String key, PartitionId partition, long sinceNanos, long begunNanos) {}

    /**
     * @param keys of the structure, to be written
     * @param recordKeys the record key of a key
     * @param callers makes the caller that asks
     */
    QuietWindow(
            World world,
            Nemesis nemesis,
            StructureInfo structure,
            List<String> keys,
            Function<String, Bytes> recordKeys,
            Function<SimClient, Caller> callers) {
        this.world = world;
        this.nemesis = nemesis;
        this.structure = structure;
        this.recordKeys = recordKeys;
        this.callers = callers;
        unprobed = new ArrayList<>(keys);
        undisturbed = new Undisturbed(world);
        SimRandom random = world.random("quiet window");
        isDrawn = random.nextInt(ONE_IN) == 0;
        opensAfterNanos = random.scaled(100_000_000, 8_000_000_000L);
    }

    void begin() {
        if (isDrawn) {
            world.queue().after(opensAfterNanos, () -> {
                if (!isCalledOff) {
                    open();
                }
            });
        }
    }

    /** When it opens, counted from the beginning of the load; -1 if this run has none. */
    long opensAfterNanos() {
        return isDrawn ? opensAfterNanos : -1;
    }

    /** The run ends before it has opened. */
    void callOff() {
        isCalledOff = true;
    }

    /** Whether it has opened and not closed. */
    boolean isOpen() {
        return isOpen;
    }

    /** How many keys were answered for within the bound. */
    int answered() {
        return answered;
    }

    private void open() {
        isOpen = true;
        nemesis.suspend();
        world.smoothen();
        world.calmDisks(true);
        endedBefore = undisturbed.ended();
        closesNanos = world.queue().nowNanos() + LONGEST_NANOS;
        SimClient client = world.addClient("quiet");
        look(client, callers.apply(client));
    }

    private void close(SimClient client) {
        isOpen = false;
        client.close();
        world.calmDisks(false);
        world.roughen();
        nemesis.resume();
    }

    private void look(SimClient client, Caller caller) {
        long now = world.queue().nowNanos();
        MetadataState metadata = world.metadata();
        if (metadata != null) {
            see(metadata);
            requireAnswers();
            requireFreeLocks(metadata);
            probe(metadata, caller);
        }
        boolean isOver = unprobed.isEmpty() ? now - lastBegunNanos > BOUND_NANOS : now > closesNanos;
        if (isOver && open.isEmpty()) {
            close(client);
        } else {
            world.queue().after(LOOK_NANOS, () -> look(client, caller));
        }
    }

    /** Notes which partitions nothing keeps from serving. */
    private void see(MetadataState metadata) {
        long ended = undisturbed.ended();
        TreeMap<PartitionId, Long> before = ended == endedBefore
                ? new TreeMap<>(undisturbedSince)
                : new TreeMap<>(); // whoever ended was missing for a moment
        endedBefore = ended;
        undisturbedSince.clear();
        if (undisturbed.isCluster()) {
            for (Group group : metadata.groups()) {
                if (undisturbed.isPartition(group)) {
                    undisturbedSince.put(
                            group.partition(),
                            before.getOrDefault(group.partition(), world.queue().nowNanos()));
                }
            }
        }
    }

    private boolean mustServe(PartitionId partition) {
        Long since = undisturbedSince.get(partition);
        return since != null && world.queue().nowNanos() - since > BOUND_NANOS;
    }

    /** Asks for each key whose partition must serve by now. */
    private void probe(MetadataState metadata, Caller caller) {
        for (String key : List.copyOf(unprobed)) {
            Group group = metadata.locate(structure.id(), recordKeys.apply(key));
            Long since = group == null ? null : undisturbedSince.get(group.partition());
            if (group != null && since != null && mustServe(group.partition())) {
                unprobed.remove(key);
                Probe probe =
                        new Probe(key, group.partition(), since, world.queue().nowNanos());
                open.add(probe);
                lastBegunNanos = probe.begunNanos();
                ask(caller, probe, 0);
            }
        }
    }

    /** An overloaded brick refuses what it may take a moment later. */
    private void ask(Caller caller, Probe probe, int attempt) {
        Call call = Call.of(Call.Kind.SET, probe.key(), "quiet-" + probe.key() + "-" + attempt);
        caller.call(call, 2 * BOUND_NANOS, outcome -> {
            if (outcome instanceof Outcome.Done) {
                answered += open.remove(probe) ? 1 : 0;
            } else if (open.contains(probe)) {
                world.queue().after(LOOK_NANOS, () -> ask(caller, probe, attempt + 1));
            }
        });
    }

    /** A probe says nothing once something has disturbed its partition, or the key has moved to another. */
    private void requireAnswers() {
        open.removeIf(probe -> !Objects.equals(undisturbedSince.get(probe.partition()), probe.sinceNanos()));
        for (Probe probe : open) {
            if (world.queue().nowNanos() - probe.begunNanos() > BOUND_NANOS) {
                throw new SimFailure(
                        SimFailure.Kind.LIVENESS,
                        String.format(
                                Locale.ROOT,
                                "serves-undisturbed: key %s, asked for at %.3f s, has no answer, though nothing has kept partition %s from serving since %.3f s",
                                probe.key(),
                                probe.begunNanos() / 1e9,
                                probe.partition(),
                                probe.sinceNanos() / 1e9));
            }
        }
    }

    /**
     * A partition waits for the outcome of what it has prepared, and asks the other participants for it: so all of them
     * must serve.
     */
    private void requireFreeLocks(MetadataState metadata) {
        TreeMap<String, Long> before = preparedSince;
        preparedSince = new TreeMap<>();
        if (!metadata.groups().stream().allMatch(group -> mustServe(group.partition()))) {
            return;
        }
        long now = world.queue().nowNanos();
        for (Group group : metadata.groups()) {
            for (String prepared : prepared(group)) {
                long since = before.getOrDefault(prepared, now);
                preparedSince.put(prepared, since);
                if (now - since > BOUND_NANOS) {
                    throw new SimFailure(
                            SimFailure.Kind.LIVENESS,
                            String.format(
                                    Locale.ROOT,
                                    "locks-freed: %s since %.3f s at least, though nothing has kept any partition from serving since then",
                                    prepared,
                                    since / 1e9));
                }
            }
        }
    }

    /** What the table of the primary has prepared, each as "partition waits for the outcome of transaction". */
    private List<String> prepared(Group group) {
        List<String> prepared = new ArrayList<>();
        try (Snapshot snapshot = world.brick(group.newest().primary()).disk().look()) {
            for (SessionRow row : snapshot.sessions(group.partition())) {
                for (SessionRow.Stand stand : row.stands()) {
                    if (stand.record().isPrepared()) {
                        prepared.add("partition " + group.partition() + " waits for the outcome of "
                                + stand.record().transaction());
                    }
                }
            }
        }
        return prepared;
    }
}
