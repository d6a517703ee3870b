package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.structure.Records;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation on one partition of a map, as its primary (or, for a read, any member) runs it. Compares encoded
 * values, byte by byte.
 *
 * <p>Trusts no client: sizes are checked again, the record key is made here, and a key or a position outside the
 * partition is refused.
 */
public final class MapEvaluation {
    private static final Bytes NO = Bytes.wrap(new byte[] {0});
    private static final Bytes YES = Bytes.wrap(new byte[] {1});

    private final KeyPlacement placement;
    private final ByteReader reader;
    private final Records records;
    private final Changes changes;

    private MapEvaluation(KeyPlacement placement, ByteReader reader, Records records, Changes changes) {
        this.placement = placement;
        this.reader = reader;
        this.records = records;
        this.changes = changes;
    }

    /** As {@link io.brickwork.core.structure.StructureType#evaluate}. */
    public static Bytes evaluate(KeyPlacement placement, Bytes body, Records records, Changes changes) {
        MapCommand command = MapCommand.of(placement, body);
        ByteReader reader = new ByteReader(body);
        reader.u8();
        try {
            return new MapEvaluation(placement, reader, records, changes).run(command);
        } catch (MalformedException e) {
            throw new MalformedOperationException(command + ": " + e.getMessage());
        }
    }

    /** Whether the operation can never have an effect. */
    public static boolean isRead(KeyPlacement placement, Bytes body) {
        return MapCommand.of(placement, body).isRead();
    }

    private Bytes run(MapCommand command) {
        return switch (command) {
            case GET -> optional(records.get(lastKey()));
            case CONTAINS_KEY -> bool(records.get(lastKey()) != null);
            case SET -> {
                Bytes key = key();
                changes.put(key, lastValue("value"));
                yield Bytes.EMPTY;
            }
            case PUT -> {
                Bytes key = key();
                Bytes value = lastValue("value");
                Bytes old = records.get(key);
                changes.put(key, value);
                yield optional(old);
            }
            case DELETE -> {
                changes.delete(lastKey());
                yield Bytes.EMPTY;
            }
            case REMOVE -> {
                Bytes key = lastKey();
                Bytes old = records.get(key);
                if (old != null) {
                    changes.delete(key);
                }
                yield optional(old);
            }
            case PUT_IF_ABSENT -> {
                Bytes key = key();
                Bytes value = lastValue("value");
                Bytes old = records.get(key);
                if (old == null) {
                    changes.put(key, value);
                }
                yield optional(old);
            }
            case REPLACE -> {
                Bytes key = key();
                Bytes value = lastValue("value");
                Bytes old = records.get(key);
                if (old != null) {
                    changes.put(key, value);
                }
                yield optional(old);
            }
            case REPLACE_IF -> {
                Bytes key = key();
                Bytes expected = value("expected value");
                Bytes value = lastValue("value");
                boolean matches = expected.equals(records.get(key));
                if (matches) {
                    changes.put(key, value);
                }
                yield bool(matches);
            }
            case REMOVE_IF -> {
                Bytes key = key();
                Bytes expected = lastValue("expected value");
                boolean matches = expected.equals(records.get(key));
                if (matches) {
                    changes.delete(key);
                }
                yield bool(matches);
            }
            case COUNT -> {
                end();
                yield count();
            }
            case PAGE -> {
                Bytes from = position();
                boolean keysOnly = reader.bool("keys only");
                end();
                yield page(from, keysOnly);
            }
            case CLEAR_PAGE -> {
                Bytes from = position();
                end();
                yield clearPage(from);
            }
        };
    }

    private Bytes count() {
        KeyRange range = records.range();
        ByteWriter writer = new ByteWriter(32).varint(records.count()).bytes(range.low());
        writeNext(writer, range.high());
        return writer.toBytes();
    }

    private Bytes page(Bytes from, boolean keysOnly) {
        ByteWriter rows = new ByteWriter(1024);
        int[] count = {0};
        Bytes next = scanPage(from, keysOnly, (key, value) -> {
            rows.bytes(placement.key(key));
            if (!keysOnly) {
                rows.bytes(value);
            }
            count[0]++;
        });
        ByteWriter writer = new ByteWriter(rows.length() + Limits.RECORD_KEY_BYTES + 16);
        writeNext(writer, next);
        return writer.bool(keysOnly)
                .varint(count[0])
                .raw(Bytes.wrap(rows.array(), 0, rows.length()))
                .toBytes();
    }

    private Bytes clearPage(Bytes from) {
        List<Bytes> keys = new ArrayList<>();
        Bytes next = scanPage(from, true, (key, value) -> keys.add(key));
        keys.forEach(changes::delete);
        ByteWriter writer = new ByteWriter(32);
        writeNext(writer, next);
        return writer.varint(keys.size()).toBytes();
    }

    /**
     * Gives at least one record of those from the position on, if there is one; returns where the rest begins, or null
     * at the end of all.
     */
    private @Nullable Bytes scanPage(Bytes from, boolean keysOnly, PageVisitor.Sink sink) {
        PageVisitor page = new PageVisitor(PageVisitor.RECORDS, keysOnly, sink);
        records.scan(from, page);
        Bytes next = page.next();
        return next != null ? next : records.range().high();
    }

    private Bytes key() {
        Bytes key = placement.recordKey(reader.bytes("key", Limits.KEY_BYTES));
        refuseOutside(key);
        return key;
    }

    private Bytes lastKey() {
        Bytes key = key();
        end();
        return key;
    }

    private Bytes value(String what) {
        return reader.bytes(what, Limits.VALUE_BYTES);
    }

    private Bytes lastValue(String what) {
        Bytes value = value(what);
        end();
        return value;
    }

    private Bytes position() {
        Bytes from = reader.bytes("position", Limits.RECORD_KEY_BYTES);
        refuseOutside(from);
        return from;
    }

    private void refuseOutside(Bytes position) {
        KeyRange range = records.range();
        if (!range.contains(position)) {
            throw new MalformedOperationException(
                    "record key " + position + " is outside the partition, " + range.low() + " to " + range.high());
        }
    }

    /**
     * A command has all its meaning; bytes after it are not skipped, because a condition that is not understood must
     * not be ignored.
     */
    private void end() {
        if (reader.remaining() != 0) {
            throw new MalformedOperationException(reader.remaining() + " bytes follow the operation");
        }
    }

    private static void writeNext(ByteWriter writer, @Nullable Bytes next) {
        writer.bool(next != null);
        if (next != null) {
            writer.bytes(next);
        }
    }

    private static Bytes optional(@Nullable Bytes value) {
        return value == null
                ? Bytes.EMPTY
                : new ByteWriter(1 + value.length()).u8(1).raw(value).toBytes();
    }

    private static Bytes bool(boolean value) {
        return value ? YES : NO;
    }
}
