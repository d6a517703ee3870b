package io.brickwork.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.brick.MemoryTable;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.CopyMark;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How every {@link Table} is copied from, copied to, and cleared. */
public abstract class TableCopyContract extends TableFixture {
    /** The range of P. */
    private static final KeyRange LOW = new KeyRange(Bytes.EMPTY, key("m"));
    /** The range of P_NEXT, which is of the same structure. */
    private static final KeyRange HIGH = new KeyRange(key("m"), null);

    // ---- chunks

    private static CopyStep.Repair repair(String recordKey, String value) {
        return new CopyStep.Repair(
                P, new TableChunk.Row(key(recordKey), new TableRecord(new Version(1, 2), key(value))));
    }

    @Test
    void repairTakesThePlaceOfWhatCannotBeReadAndOfNothingElse() {
        apply(part(P, puts("a", "1"), puts("b", "2"), puts("c", "3")));
        Applied before = applied(P);
        Bytes digest = digest(P, LOW);
        table.close();
        damage(1, key("b"));
        table = open(told::add);

        steps(repair("a", "other"), repair("b", "2"), repair("d", "never there"));
        assertThat(get(1, "a")).isEqualTo(key("1"));
        assertThat(get(1, "b")).isEqualTo(key("2"));
        assertThat(get(1, "d")).isNull();
        assertThat(applied(P)).isEqualTo(before);
        assertThat(digest(P, LOW)).isEqualTo(digest);
        reopen();
        assertThat(get(1, "b")).isEqualTo(key("2"));
    }

    @Test
    void halfACopyIsNotRepaired() {
        apply(part(P, puts("a", "1")));
        begin(P, LOW);
        assertThatThrownBy(() -> steps(repair("a", "1")))
                .isInstanceOf(Check.InvariantBroken.class)
                .hasMessageContaining("incomplete");
    }

    @Test
    void chunksHoldEverythingOnceInOrder() {
        fill(300);
        List<Bytes> keys;
        List<SessionId> sessions;
        try (Snapshot snapshot = table.snapshot()) {
            keys = scan(snapshot, 1, LOW);
            sessions = snapshot.sessions(P).stream().map(SessionRow::session).toList();
        }
        assertThat(sessions).hasSizeGreaterThan(5).isSorted();
        for (int limit : new int[] {1, 100, 1_500, 20_000, TableChunk.BYTES}) {
            List<TableChunk> chunks = chunks(P, LOW, limit);
            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.records().stream())
                            .map(TableChunk.Row::key))
                    .containsExactlyElementsOf(keys);
            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.sessions().stream())
                            .map(SessionRow::session))
                    .containsExactlyElementsOf(sessions);
            for (TableChunk chunk : chunks) {
                int rows = chunk.records().size() + chunk.sessions().size();
                assertThat(rows).isPositive();
                assertThat(rows == 1 || CopyCodec.encode(P, chunk).length() <= limit)
                        .as("%d rows in %d bytes", rows, limit)
                        .isTrue();
                assertThat(chunk.applied()).isEqualTo(last.get(P));
            }
        }
        assertThat(chunks(P, LOW, TableChunk.BYTES)).hasSize(1);
    }

    @Test
    void nothingMakesOneEmptyChunk() {
        apply(part(P_NEXT, puts("x", "1")));

        assertThat(chunks(P, LOW, 1000)).containsExactly(new TableChunk(Version.NONE, List.of(), List.of(), null));
    }

    @Test
    void largestRecordsMakeChunksOfTheirOwn() {
        Bytes value = Bytes.wrap(new byte[Limits.VALUE_BYTES]);
        byte[] longest = new byte[Limits.RECORD_KEY_BYTES];
        apply(part(
                P,
                List.of(new Effect(Bytes.wrap(longest), value)),
                List.of(new Effect(Bytes.EMPTY, value)),
                puts("a", "1")));

        assertThat(chunks(P, LOW, TableChunk.BYTES))
                .extracting(chunk -> chunk.records().size())
                .containsExactly(1, 1, 1);
        copyToItself(P, LOW, TableChunk.BYTES);
    }

    @Test
    void cursorGoesOnWhenWhatItNamesIsGone() {
        apply(part(P, puts("a", "1"), puts("b", "2"), puts("c", "3")));
        TableChunk first = chunk(P, LOW, TableChunk.Cursor.START, 1);
        apply(part(P, deletes("a"), puts("aa", "4")));

        TableChunk rest = chunk(P, LOW, present(first.next()), TableChunk.BYTES);
        assertThat(rest.records()).extracting(TableChunk.Row::key).containsExactly(key("aa"), key("b"), key("c"));
        assertThat(rest.next()).isNull();
        SessionId between = new SessionId(0, 5);
        apply(part(P, entry(SESSION, 1, 0, List.of()), entry(new SessionId(0, 3), 1, 0, List.of())));
        rest = chunk(P, LOW, new TableChunk.Cursor.Sessions(between), TableChunk.BYTES);
        assertThat(rest.records()).isEmpty();
        assertThat(rest.sessions()).extracting(SessionRow::session).containsExactly(SESSION);
    }

    @Test
    void cursorOutsideTheRangeFindsNothingOutsideIt() {
        apply(part(P, puts("a", "1")), part(P_NEXT, puts("n", "1"), puts("o", "2")));

        assertThat(chunk(P, LOW, new TableChunk.Cursor.Records(key("n")), 1000).records())
                .isEmpty();
        assertThat(chunk(P_NEXT, HIGH, new TableChunk.Cursor.Records(key("a")), 1000)
                        .records())
                .extracting(TableChunk.Row::key)
                .containsExactly(key("n"), key("o"));
    }

    @Test
    void rottenRecordEndsACopyAndIsNeverSkipped() {
        apply(part(P, puts("a", "1"), puts("b", "2"), puts("c", "3"), puts("d", "4")));
        table.close();
        damage(1, key("b"));
        table = open(told::add);

        assertThatThrownBy(() -> chunk(P, LOW, TableChunk.Cursor.START, TableChunk.BYTES))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("62");
        assertThatThrownBy(() -> chunk(P, LOW, new TableChunk.Cursor.Records(key("a")), 1))
                .isInstanceOf(CorruptRecordException.class);
        assertThat(chunk(P, LOW, new TableChunk.Cursor.Records(key("c")), TableChunk.BYTES)
                        .records())
                .extracting(TableChunk.Row::key)
                .containsExactly(key("d"));
    }

    // ---- copies

    @Test
    void copyHasTheDigestOfItsSource() {
        fill(200);
        copyToItself(P, LOW, 700);
        copyToItself(P_NEXT, HIGH, TableChunk.BYTES);
    }

    @Test
    void copyOfAnotherKindOfTableHasItsDigest() {
        MemoryTable source = new MemoryTable();
        fill(200);
        List<TableChunk> chunks = chunks(P, LOW, 900);
        Bytes digest = digest(P, LOW);
        source.apply(new Table.Batch(1, List.of(new CopyStep.Begin(P, LOW)), List.of()));
        source.applyNow();
        List<CopyStep> steps = new ArrayList<>();
        chunks.forEach(chunk -> steps.add(new CopyStep.Chunk(P, chunk)));
        steps.add(new CopyStep.Finish(P, last.get(P)));
        source.apply(new Table.Batch(2, steps, List.of()));
        source.applyNow();

        try (Snapshot snapshot = source.snapshot()) {
            assertThat(PartitionDigest.of(snapshot, P, LOW)).isEqualTo(digest);
        }
    }

    /**
     * Chunks of one version each, the entries since the first one's applied to the copy: what it held already of them
     * does no harm (T15, T16, T73).
     */
    @Test
    void copyOfWhatGoesOnBeingWrittenCatchesUpWithIt() {
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            fill(60);
            List<Bytes> sent = new ArrayList<>();
            List<Table.Part> since = new ArrayList<>();
            TableChunk.Cursor at = TableChunk.Cursor.START;
            Version from = last.get(P);
            while (at != null) {
                TableChunk chunk = chunk(P, LOW, at, 300);
                sent.add(CopyCodec.encode(P, chunk));
                at = chunk.next();
                Table.Part more = part(P, drafts(random, 10, "abcdefgh"));
                since.add(more);
                apply(more);
            }
            Bytes digest = digest(P, LOW);
            Applied expected = applied(P);

            begin(P, LOW);
            for (Bytes bytes : sent) {
                steps(new CopyStep.Chunk(P, CopyCodec.decode(P, bytes)));
            }
            steps(new CopyStep.Finish(P, from));
            assertThat(applied(P).version()).isEqualTo(from);
            since.forEach(this::apply);
            assertThat(applied(P)).isEqualTo(expected);
            assertThat(digest(P, LOW)).isEqualTo(digest);
        }
    }

    @Test
    void chunkTwiceChangesNothing() {
        fill(100);
        List<TableChunk> chunks = chunks(P, LOW, 500);
        Bytes digest = digest(P, LOW);
        begin(P, LOW);
        for (TableChunk chunk : chunks) {
            steps(new CopyStep.Chunk(P, chunk));
            CopyMark once = mark(P);
            steps(new CopyStep.Chunk(P, chunk), new CopyStep.Chunk(P, chunk));
            assertThat(mark(P)).isEqualTo(once);
        }
        steps(new CopyStep.Chunk(P, chunks.get(0)), new CopyStep.Finish(P, last.get(P)));

        assertThat(digest(P, LOW)).isEqualTo(digest);
    }

    @Test
    void beginStartsOverOnHalfACopy() {
        fill(100);
        List<TableChunk> chunks = chunks(P, LOW, 500);
        Bytes digest = digest(P, LOW);
        begin(P, LOW);
        Table.Part next = part(P_NEXT, puts("old", "1"));
        apply(next);
        // Something that the next copy does not have.
        steps(new CopyStep.Chunk(
                P,
                new TableChunk(
                        new Version(1, 1),
                        List.of(new TableChunk.Row(key("gone"), new TableRecord(new Version(1, 1), key("1")))),
                        List.of(new SessionRow(new SessionId(99, 99))),
                        null)));
        reopen();
        begin(P, LOW);
        chunks.forEach(chunk -> steps(new CopyStep.Chunk(P, chunk)));
        steps(new CopyStep.Finish(P, last.get(P)));

        assertThat(digest(P, LOW)).isEqualTo(digest);
        assertThat(get(1, "old")).isEqualTo(key("1"));
    }

    @Test
    void partitionsAreCopiedAndWrittenInTheSameBatch() {
        fill(100);
        List<TableChunk> chunks = chunks(P, LOW, 500);
        assertThat(chunks.size()).isGreaterThan(3);
        Bytes digest = digest(P, LOW);
        long others = applied(OTHER).liveRecords();
        begin(P, LOW);
        for (TableChunk chunk : chunks) {
            batch(
                    List.of(new CopyStep.Chunk(P, chunk)),
                    part(P_NEXT, entry(SESSION, ++number, 0, puts("z" + number, "1"))),
                    part(OTHER, puts("a" + number, "1")));
        }
        Table.Part own = part(P, puts("b", "after the copy"));
        batch(List.of(new CopyStep.Finish(P, new Version(1, last.get(P).seq() - 1))), own, part(OTHER, deletes("x")));

        assertThat(get(1, "b")).isEqualTo(key("after the copy"));
        assertThat(applied(OTHER)).isEqualTo(new Applied(OTHER, last.get(OTHER), others + chunks.size()));
        assertThat(applied(P_NEXT).version()).isEqualTo(last.get(P_NEXT));
        assertThat(digest(P, LOW)).isNotEqualTo(digest);
        Bytes after = digest(P, LOW);
        reopen();
        assertThat(digest(P, LOW)).isEqualTo(after);
    }

    /** Rows of before the copy are not gone on with. */
    @Test
    void sessionsGoOnFromTheCopy() {
        apply(part(P, entry(SESSION, 1, 0, puts("a", "1")), entry(SESSION, 2, 0, puts("a", "2"))));
        List<TableChunk> chunks = chunks(P, LOW, TableChunk.BYTES);
        Version copied = last.get(P);
        apply(part(P, entry(SESSION, 3, 0, puts("a", "3")), entry(SESSION_NEXT, 1, 0, puts("a", "4"))));
        begin(P, LOW);
        last.put(P, copied);
        batch(
                List.of(new CopyStep.Chunk(P, chunks.get(0)), new CopyStep.Finish(P, copied)),
                part(P, entry(SESSION, 7, 0, puts("a", "5"))));

        try (Snapshot snapshot = table.snapshot()) {
            assertThat(snapshot.sessions(P)).hasSize(1);
            assertThat(snapshot.sessions(P).getFirst().completions()).containsOnlyKeys(1L, 2L, 7L);
        }
    }

    // ---- clearing

    @Test
    void beginClearsSliceBySliceAndNothingElse() {
        fillMany(9_000);
        Bytes next = digest(P_NEXT, HIGH);
        Bytes other = digest(OTHER, KeyRange.ALL);
        int slices = 0;
        long left = applied(P).liveRecords();
        do {
            steps(new CopyStep.Begin(P, LOW));
            slices++;
            long before = left;
            try (Snapshot snapshot = table.snapshot()) {
                left = scan(snapshot, 1, LOW).size();
                assertThat(snapshot.applied(P)).isEqualTo(Applied.nothing(P));
            }
            assertThat(left).isLessThanOrEqualTo(before);
        } while (!mark(P).isCleared());

        assertThat(slices).isGreaterThan(2);
        assertThat(left).isZero();
        assertThat(mark(P)).isEqualTo(CopyMark.cleared(P));
        try (Snapshot snapshot = table.snapshot()) {
            assertThat(snapshot.sessions(P)).isEmpty();
        }
        assertThat(digest(P_NEXT, HIGH)).isEqualTo(next);
        assertThat(digest(OTHER, KeyRange.ALL)).isEqualTo(other);
        reopen();
        assertThat(mark(P)).isEqualTo(CopyMark.cleared(P));
        assertThat(digest(P_NEXT, HIGH)).isEqualTo(next);
    }

    @Test
    void dropLeavesNothingNotEvenTheMark() {
        fillMany(9_000);
        Bytes next = digest(P_NEXT, HIGH);
        int slices = drop(P, LOW);
        assertThat(slices).isGreaterThan(2);
        reopen();

        try (Snapshot snapshot = table.snapshot()) {
            assertThat(scan(snapshot, 1, LOW)).isEmpty();
            assertThat(snapshot.sessions(P)).isEmpty();
            assertThat(snapshot.incomplete()).isEmpty();
            assertThat(snapshot.partitions()).extracting(Applied::partition).containsExactly(P_NEXT, OTHER);
        }
        assertThat(digest(P_NEXT, HIGH)).isEqualTo(next);
        assertThat(drop(P, LOW)).isEqualTo(1);
        last.remove(P);
        apply(part(P, puts("a", "again")));
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(1, 1), 1));
    }

    @Test
    void halfACopyAndHalfAClearingAreDroppedToo() {
        fill(100);
        List<TableChunk> chunks = chunks(P, LOW, 500);
        begin(P, LOW);
        steps(new CopyStep.Chunk(P, chunks.get(0)));
        drop(P, LOW);
        try (Snapshot snapshot = table.snapshot()) {
            assertThat(scan(snapshot, 1, LOW)).isEmpty();
            assertThat(snapshot.incomplete()).isEmpty();
        }
        steps(new CopyStep.Begin(P_NEXT, HIGH));
        drop(P_NEXT, HIGH);
        try (Snapshot snapshot = table.snapshot()) {
            assertThat(snapshot.incomplete()).isEmpty();
            assertThat(scan(snapshot, 1, KeyRange.ALL)).isEmpty();
        }
    }

    @Test
    void incompletePartitionsCountForNothingAndAreFoundAgain() {
        fill(50);
        begin(P, LOW);
        fillMore(P_NEXT);
        for (int i = 0; i < 2; i++) {
            try (Snapshot snapshot = table.snapshot()) {
                assertThat(snapshot.isIncomplete(P)).isTrue();
                assertThat(snapshot.isIncomplete(P_NEXT)).isFalse();
                assertThat(snapshot.applied(P)).isEqualTo(Applied.nothing(P));
                assertThat(snapshot.incomplete()).containsExactly(CopyMark.cleared(P));
                assertThat(snapshot.partitions()).extracting(Applied::partition).containsExactly(P_NEXT, OTHER);
                assertThatThrownBy(() -> ChunkReader.read(snapshot, P, LOW, TableChunk.Cursor.START, 1000))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(P.toString());
            }
            reopen();
        }
        steps(new CopyStep.Finish(P, new Version(3, 7)));
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(3, 7), 0));
        try (Snapshot snapshot = table.snapshot()) {
            assertThat(snapshot.incomplete()).isEmpty();
            assertThat(snapshot.partitions()).hasSize(3);
        }
    }

    @Test
    void stepsOutOfPlaceBreakAnInvariant() {
        fillMany(9_000);
        TableChunk chunk = new TableChunk(new Version(1, 1), List.of(), List.of(), null);
        CopyStep begin = new CopyStep.Begin(P, LOW);
        CopyStep put = new CopyStep.Chunk(P, chunk);
        CopyStep finish = new CopyStep.Finish(P, new Version(1, 1));
        CopyStep drop = new CopyStep.Drop(P, LOW);

        refuses(put);
        refuses(finish);
        refuses(begin, put);
        refuses(begin, finish);
        refuses(begin, begin);
        refuses(begin, drop);
        refuses(drop, put);
        Table.Part part = part(P, puts("a", "1"));
        refuses(new Table.Batch(batches + 1, List.of(begin), List.of(part)));
        steps(begin);
        assertThat(mark(P)).isEqualTo(CopyMark.clearing(P));
        refuses(put);
        refuses(finish);
        reopen();
        refuses(put);
        refuses(finish);
        begin(P, LOW);
        last.remove(P);
        part = part(P, puts("a", "1"));
        refuses(new Table.Batch(batches + 1, List.of(), List.of(part)));
        refuses(new Table.Batch(batches + 1, List.of(put), List.of(part)));
        refuses(put, begin);
        refuses(finish, put);
        refuses(finish, finish);
        refuses(finish, drop);
        reopen();
        refuses(new Table.Batch(batches + 1, List.of(), List.of(part)));
        assertThat(mark(P)).isEqualTo(CopyMark.cleared(P));
        assertThatThrownBy(() -> new Table.Batch(1, List.of(), List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private void refuses(CopyStep... steps) {
        refuses(new Table.Batch(batches + 1, List.of(steps), List.of()));
    }

    private void refuses(Table.Batch batch) {
        assertThatThrownBy(() -> table.apply(batch))
                .isInstanceOf(Check.InvariantBroken.class)
                .hasMessageContaining(P.toString());
    }

    // ---- crashes

    /**
     * Power fails somewhere in every step of a copy, and in the entries that go with it: each batch is there whole or
     * not at all, and what was begun is found incomplete and begun anew (T73).
     */
    @Test
    void crashLeavesEachStepWholeOrNotAtAll() {
        fillMany(5_000);
        List<TableChunk> chunks = chunks(P, LOW, 15_000);
        assertThat(chunks.size()).isGreaterThan(3);
        Bytes digest = digest(P, LOW);
        Version copied = last.get(P);
        List<CopyStep> copy = new ArrayList<>();
        chunks.forEach(chunk -> copy.add(new CopyStep.Chunk(P, chunk)));
        copy.add(new CopyStep.Finish(P, copied));

        for (int crashAt = -1; crashAt < copy.size(); crashAt++) {
            if (crashAt < 0) {
                crashIn(new CopyStep.Begin(P, LOW));
            }
            begin(P, LOW);
            for (int i = 0; i < copy.size(); i++) {
                boolean isThere = true;
                if (i == crashAt) {
                    isThere = crashIn(copy.get(i));
                    isThere &= !(copy.get(i) instanceof CopyStep.Chunk); // a chunk may come twice
                } else {
                    steps(copy.get(i));
                }
                if (!isThere) {
                    steps(copy.get(i));
                }
            }
            assertThat(digest(P, LOW)).isEqualTo(digest);
        }
        crashIn(new CopyStep.Drop(P, LOW));
        drop(P, LOW);
        try (Snapshot snapshot = table.snapshot()) {
            assertThat(scan(snapshot, 1, LOW)).isEmpty();
            assertThat(snapshot.partitions()).extracting(Applied::partition).containsExactly(P_NEXT, OTHER);
        }
    }

    /** Says whether the step is there; the entry that goes with it is there exactly if it is. */
    private boolean crashIn(CopyStep step) {
        Version othersBefore = last.get(OTHER);
        String before = seen();
        Table.Batch batch =
                new Table.Batch(++batches, List.of(step), List.of(part(OTHER, puts("crash", "" + batches))));
        table.apply(batch);
        crash();
        boolean wasTold = told.contains(batch.number());
        table = open(told::add);
        boolean isThere = applied(OTHER).version().equals(last.get(OTHER));
        if (isThere) {
            assertThat(seen()).isNotEqualTo(before);
        } else {
            assertThat(wasTold).isFalse();
            assertThat(seen()).isEqualTo(before);
            last.put(OTHER, othersBefore);
        }
        return isThere;
    }

    /** All of what a batch may change. */
    private String seen() {
        try (Snapshot snapshot = table.snapshot()) {
            return snapshot.mark(P) + " " + snapshot.partitions() + " " + PartitionDigest.of(snapshot, P, LOW);
        }
    }

    // ---- tools

    private long number;

    /** Records and sessions of all three partitions. */
    private void fill(int entries) {
        apply(
                part(P, drafts(new Random(1), entries, "abcdefghijkl")),
                part(P_NEXT, drafts(new Random(2), entries, "mnopqrst")),
                part(OTHER, drafts(new Random(3), entries, "abcdmnop")));
    }

    private void fillMore(PartitionId partition) {
        apply(part(partition, drafts(new Random(4), 10, "n")));
    }

    /** So many records that one slice does not clear them. */
    private void fillMany(int records) {
        fill(20);
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            effects.add(new Effect(key("b%05d".formatted(i)), key("value")));
        }
        apply(part(P, List.of(effects)));
    }

    /** Puts, deletes, and completions whose low-water mark follows. */
    private Draft[] drafts(Random random, int count, String letters) {
        Draft[] drafts = new Draft[count];
        for (int i = 0; i < count; i++) {
            String name = letters.charAt(random.nextInt(letters.length())) + "" + random.nextInt(30);
            List<Effect> effects = random.nextInt(4) == 0 ? deletes(name) : puts(name, "value " + random.nextInt());
            SessionId session = new SessionId(0, random.nextInt(8));
            number++;
            drafts[i] = entry(session, number, Math.max(0, number - random.nextInt(40)), effects);
        }
        return drafts;
    }

    private List<TableChunk> chunks(PartitionId partition, KeyRange range, int limitBytes) {
        List<TableChunk> chunks = new ArrayList<>();
        for (TableChunk.Cursor at = TableChunk.Cursor.START; at != null; ) {
            TableChunk chunk = chunk(partition, range, at, limitBytes);
            chunks.add(chunk);
            at = chunk.next();
        }
        return chunks;
    }

    private TableChunk chunk(PartitionId partition, KeyRange range, TableChunk.Cursor from, int limitBytes) {
        try (Snapshot snapshot = table.snapshot()) {
            return ChunkReader.read(snapshot, partition, range, from, limitBytes);
        }
    }

    private static TableChunk.Cursor present(TableChunk.@Nullable Cursor cursor) {
        return Check.present(cursor, "the chunk is the last one");
    }

    /** Takes a copy of the partition, forgets the partition, and puts the copy in its place. */
    private void copyToItself(PartitionId partition, KeyRange range, int limitBytes) {
        List<Bytes> sent = chunks(partition, range, limitBytes).stream()
                .map(chunk -> CopyCodec.encode(partition, chunk))
                .toList();
        Applied applied = applied(partition);
        Bytes digest = digest(partition, range);
        begin(partition, range);
        assertThat(digest(partition, range)).isNotEqualTo(digest);
        sent.forEach(bytes -> steps(new CopyStep.Chunk(partition, CopyCodec.decode(partition, bytes))));
        steps(new CopyStep.Finish(partition, applied.version()));
        assertThat(applied(partition)).isEqualTo(applied);
        assertThat(digest(partition, range)).isEqualTo(digest);
        reopen();
        assertThat(digest(partition, range)).isEqualTo(digest);
    }

    /** Repeats the step until it is done. */
    private void begin(PartitionId partition, KeyRange range) {
        do {
            steps(new CopyStep.Begin(partition, range));
        } while (!mark(partition).isCleared());
    }

    /** Repeats the step until it is done; says how often. */
    private int drop(PartitionId partition, KeyRange range) {
        for (int slices = 1; ; slices++) {
            steps(new CopyStep.Drop(partition, range));
            try (Snapshot snapshot = table.snapshot()) {
                if (!snapshot.isIncomplete(partition)) {
                    return slices;
                }
                assertThat(snapshot.applied(partition)).isEqualTo(Applied.nothing(partition));
            }
        }
    }

    private void steps(CopyStep... steps) {
        batch(List.of(steps));
    }

    private void batch(List<CopyStep> steps, Table.Part... parts) {
        table.apply(new Table.Batch(++batches, steps, List.of(parts)));
        settle();
        assertThat(told).contains(batches);
    }

    private CopyMark mark(PartitionId partition) {
        try (Snapshot snapshot = table.snapshot()) {
            return Check.present(snapshot.mark(partition), "partition %s has no mark", partition);
        }
    }

    private Bytes digest(PartitionId partition, KeyRange range) {
        try (Snapshot snapshot = table.snapshot()) {
            return PartitionDigest.of(snapshot, partition, range);
        }
    }
}
