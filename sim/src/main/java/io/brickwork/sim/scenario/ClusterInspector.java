package io.brickwork.sim.scenario;

import io.brickwork.check.Replica;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.Origin;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.table.PartitionDigest;
import io.brickwork.core.table.Snapshot;
import io.brickwork.sim.workload.CallCodec;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the structures of a world from outside: the groups that the metadata knows, whether all of them are whole,
 * and what the tables of their members hold.
 *
 * <p>Sends no message and changes nothing, so a world goes the same way whether it is looked at or not. Judges nothing:
 * that is for {@link Promises}.
 */
final class ClusterInspector {
    private final World world;
    private final TreeMap<Integer, CallCodec> codecs;

    /**
     * @param codecs the structures to look at, by id, each with the codec that reads its records; groups of others are
     *     left out
     */
    ClusterInspector(World world, Map<Integer, CallCodec> codecs) {
        this.world = world;
        this.codecs = new TreeMap<>(codecs);
    }

    /** What the tables of the members hold, by partition: of those views that were opened last. */
    List<Replica> replicas() {
        List<Replica> replicas = new ArrayList<>();
        for (Group group : groups()) {
            GroupView opened = group.opened();
            Origin origin = group.origin();
            boolean isParents = opened != null && origin != null && opened.epoch() < origin.firstEpoch();
            if (opened != null && !isParents) { // whose members may have yet to carry out the split
                for (Member member : opened.members()) {
                    SimBrick brick = world.brick(member.brick());
                    if (brick.disk().hasRot()) {
                        continue; // until it is repaired
                    }
                    Replica replica = replica(brick, group);
                    if (replica != null && !world.overseer().isMixed(brick, group.partition(), replica.applied())) {
                        replicas.add(replica);
                    }
                }
            }
        }
        return replicas;
    }

    /** Null if the brick has nothing yet of what the partition has by now. */
    private @Nullable Replica replica(SimBrick brick, Group group) {
        PartitionId partition = group.partition();
        TreeMap<String, Replica.Held> records = new TreeMap<>();
        MetadataState metadata = world.metadata();
        try (Snapshot snapshot = brick.disk().look()) {
            if (snapshot.isIncomplete(partition)) {
                return null; // half a copy, or half removed
            }
            Split split = group.split();
            boolean isWhole =
                    split == null || snapshot.applied(split.child()).version().equals(Version.NONE);
            KeyRange settled = metadata == null
                    ? null
                    : metadata.settledRange(group, snapshot.applied(partition).version());
            KeyRange range = split == null || isWhole || settled == null ? settled : settled.intersection(split.kept());
            if (range == null) {
                return null;
            }
            CallCodec codec = codec(partition.structure());
            snapshot.scan(partition.structure(), range, (key, record) -> {
                records.put(codec.key(key), new Replica.Held(record.version(), codec.value(record.value())));
                return true;
            });
            if (snapshot.applied(partition).version().equals(Version.NONE) && !records.isEmpty()) {
                return null; // they are another's, which the partition was merged into
            }
            return new Replica(
                    brick.name(),
                    partition.toString(),
                    snapshot.applied(partition).version(),
                    PartitionDigest.of(snapshot, partition, range),
                    records,
                    snapshot.sessions(partition));
        }
    }

    private CallCodec codec(int structure) {
        CallCodec codec = codecs.get(structure);
        if (codec == null) {
            throw new IllegalArgumentException(
                    "structure " + structure + " is not looked at; these are: " + codecs.keySet());
        }
        return codec;
    }

    /** The groups of the structures, as far as they are known. */
    private List<Group> groups() {
        MetadataState metadata = world.metadata();
        return metadata == null
                ? List.of()
                : metadata.groups().stream()
                        .filter(group -> codecs.containsKey(group.partition().structure()))
                        .toList();
    }

    /** The name of the partition that has the key now; empty if none is known to have it. */
    String owner(StructureInfo structure, String key) {
        MetadataState metadata = world.metadata();
        Group group = metadata == null
                ? null
                : metadata.locate(structure.id(), codec(structure.id()).recordKey(structure, key));
        return group == null ? "" : group.partition().toString();
    }

    /**
     * Whether every group is open, with as many members as it should have, nobody is being brought level, and every
     * record can be read.
     */
    boolean areAllWhole() {
        long hosts = world.bricks().stream().filter(SimBrick::isUp).count();
        MetadataState metadata = world.metadata();
        boolean hasRot = world.bricks().stream()
                .anyMatch(brick -> brick.isUp() && brick.disk().hasRot());
        if (metadata == null || hasRot || metadata.bricks().stream().anyMatch(BrickInfo::isLeaving)) {
            return false;
        }
        List<Group> groups = groups();
        return !groups.isEmpty()
                && groups.stream()
                        .allMatch(group -> group.isOpen()
                                && !group.isReshaping()
                                && group.newest().learners().isEmpty()
                                && group.newest().members().size() == Math.min(hosts, group.replicas()));
    }

    /**
     * What keeps {@link #areAllWhole} from being true, for a failure: the first group that is not whole, else all that
     * is known.
     */
    String describeNotWhole() {
        return groups().stream()
                .filter(group -> !group.isOpen()
                        || group.isReshaping()
                        || !group.newest().learners().isEmpty()
                        || group.newest().members().size() < group.replicas())
                .map(Group::toString)
                .findFirst()
                .orElseGet(this::describeBricks);
    }

    private String describeBricks() {
        MetadataState metadata = world.metadata();
        List<String> rotten = world.bricks().stream()
                .filter(brick -> brick.isUp() && brick.disk().hasRot())
                .map(SimBrick::name)
                .toList();
        return metadata == null || groups().isEmpty()
                ? "no group is known"
                : "rot at " + rotten + ", bricks " + metadata.bricks() + ", groups " + groups();
    }

    /**
     * Whether every brick that runs has applied all that it has stored. A brick that has not may still be told of a
     * commit, and its table changes once more: after a stalled disk that is seconds later.
     */
    boolean isEverythingApplied() {
        return world.bricks().stream().allMatch(ClusterInspector::hasAppliedEverything);
    }

    private static boolean hasAppliedEverything(SimBrick brick) {
        BrickMachine machine = brick.machine();
        return machine == null
                || machine.statuses().stream().allMatch(status -> status.appliedSeq() == status.storedSeq());
    }
}
