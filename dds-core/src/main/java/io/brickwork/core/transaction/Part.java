package io.brickwork.core.transaction;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Records;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction wants of one partition: if all compares hold there, and everywhere else, the writes are done.
 *
 * @param compares in the order in which they are looked at
 * @param writes at most one for each record key
 */
public record Part(List<Compare> compares, List<Effect> writes) {
    /** That nothing is asked for. */
    public static final Part NOTHING = new Part(List.of(), List.of());

    private static final int MOST_ITEMS = 1 << 16;

    public Part {
        compares = List.copyOf(compares);
        writes = List.copyOf(writes);
    }

    public boolean isNothing() {
        return compares.isEmpty() && writes.isEmpty();
    }

    /** The first compare that does not hold; null if all do. */
    public @Nullable Compare mismatch(Records records) {
        for (Compare compare : compares) {
            if (!compare.holds(records)) {
                return compare;
            }
        }
        return null;
    }

    /** Whether all that it is about lies within the range. */
    public boolean isWithin(KeyRange range) {
        return writes.stream().allMatch(write -> range.contains(write.recordKey()))
                && compares.stream()
                        .allMatch(compare -> compare instanceof Compare.SameRange same
                                ? same.range().isWithin(range)
                                : range.contains(compare.key()));
    }

    /** About how many bytes it takes. */
    public long bytes() {
        long bytes = 16;
        for (Compare compare : compares) {
            bytes += 48L + compare.key().length();
            bytes += compare instanceof Compare.HasValue has ? has.value().length() : 0;
            bytes += compare instanceof Compare.SameRange ? Limits.RECORD_KEY_BYTES : 0;
        }
        for (Effect write : writes) {
            Bytes value = write.value();
            bytes += 16L + write.recordKey().length() + (value == null ? 0 : value.length());
        }
        return bytes;
    }

    /** As bytes: varint compares, each of them · varint writes [ bool put? · bytes key · (bytes value) ]…. */
    public void write(ByteWriter writer) {
        writer.varint(compares.size());
        compares.forEach(compare -> Compare.write(writer, compare));
        Effect.writeAll(writer, writes);
    }

    /**
     * Reads what {@link #write} wrote; its parts are slices of the input.
     *
     * @throws MalformedException if it is not a part
     */
    public static Part read(ByteReader reader) {
        int count = reader.varint32("compares", 0, Math.min(MOST_ITEMS, reader.remaining()));
        List<Compare> compares = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            compares.add(Compare.read(reader));
        }
        return new Part(compares, Effect.readAll(reader));
    }
}
