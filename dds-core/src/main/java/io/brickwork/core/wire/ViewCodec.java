package io.brickwork.core.wire;

import io.brickwork.core.BrickId;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.group.View;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Views ↔ bytes, as parts of messages.
 *
 * <pre>
 * view   varint epoch · varint members [ string name ]… · varint index of the primary among them
 * runs   varint count [ varint epoch · varint last seq ]…
 * </pre>
 */
final class ViewCodec {
    private ViewCodec() {}

    static void writeView(ByteWriter writer, View view) {
        writer.varint(view.epoch()).varint(view.members().size());
        for (BrickId member : view.members()) {
            IdCodec.writeBrick(writer, member);
        }
        writer.varint(view.members().indexOf(view.primary()));
    }

    static View readView(ByteReader reader) {
        long epoch = IdCodec.readEpoch(reader);
        int count = reader.varint32("members", 1, Limits.GROUP_MEMBERS);
        List<BrickId> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members.add(IdCodec.readBrick(reader));
        }
        return new View(epoch, members.get(reader.varint32("primary", 0, count - 1)), members);
    }

    static void writeOptionalView(ByteWriter writer, @Nullable View view) {
        writer.bool(view != null);
        if (view != null) {
            writeView(writer, view);
        }
    }

    static @Nullable View readOptionalView(ByteReader reader) {
        return reader.bool("view flag") ? readView(reader) : null;
    }

    static void writeRuns(ByteWriter writer, List<EpochRun> runs) {
        writer.varint(runs.size());
        for (EpochRun run : runs) {
            writer.varint(run.epoch()).varint(run.lastSeq());
        }
    }

    static List<EpochRun> readRuns(ByteReader reader) {
        int count = reader.count("runs", 2);
        List<EpochRun> runs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            runs.add(new EpochRun(IdCodec.readEpoch(reader), IdCodec.readSeq(reader, "last seq")));
        }
        return runs;
    }
}
