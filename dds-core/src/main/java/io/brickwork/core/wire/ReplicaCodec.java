package io.brickwork.core.wire;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.message.ReplicaMessage.AskCommitted;
import io.brickwork.core.message.ReplicaMessage.AskStand;
import io.brickwork.core.message.ReplicaMessage.Commit;
import io.brickwork.core.message.ReplicaMessage.Committed;
import io.brickwork.core.message.ReplicaMessage.Compare;
import io.brickwork.core.message.ReplicaMessage.CopyAsk;
import io.brickwork.core.message.ReplicaMessage.CopyOffer;
import io.brickwork.core.message.ReplicaMessage.CopyPart;
import io.brickwork.core.message.ReplicaMessage.Fence;
import io.brickwork.core.message.ReplicaMessage.FenceReport;
import io.brickwork.core.message.ReplicaMessage.Fetch;
import io.brickwork.core.message.ReplicaMessage.Fetched;
import io.brickwork.core.message.ReplicaMessage.Level;
import io.brickwork.core.message.ReplicaMessage.Levelled;
import io.brickwork.core.message.ReplicaMessage.MergeAsk;
import io.brickwork.core.message.ReplicaMessage.MergePart;
import io.brickwork.core.message.ReplicaMessage.Open;
import io.brickwork.core.message.ReplicaMessage.Passed;
import io.brickwork.core.message.ReplicaMessage.RepairAsk;
import io.brickwork.core.message.ReplicaMessage.RepairPart;
import io.brickwork.core.message.ReplicaMessage.Store;
import io.brickwork.core.message.ReplicaMessage.Stored;
import io.brickwork.core.message.ReplicaMessage.TellStand;
import io.brickwork.core.message.ReplicaMessage.WrongEpoch;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of {@link ReplicaMessage}s. {@code Store} is its two numbers and the entry; a fence is the partition and
 * the view; all others begin with partition and epoch.
 *
 * <p>Entries travel as the bytes that their primary made, checksum included, and are checked against it here: a message
 * holds whole entries of its own partition or is refused.
 */
final class ReplicaCodec {
    private static final int FENCE = 32;
    private static final int FENCE_REPORT = 33;
    private static final int FETCH = 34;
    private static final int FETCHED = 35;
    private static final int LEVEL = 36;
    private static final int LEVELLED = 37;
    private static final int OPEN = 38;
    private static final int STORE = 39;
    private static final int STORED = 40;
    private static final int COMMIT = 41;
    private static final int WRONG_EPOCH = 43;
    private static final int ASK_COMMITTED = 44;
    private static final int COMMITTED = 45;
    private static final int COPY_OFFER = 46;
    private static final int COPY_ASK = 47;
    private static final int COPY_PART = 48;
    private static final int REPAIR_ASK = 49;
    private static final int REPAIR_PART = 50;
    private static final int COMPARE = 51;
    private static final int MERGE_ASK = 52;
    private static final int MERGE_PART = 53;
    private static final int ASK_STAND = 54;
    private static final int TELL_STAND = 55;
    private static final int PASSED = 56;

    /** A SHA-256. */
    private static final int DIGEST_BYTES = 32;

    /** The least that an entry and its length can take. */
    private static final int LEAST_ENTRY_BYTES = 13;

    private ReplicaCodec() {}

    static int type(ReplicaMessage message) {
        return switch (message) {
            case Store store -> STORE;
            case Stored stored -> STORED;
            case Commit commit -> COMMIT;
            case Passed passed -> PASSED;
            case Fence fence -> FENCE;
            case FenceReport report -> FENCE_REPORT;
            case Fetch fetch -> FETCH;
            case Fetched fetched -> FETCHED;
            case Level level -> LEVEL;
            case Levelled levelled -> LEVELLED;
            case Open open -> OPEN;
            case WrongEpoch wrong -> WRONG_EPOCH;
            case AskCommitted ask -> ASK_COMMITTED;
            case Committed committed -> COMMITTED;
            case CopyOffer offer -> COPY_OFFER;
            case CopyAsk ask -> COPY_ASK;
            case CopyPart part -> COPY_PART;
            case RepairAsk ask -> REPAIR_ASK;
            case RepairPart part -> REPAIR_PART;
            case Compare compare -> COMPARE;
            case MergeAsk ask -> MERGE_ASK;
            case MergePart part -> MERGE_PART;
            case AskStand ask -> ASK_STAND;
            case TellStand told -> TELL_STAND;
        };
    }

    /** About how long the body will be. */
    static int expectedBytes(ReplicaMessage message) {
        return switch (message) {
            case Store store -> 8 + store.entry().encoded().length();
            case Fetched fetched -> 8 + entryBytes(fetched.entries());
            case Level level -> 16 + entryBytes(level.entries());
            case FenceReport report -> 16 + 4 * report.runs().size();
            case CopyPart part -> 64 + part.chunk().length();
            case MergePart part -> TableChunk.BYTES;
            case RepairPart part ->
                64
                        + part.recordKey().length()
                        + (part.record() == null ? 0 : part.record().value().length());
            // The others are a few small numbers.
            default -> 0;
        };
    }

    static void write(ByteWriter writer, ReplicaMessage message) {
        switch (message) {
            case Store store ->
                writer.varint(store.committedSeq())
                        .varint(store.syncedEverywhereSeq())
                        .bytes(store.entry().encoded());
            case Stored stored ->
                begin(writer, stored)
                        .varint(stored.storedSeq())
                        .varint(stored.syncedSeq())
                        .varint(stored.committedSeq())
                        .varint(stored.fillPermille());
            case Passed passed ->
                begin(writer, passed)
                        .varint(passed.storedSeq())
                        .varint(passed.passedSeq())
                        .varint(passed.syncedSeq())
                        .varint(passed.fillPermille());
            case Commit commit ->
                begin(writer, commit).varint(commit.committedSeq()).varint(commit.syncedEverywhereSeq());
            case Fence fence -> {
                IdCodec.writePartition(writer, fence.partition());
                MetadataCodec.writeView(writer, fence.view());
            }
            case FenceReport report -> {
                IdCodec.writeVersion(begin(writer, report), report.last());
                ViewCodec.writeRuns(writer, report.runs());
                writer.bool(report.isIncomplete());
            }
            case Fetch fetch -> begin(writer, fetch).varint(fetch.fromSeq()).varint(fetch.toSeq());
            case Fetched fetched -> writeEntries(begin(writer, fetched), fetched.entries());
            case Level level -> {
                begin(writer, level).varint(level.baseSeq()).bool(level.cut()).varint(level.levelSeq());
                writeEntries(writer, level.entries());
            }
            case Levelled levelled -> begin(writer, levelled).varint(levelled.seq());
            case Open open -> begin(writer, open).varint(open.levelSeq());
            case WrongEpoch wrong -> begin(writer, wrong).varint(wrong.promisedEpoch());
            case AskCommitted ask -> begin(writer, ask).varint(ask.ticket());
            case Committed committed ->
                begin(writer, committed).varint(committed.ticket()).varint(committed.committedSeq());
            case CopyOffer offer -> begin(writer, offer);
            case CopyAsk ask -> CopyCodec.encodeCursor(begin(writer, ask), ask.from());
            case CopyPart part -> {
                CopyCodec.encodeCursor(begin(writer, part), part.from());
                writer.bytes(part.chunk());
            }
            case RepairAsk ask -> begin(writer, ask).bytes(ask.recordKey()).varint(ask.appliedSeq());
            case RepairPart part -> {
                TableRecord record = part.record();
                begin(writer, part).bytes(part.recordKey()).bool(record != null);
                if (record != null) {
                    IdCodec.writeVersion(writer, record.version());
                    writer.bytes(record.value());
                }
            }
            case MergeAsk ask -> begin(writer, ask).varint(ask.into().number());
            case MergePart part -> part.absorption().write(begin(writer, part));
            case AskStand ask -> {
                IdCodec.writeOperation(begin(writer, ask), ask.transaction());
                IdCodec.writePartition(writer, ask.participant());
                IdCodec.writePartition(writer, ask.asker());
            }
            case TellStand told -> {
                IdCodec.writeOperation(begin(writer, told), told.transaction());
                IdCodec.writePartition(writer, told.participant());
                TransactionRecord.State state = told.state();
                writer.u8(state == null ? 0 : state.code());
            }
            case Compare compare -> {
                Bytes high = compare.range().high();
                begin(writer, compare).bytes(compare.range().low()).bool(high != null);
                if (high != null) {
                    writer.bytes(high);
                }
                IdCodec.writeVersion(writer, compare.applied());
                writer.bytes(compare.digest());
            }
        }
    }

    static ReplicaMessage read(int type, ByteReader body) {
        if (type == STORE) {
            return new Store(
                    IdCodec.readSeq(body, "committed seq"),
                    IdCodec.readSeq(body, "synced everywhere seq"),
                    readEntry(body));
        }
        PartitionId partition = IdCodec.readPartition(body);
        if (type == FENCE) {
            return new Fence(partition, MetadataCodec.readView(body));
        }
        long epoch = IdCodec.readEpoch(body);
        return switch (type) {
            case STORED ->
                new Stored(
                        partition,
                        epoch,
                        IdCodec.readSeq(body, "stored seq"),
                        IdCodec.readSeq(body, "synced seq"),
                        IdCodec.readSeq(body, "committed seq"),
                        body.varint32("fill", 0, Integer.MAX_VALUE));
            case PASSED ->
                new Passed(
                        partition,
                        epoch,
                        IdCodec.readSeq(body, "stored seq"),
                        IdCodec.readSeq(body, "passed seq"),
                        IdCodec.readSeq(body, "synced seq"),
                        body.varint32("fill", 0, Integer.MAX_VALUE));
            case COMMIT ->
                new Commit(
                        partition,
                        epoch,
                        IdCodec.readSeq(body, "committed seq"),
                        IdCodec.readSeq(body, "synced everywhere seq"));
            case FENCE_REPORT ->
                new FenceReport(
                        partition, epoch, IdCodec.readVersion(body), ViewCodec.readRuns(body), body.bool("incomplete"));
            case FETCH ->
                new Fetch(partition, epoch, IdCodec.readSeq(body, "from seq"), IdCodec.readSeq(body, "to seq"));
            case FETCHED -> new Fetched(partition, epoch, readEntries(body, partition));
            case LEVEL ->
                new Level(
                        partition,
                        epoch,
                        IdCodec.readSeq(body, "base seq"),
                        body.bool("cut flag"),
                        IdCodec.readSeq(body, "level seq"),
                        readEntries(body, partition));
            case LEVELLED -> new Levelled(partition, epoch, IdCodec.readSeq(body, "seq"));
            case OPEN -> new Open(partition, epoch, IdCodec.readSeq(body, "level seq"));
            case WRONG_EPOCH -> new WrongEpoch(partition, epoch, IdCodec.readEpoch(body));
            case ASK_COMMITTED -> new AskCommitted(partition, epoch, body.varint());
            case COMMITTED -> new Committed(partition, epoch, body.varint(), IdCodec.readSeq(body, "committed seq"));
            case COPY_OFFER -> new CopyOffer(partition, epoch);
            case COPY_ASK -> new CopyAsk(partition, epoch, CopyCodec.decodeCursor(body));
            case COPY_PART ->
                new CopyPart(partition, epoch, CopyCodec.decodeCursor(body), body.bytes("chunk", Limits.FRAME_BYTES));
            case REPAIR_ASK -> new RepairAsk(partition, epoch, readKey(body), IdCodec.readSeq(body, "applied seq"));
            case REPAIR_PART ->
                new RepairPart(partition, epoch, readKey(body), body.bool("record flag") ? readRecord(body) : null);
            case COMPARE ->
                new Compare(
                        partition,
                        epoch,
                        new KeyRange(readKey(body), body.bool("end flag") ? readKey(body) : null),
                        IdCodec.readVersion(body),
                        body.bytes("digest", DIGEST_BYTES));
            case MERGE_ASK ->
                new MergeAsk(
                        partition,
                        epoch,
                        new PartitionId(partition.structure(), body.varint32("into", 0, Integer.MAX_VALUE)));
            case MERGE_PART -> new MergePart(partition, epoch, Absorption.read(body, partition.structure()));
            case ASK_STAND ->
                new AskStand(
                        partition,
                        epoch,
                        IdCodec.readOperation(body),
                        IdCodec.readPartition(body),
                        IdCodec.readPartition(body));
            case TELL_STAND ->
                new TellStand(
                        partition, epoch, IdCodec.readOperation(body), IdCodec.readPartition(body), state(body.u8()));
            default -> throw WireCodec.unknownType(type);
        };
    }

    private static TransactionRecord.@Nullable State state(int code) {
        return code == 0 ? null : TransactionRecord.State.of(code);
    }

    private static Bytes readKey(ByteReader body) {
        return body.bytes("record key", Limits.RECORD_KEY_BYTES);
    }

    private static TableRecord readRecord(ByteReader body) {
        return new TableRecord(IdCodec.readVersion(body), body.bytes("value", Limits.VALUE_BYTES));
    }

    private static ByteWriter begin(ByteWriter writer, ReplicaMessage message) {
        IdCodec.writePartition(writer, message.partition());
        return writer.varint(message.epoch());
    }

    private static int entryBytes(List<Entry> entries) {
        int bytes = 0;
        for (Entry entry : entries) {
            bytes += 3 + entry.encoded().length();
        }
        return bytes;
    }

    private static void writeEntries(ByteWriter writer, List<Entry> entries) {
        writer.varint(entries.size());
        for (Entry entry : entries) {
            writer.bytes(entry.encoded());
        }
    }

    private static List<Entry> readEntries(ByteReader body, PartitionId partition) {
        int count = body.count("entries", LEAST_ENTRY_BYTES);
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Entry entry = readEntry(body);
            if (!entry.partition().equals(partition)) {
                throw new MalformedException(
                        "an entry of partition " + entry.partition() + " in a message for " + partition);
            }
            entries.add(entry);
        }
        return entries;
    }

    private static Entry readEntry(ByteReader body) {
        return EntryCodec.decode(body.bytes("entry", Limits.ENTRY_BYTES));
    }
}
