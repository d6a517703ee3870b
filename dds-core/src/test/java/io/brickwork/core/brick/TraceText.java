package io.brickwork.core.brick;

import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.Split;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Table;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Messages, entries and batches in the words of a {@link Transcript}: short enough for one line, with keys and values
 * as text.
 */
final class TraceText {
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

    private TraceText() {}

    static String of(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Peer peer -> peer.brick().name();
            case Endpoint.Caller caller -> "caller " + caller.link();
        };
    }

    static String of(BrickInput input) {
        return input instanceof BrickInput.Received received
                ? of(received.from()) + " -> " + of(received.message())
                : input.toString();
    }

    static String of(Message message) {
        return switch (message) {
            case ReplicaMessage.Store store ->
                "Store[" + of(store.entry()) + ", committed=" + store.committedSeq() + ", syncedEverywhere="
                        + store.syncedEverywhereSeq() + "]";
            case ReplicaMessage.Level level ->
                "Level[" + level.partition() + ", epoch=" + level.epoch() + ", base="
                        + level.baseSeq() + ", cut=" + level.cut() + ", level=" + level.levelSeq() + ", "
                        + entries(level.entries()) + "]";
            case ReplicaMessage.Fetched fetched ->
                "Fetched[" + fetched.partition() + ", epoch=" + fetched.epoch() + ", " + entries(fetched.entries())
                        + "]";
            case ReplicaMessage.CopyAsk ask ->
                "CopyAsk[" + ask.partition() + ", epoch=" + ask.epoch() + ", " + of(ask.from()) + "]";
            case ReplicaMessage.CopyPart part ->
                "CopyPart[" + part.partition() + ", epoch=" + part.epoch() + ", " + of(part.from()) + ", " + chunk(part)
                        + "]";
            case ReplicaMessage.MergePart part ->
                "MergePart[" + part.partition() + ", epoch=" + part.epoch() + ", " + of(part.absorption()) + "]";
            case CallMessage.Write write ->
                "Write[ticket=" + write.ticket() + ", " + write.partition() + ", "
                        + write.operation().number() + ", '" + printable(write.body()) + "']";
            case CallMessage.Read read ->
                "Read[ticket=" + read.ticket() + ", " + read.partition() + ", '" + printable(read.body()) + "']";
            case CallMessage.Prepare prepare ->
                "Prepare[ticket=" + prepare.ticket() + ", " + prepare.partition() + ", "
                        + prepare.transaction().number() + ", "
                        + effects(prepare.part().writes()) + "]";
            case CallMessage.Decide decide ->
                "Decide[ticket=" + decide.ticket() + ", " + decide.partition() + ", "
                        + decide.transaction().number() + ", commit=" + decide.isCommit() + "]";
            case CallMessage.Resolve resolve ->
                "Resolve[ticket=" + resolve.ticket() + ", " + resolve.partition() + ", "
                        + resolve.transaction().number() + "]";
            case CallMessage.Answer answer ->
                "Answer[ticket=" + answer.ticket() + ", " + answer.status() + ", " + answer.version() + ", '"
                        + printable(answer.result()) + "']";
            default -> message.toString();
        };
    }

    static String of(Table.Batch batch) {
        Stream<String> steps = batch.steps().stream().map(TraceText::of);
        Stream<String> entries =
                batch.parts().stream().flatMap(part -> part.entries().stream()).map(TraceText::of);
        return "Batch[" + batch.number() + ", " + Stream.concat(steps, entries).toList() + "]";
    }

    private static String of(CopyStep step) {
        return step.getClass().getSimpleName() + " " + step.partition()
                + switch (step) {
                    case CopyStep.Begin begin -> " " + of(begin.range());
                    case CopyStep.Drop drop -> " " + of(drop.range());
                    case CopyStep.Chunk chunk -> " " + of(chunk.chunk());
                    case CopyStep.Finish finish -> " " + finish.version();
                    case CopyStep.Repair repair -> " " + printable(repair.row().key());
                };
    }

    private static String of(Entry entry) {
        String name = entry.partition() + " " + entry.version() + " ";
        return switch (entry.kind()) {
            case WRITE -> name + effects(entry.effects());
            case VOTE, REFUSE, DECIDE, FORGET -> {
                TransactionRecord record = Objects.requireNonNull(entry.transaction());
                yield name + record.state() + " " + record.transaction()
                        + (record.isPrepared()
                                ? " locks " + effects(record.part().writes())
                                : "")
                        + (record.isOutcome() ? " " + effects(entry.effects()) : "");
            }
            case EXPIRE ->
                name + "EXPIRE "
                        + Objects.requireNonNull(entry.completion()).operation().session();
            case SPLIT -> {
                Split split = Objects.requireNonNull(entry.split());
                yield name + "SPLIT keeps " + of(split.kept()) + ", gives " + of(split.given()) + " to "
                        + split.child();
            }
            case CLOSE -> name + "CLOSE";
            case ABSORB -> name + "ABSORB " + of(Objects.requireNonNull(entry.absorption()));
        };
    }

    private static List<String> entries(List<Entry> entries) {
        return entries.stream().map(TraceText::of).toList();
    }

    private static List<String> effects(List<Effect> effects) {
        return effects.stream()
                .map(effect -> printable(effect.recordKey()) + "="
                        + (effect.value() == null ? "deleted" : printable(effect.value())))
                .toList();
    }

    private static String of(Absorption absorption) {
        return absorption.from() + " " + of(absorption.range()) + ", " + of(absorption.content());
    }

    private static String chunk(ReplicaMessage.CopyPart part) {
        try {
            return of(CopyCodec.decode(part.partition(), part.chunk()));
        } catch (MalformedException damaged) {
            return "damaged";
        }
    }

    private static String of(TableChunk chunk) {
        return "as of " + chunk.applied() + " "
                + chunk.records().stream()
                        .map(row -> printable(row.key()) + "="
                                + printable(row.record().value()) + row.record().version())
                        .toList()
                + " sessions "
                + chunk.sessions().stream().map(row -> row.session()).toList()
                + (chunk.next() == null ? " end" : " to be continued");
    }

    private static String of(TableChunk.Cursor cursor) {
        return switch (cursor) {
            case TableChunk.Cursor.Records records ->
                records.after() == null ? "from the start" : "after record " + printable(records.after());
            case TableChunk.Cursor.Sessions sessions ->
                sessions.after() == null ? "from the first session" : "after session " + sessions.after();
        };
    }

    private static String of(KeyRange range) {
        Bytes high = range.high();
        return "['" + printable(range.low()) + "', " + (high == null ? "end" : "'" + printable(high) + "'") + ")";
    }

    private static String printable(Bytes bytes) {
        return UNPRINTABLE
                .matcher(bytes.toUtf8())
                .replaceAll(match -> "<%02x>".formatted((int) match.group().charAt(0)));
    }
}
