package io.brickwork.core.structure;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One deterministic change of one record.
 *
 * @param value the new value, or null if the record is deleted
 */
public record Effect(Bytes recordKey, @Nullable Bytes value) {
    /** So many may be together. */
    public static final int AT_MOST = 1 << 16;

    /** As bytes: varint effects [ bool put? · bytes key · (bytes value) ]…. */
    public static void writeAll(ByteWriter writer, List<Effect> effects) {
        writer.varint(effects.size());
        for (Effect effect : effects) {
            Bytes value = effect.value();
            writer.bool(value != null).bytes(effect.recordKey());
            if (value != null) {
                writer.bytes(value);
            }
        }
    }

    /** Reads what {@link #writeAll} wrote; keys and values are slices of the input. */
    public static List<Effect> readAll(ByteReader reader) {
        int count = reader.varint32("effects", 0, Math.min(AT_MOST, reader.remaining()));
        List<Effect> effects = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            boolean isPut = reader.bool("effect kind");
            Bytes key = reader.bytes("record key", Limits.RECORD_KEY_BYTES);
            effects.add(new Effect(key, isPut ? reader.bytes("value", Limits.VALUE_BYTES) : null));
        }
        return effects;
    }
}
