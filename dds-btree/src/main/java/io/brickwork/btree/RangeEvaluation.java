package io.brickwork.btree;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.MalformedOperationException;
import io.brickwork.core.structure.Records;
import io.brickwork.map.PageVisitor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation on a range of a tree's keys, as the primary of one partition (or, for a read, any member) runs it: on
 * the part of the range that lies here, or as much of it as fits into one answer. Each is atomic: a page shows one
 * state of its partition.
 *
 * <p>Trusts no client: the end of the range that the operation was routed by must lie here, so that what is left gets
 * smaller with each answer.
 */
final class RangeEvaluation {
    private final ByteReader reader;
    private final Records records;
    private final Changes changes;

    private RangeEvaluation(ByteReader reader, Records records, Changes changes) {
        this.reader = reader;
        this.records = records;
        this.changes = changes;
    }

    static Bytes evaluate(RangeCommand command, Bytes body, Records records, Changes changes) {
        ByteReader reader = new ByteReader(body);
        reader.u8();
        try {
            return new RangeEvaluation(reader, records, changes).run(command);
        } catch (MalformedException e) {
            throw new MalformedOperationException(command + ": " + e.getMessage());
        }
    }

    private Bytes run(RangeCommand command) {
        return switch (command) {
            case PAGE -> {
                KeyRange range = KeyRange.read(reader);
                boolean backward = reader.bool("backward");
                boolean keysOnly = reader.bool("keys only");
                int limit = reader.varint32("limit", 1, PageVisitor.RECORDS);
                yield page(checked(range, backward), backward, keysOnly, limit);
            }
            case COUNT -> count(checked(KeyRange.read(reader), false));
            case REMOVE -> remove(checked(KeyRange.read(reader), false));
            case POLL -> {
                KeyRange range = KeyRange.read(reader);
                boolean backward = reader.bool("backward");
                yield poll(checked(range, backward), backward);
            }
            case PUT_ROWS -> putRows();
        };
    }

    private Bytes page(KeyRange range, boolean backward, boolean keysOnly, int limit) {
        ByteWriter rows = new ByteWriter(1024);
        PageVisitor page = new PageVisitor(limit, keysOnly, (key, value) -> {
            rows.bytes(key);
            if (!keysOnly) {
                rows.bytes(value);
            }
        });
        scan(range, backward, page);
        ByteWriter writer = new ByteWriter(rows.length() + 2 * Limits.RECORD_KEY_BYTES + 16);
        writeRest(writer, range, backward, page.next());
        return writer.bool(keysOnly)
                .varint(page.count())
                .raw(Bytes.wrap(rows.array(), 0, rows.length()))
                .toBytes();
    }

    private Bytes count(KeyRange range) {
        KeyRange here = records.range();
        ByteWriter writer = new ByteWriter(64);
        if (isWithin(here, range)) {
            writeRest(writer, range, false, null);
            return writer.varint(records.count()).toBytes();
        }
        PageVisitor page = new PageVisitor(PageVisitor.RECORDS, true, (key, value) -> {});
        scan(range, false, page);
        writeRest(writer, range, false, page.next());
        return writer.varint(page.count()).toBytes();
    }

    private Bytes remove(KeyRange range) {
        List<Bytes> keys = new ArrayList<>();
        PageVisitor page = new PageVisitor(PageVisitor.RECORDS, true, (key, value) -> keys.add(key));
        scan(range, false, page);
        keys.forEach(changes::delete);
        ByteWriter writer = new ByteWriter(64);
        writeRest(writer, range, false, page.next());
        return writer.varint(keys.size()).toBytes();
    }

    private Bytes poll(KeyRange range, boolean backward) {
        ByteWriter row = new ByteWriter(256);
        List<Bytes> polled = new ArrayList<>(1);
        scan(range, backward, new PageVisitor(1, false, (key, value) -> {
            row.bytes(key).bytes(value);
            polled.add(key);
        }));
        polled.forEach(changes::delete);
        ByteWriter writer = new ByteWriter(row.length() + 2 * Limits.RECORD_KEY_BYTES);
        if (polled.isEmpty()) {
            writeRest(writer, range, backward, null);
        } else {
            writer.bool(false);
        }
        return writer.bool(false)
                .varint(polled.size())
                .raw(Bytes.wrap(row.array(), 0, row.length()))
                .toBytes();
    }

    private Bytes putRows() {
        int count = reader.count("rows", 2);
        int put = 0;
        Bytes last = null;
        for (int i = 0; i < count; i++) {
            Bytes key = reader.bytes("key", Limits.KEY_BYTES);
            Bytes value = reader.bytes("value", Limits.VALUE_BYTES);
            if (last != null && last.compareTo(key) >= 0) {
                throw new MalformedOperationException("row " + key + " follows " + last);
            }
            last = key;
            if (records.range().contains(key)) {
                changes.put(key, value);
                put++;
            } else if (i == 0) {
                refuseOutside(key);
            }
        }
        end();
        return new ByteWriter(8).varint(put).toBytes();
    }

    private void scan(KeyRange range, boolean backward, PageVisitor page) {
        if (backward) {
            records.scanBackward(range, page);
        } else {
            records.scan(range, page);
        }
    }

    /**
     * What is left of the range.
     *
     * @param next the first record that did not fit; null if all that are here did
     */
    private void writeRest(ByteWriter writer, KeyRange range, boolean backward, @Nullable Bytes next) {
        Span rest;
        if (backward) {
            rest = new Span(range.low(), next == null ? records.range().low() : Span.above(next));
        } else {
            Bytes from = next == null ? records.range().high() : next;
            rest = from == null ? new Span(range.low(), range.low()) : new Span(from, range.high());
        }
        writer.bool(!rest.isEmpty());
        if (!rest.isEmpty()) {
            rest.range().write(writer);
        }
    }

    private static boolean isWithin(KeyRange inner, KeyRange outer) {
        Bytes innerHigh = inner.high();
        Bytes outerHigh = outer.high();
        return inner.low().compareTo(outer.low()) >= 0
                && (outerHigh == null || (innerHigh != null && innerHigh.compareTo(outerHigh) <= 0));
    }

    private KeyRange checked(KeyRange range, boolean backward) {
        end();
        refuseOutside(range.routingKey(backward));
        return range;
    }

    private void refuseOutside(Bytes key) {
        KeyRange here = records.range();
        if (!here.contains(key)) {
            throw new MalformedOperationException(
                    "record key " + key + " is outside the partition, " + here.low() + " to " + here.high());
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
}
