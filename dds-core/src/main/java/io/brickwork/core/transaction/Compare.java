package io.brickwork.core.transaction;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.Version;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Records;

/**
 * What must be so for a transaction to take effect. Looked at while what it is about is locked, so that it stays so
 * until the transaction is over.
 *
 * <p>Source: the compare items of Sinfonia (Aguilera et al. 2007 §3.2); ranges are ours, against phantoms.
 */
public sealed interface Compare {
    /** A record key that it is about, or the lowest. */
    Bytes key();

    /** Whether it is so. */
    boolean holds(Records records);

    /** There is no such record. */
    record Absent(Bytes key) implements Compare {
        @Override
        public boolean holds(Records records) {
            return records.get(key) == null;
        }
    }

    /** The record was last written by the entry of this version. */
    record Unchanged(Bytes key, Version version) implements Compare {
        @Override
        public boolean holds(Records records) {
            return version.equals(records.version(key));
        }
    }

    /** The record has this value, byte for byte. */
    record HasValue(Bytes key, Bytes value) implements Compare {
        @Override
        public boolean holds(Records records) {
            return value.equals(records.get(key));
        }
    }

    /**
     * The range has the same records as when it was read, each in the same version.
     *
     * @param digest as {@link RangeDigest} makes it
     */
    record SameRange(KeyRange range, Bytes digest) implements Compare {
        @Override
        public Bytes key() {
            return range.low();
        }

        @Override
        public boolean holds(Records records) {
            RangeDigest now = new RangeDigest();
            records.scanVersions(range, false, (recordKey, version, value) -> {
                now.add(recordKey, version);
                return true;
            });
            return now.end().equals(digest);
        }
    }

    /** As bytes: u8 kind, then what it consists of. */
    static void write(ByteWriter writer, Compare compare) {
        switch (compare) {
            case Absent absent -> writer.u8(1).bytes(absent.key);
            case Unchanged unchanged ->
                writer.u8(2)
                        .bytes(unchanged.key)
                        .varint(unchanged.version.epoch())
                        .varint(unchanged.version.seq());
            case HasValue value -> writer.u8(3).bytes(value.key).bytes(value.value);
            case SameRange same -> {
                same.range.write(writer.u8(4));
                writer.bytes(same.digest);
            }
        }
    }

    /**
     * Reads what {@link #write} wrote; its parts are slices of the input.
     *
     * @throws MalformedException if it is not a compare
     */
    static Compare read(ByteReader reader) {
        int kind = reader.u8();
        return switch (kind) {
            case 1 -> new Absent(reader.bytes("key", Limits.RECORD_KEY_BYTES));
            case 2 ->
                new Unchanged(
                        reader.bytes("key", Limits.RECORD_KEY_BYTES),
                        new Version(
                                reader.varint("epoch", 0, Long.MAX_VALUE), reader.varint("seq", 0, Long.MAX_VALUE)));
            case 3 ->
                new HasValue(reader.bytes("key", Limits.RECORD_KEY_BYTES), reader.bytes("value", Limits.VALUE_BYTES));
            case 4 -> new SameRange(KeyRange.read(reader), reader.bytes("digest", RangeDigest.BYTES));
            default -> throw new MalformedException("a compare of kind " + kind + " is not known");
        };
    }
}
