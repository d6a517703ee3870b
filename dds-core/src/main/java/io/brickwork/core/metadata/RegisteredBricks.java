package io.brickwork.core.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataAnswer.Refused;
import io.brickwork.core.group.MetadataCommand;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The registered bricks, each in its present incarnation. A part of {@link MetadataState}. */
final class RegisteredBricks {
    private final TreeMap<BrickId, BrickInfo> bricks = new TreeMap<>();

    // ---- commands

    /**
     * Registers the next incarnation of a brick if the command names the one that is registered; answers with what is
     * registered then.
     *
     * @param isEmpty whether no group needs the brick: one that was emptied and is started again is wanted again, and
     *     one that still holds something goes on leaving
     */
    MetadataAnswer register(MetadataCommand.RegisterBrick register, boolean isEmpty) {
        BrickInfo info = bricks.get(register.brick());
        Incarnation registered = info == null ? null : info.incarnation();
        Incarnation next = register.next();
        boolean isExpected = Objects.equals(registered, register.expected());
        boolean isNext = registered != null && registered.disk().equals(next.disk())
                ? next.equals(registered.next())
                : next.start() == 1;
        if (!isExpected || !isNext) {
            return new MetadataAnswer.Registered(registered);
        }
        boolean isLeaving = info != null && info.isLeaving() && !isEmpty;
        long intactSince =
                info != null && register.isIntact() && info.incarnation().disk().equals(next.disk())
                        ? info.intactSince()
                        : next.start();
        put(new BrickInfo(register.brick(), next, register.host(), register.port(), isLeaving, intactSince));
        return new MetadataAnswer.Registered(next);
    }

    /** Has a brick emptied, or not after all. */
    MetadataAnswer setLeaving(MetadataCommand.SetLeaving leaving) {
        BrickInfo info = bricks.get(leaving.brick());
        if (info == null) {
            return Refused.because("there is no brick %s", leaving.brick());
        }
        put(new BrickInfo(
                info.brick(), info.incarnation(), info.host(), info.port(), leaving.isLeaving(), info.intactSince()));
        return new MetadataAnswer.Done();
    }

    /**
     * Takes a brick that has left out of the cluster.
     *
     * @param isEmpty whether no group needs the brick
     */
    MetadataAnswer forget(BrickId brick, boolean isEmpty) {
        BrickInfo info = bricks.get(brick);
        if (info != null && !(info.isLeaving() && isEmpty)) {
            return Refused.because("brick %s is not leaving, or not empty", brick);
        }
        bricks.remove(brick);
        return new MetadataAnswer.Done();
    }

    private void put(BrickInfo info) {
        bricks.put(info.brick(), info);
    }

    // ---- questions

    /** All of them, in order. */
    Collection<BrickInfo> all() {
        return Collections.unmodifiableCollection(bricks.values());
    }

    @Nullable
    BrickInfo get(BrickId brick) {
        return bricks.get(brick);
    }

    /** Those that may be given replicas. */
    List<BrickInfo> hosts() {
        return bricks.values().stream().filter(brick -> !brick.isLeaving()).toList();
    }

    /** Whether this is the brick's present incarnation. */
    boolean isRegistered(Member member) {
        BrickInfo info = bricks.get(member.brick());
        return info != null && info.incarnation().equals(member.incarnation());
    }

    /** Whether the brick's disk has kept all that the member wrote to it, synced or not. */
    boolean isIntact(Member member) {
        BrickInfo info = bricks.get(member.brick());
        return info != null && member.incarnation().start() >= info.intactSince();
    }

    // ---- snapshots

    /**
     * Appends varint count · of each brick: name · incarnation · host · varint port · bool leaving · varint intact
     * since.
     */
    void write(ByteWriter writer) {
        writer.varint(bricks.size());
        for (BrickInfo brick : bricks.values()) {
            MetadataCodec.incarnation(MetadataCodec.brick(writer, brick.brick()), brick.incarnation());
            writer.string(brick.host())
                    .varint(brick.port())
                    .bool(brick.isLeaving())
                    .varint(brick.intactSince());
        }
    }

    /** Takes in what {@link #write} wrote, in place of all that is here. */
    void read(ByteReader reader) {
        bricks.clear();
        for (int left = reader.count("bricks", 20); left > 0; left--) {
            put(new BrickInfo(
                    MetadataCodec.readBrick(reader),
                    MetadataCodec.readIncarnation(reader),
                    reader.string("host", Limits.HOST_CHARS),
                    reader.varint32("port", 0, 65_535),
                    reader.bool("leaving"),
                    MetadataCodec.readLong(reader, "intact since")));
        }
    }
}
