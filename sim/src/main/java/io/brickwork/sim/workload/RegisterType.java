package io.brickwork.sim.workload;

import io.brickwork.check.Call;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Durability;
import io.brickwork.core.Limits;
import io.brickwork.core.Replication;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A structure for simulations alone: a map from text to text that does every operation of {@link Call.Kind}, appending
 * included, exactly as {@link Call} describes it.
 *
 * <p>A record key is one byte that spreads keys over partitions, followed by the key in UTF-8.
 */
public final class RegisterType implements StructureType, CallCodec {
    public static final RegisterType TYPE = new RegisterType();

    private static final String NAME = "sim-register";

    private RegisterType() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public StructureSpec spec(int partitions, int replicas, Durability durability) {
        return new StructureSpec(NAME, "text/1", "text/1", partitions, replicas, durability, Replication.TWO_PHASE);
    }

    @Override
    public PartitionMap initialPartitions(StructureSpec spec) {
        return new Slices(Math.min(spec.partitions(), 256));
    }

    @Override
    public boolean supports(Call.Kind kind) {
        return true;
    }

    @Override
    public Operation<Optional<String>> operation(StructureInfo structure, Call call) {
        ByteWriter writer = new ByteWriter(64).u8(call.kind().ordinal()).string(call.key());
        writeText(writer, call.argument());
        writeText(writer, call.expected());
        return new Operation<>(
                structure,
                recordKey(call.key()),
                call.isRead(),
                writer.toBytes(),
                result -> Optional.ofNullable(readText(new ByteReader(result))),
                call.kind().name());
    }

    @Override
    public boolean isRead(Bytes body) {
        return readCall(body).isRead();
    }

    @Override
    public Bytes evaluate(Bytes body, Records records, Changes changes) {
        Call call = readCall(body);
        Bytes recordKey = recordKey(call.key());
        Bytes held = records.get(recordKey);
        String before = held == null ? null : held.toUtf8();
        String after = call.stateAfter(before);
        if (!Objects.equals(before, after) || call.kind() == Call.Kind.SET || call.kind() == Call.Kind.PUT) {
            if (after == null) {
                changes.delete(recordKey);
            } else {
                changes.put(recordKey, Bytes.utf8(after));
            }
        }
        ByteWriter writer = new ByteWriter(32);
        writeText(writer, call.resultFor(before));
        return writer.toBytes();
    }

    @Override
    public Bytes recordKey(StructureInfo structure, String key) {
        return recordKey(key);
    }

    @Override
    public String key(Bytes recordKey) {
        return recordKey.slice(1, recordKey.length()).toUtf8();
    }

    @Override
    public String value(Bytes value) {
        return value.toUtf8();
    }

    private static Bytes recordKey(String key) {
        int spread = 0;
        for (int i = 0; i < key.length(); i++) {
            spread = spread * 37 + key.charAt(i);
        }
        byte[] prefix = {(byte) (spread * 151 >>> 3)};
        return Bytes.wrap(prefix).concat(Bytes.utf8(key));
    }

    private static Call readCall(Bytes body) {
        ByteReader reader = new ByteReader(body);
        int kind = reader.u8();
        if (kind >= Call.Kind.values().length) {
            throw new MalformedOperationException("a register has no operation " + kind);
        }
        String key = reader.string("key", Limits.NAME_CHARS);
        return new Call(Call.Kind.values()[kind], key, readText(reader), readText(reader));
    }

    private static void writeText(ByteWriter writer, @Nullable String text) {
        writer.bool(text != null);
        if (text != null) {
            writer.string(text);
        }
    }

    private static @Nullable String readText(ByteReader reader) {
        return reader.bool("presence") ? reader.string("text", Limits.VALUE_BYTES / 4) : null;
    }

    /** Equal slices of the first byte. */
    private record Slices(int count) implements PartitionMap {
        @Override
        public int locate(Bytes recordKey) {
            return recordKey.isEmpty() ? 0 : (recordKey.at(0) & 0xFF) * count / 256;
        }

        @Override
        public KeyRange range(int partition) {
            Check.argument(partition >= 0 && partition < count, "partition %d of %d", partition, count);
            Bytes low = partition == 0 ? Bytes.EMPTY : bound(partition);
            return new KeyRange(low, partition == count - 1 ? null : bound(partition + 1));
        }

        @Override
        public List<Integer> partitions() {
            return IntStream.range(0, count).boxed().toList();
        }

        private Bytes bound(int partition) {
            return Bytes.wrap(new byte[] {(byte) (partition * 256 / count)});
        }
    }
}
