package io.brickwork.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.Split;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link Table} does, real or simulated, with {@link TableCopyContract}. */
public abstract class TableContract extends TableCopyContract {
    // ---- records

    @Test
    void newTableHoldsNothing() {
        try (Snapshot snapshot = table.snapshot()) {
            assertThat(snapshot.get(1, key("a"))).isNull();
            assertThat(scan(snapshot, 1, KeyRange.ALL)).isEmpty();
            assertThat(snapshot.applied(P)).isEqualTo(Applied.nothing(P));
            assertThat(snapshot.partitions()).isEmpty();
            assertThat(snapshot.sessions(P)).isEmpty();
        }
        assertThat(table.fillPermille()).isBetween(0, 1000);
    }

    @Test
    void recordCarriesTheVersionOfTheEntryThatWroteIt() {
        apply(part(P, puts("a", "1"), puts("b", "2")));
        apply(part(P, puts("a", "3")));

        try (Snapshot snapshot = table.snapshot()) {
            assertThat(snapshot.get(1, key("a"))).isEqualTo(new TableRecord(new Version(1, 3), key("3")));
            assertThat(snapshot.get(1, key("b"))).isEqualTo(new TableRecord(new Version(1, 2), key("2")));
        }
    }

    /** The digest of fixed rows, whatever the table: it is compared between bricks. */
    @Test
    void digestDependsOnEverythingThatThePartitionHoldsAndOnNothingElse() {
        Bytes empty = digest(P);
        apply(part(P, puts("a", "1"), puts("b", "2")));
        Bytes both = digest(P);
        apply(part(OTHER, puts("a", "1")));
        reopen();
        assertThat(digest(P)).isEqualTo(both);
        assertThat(both.toString()).isEqualTo("4533cf87b043ae5fbaa180620ea72f324b8c7ed9000f9351e581ba47f46df85e");

        apply(part(P, puts("b", "3")));
        Bytes changed = digest(P);
        apply(part(P, new Draft(SESSION, 1, 0, List.of())));
        Bytes completed = digest(P);
        apply(part(P, deletes("b")));
        assertThat(List.of(empty, both, changed, completed, digest(P))).doesNotHaveDuplicates();
    }

    @Test
    void deletedRecordIsAbsentAndMayComeBack() {
        apply(part(P, puts("a", "1"), puts("b", "2")));
        apply(part(P, deletes("a")));
        assertThat(get(1, "a")).isNull();
        assertThat(scanned(1)).containsExactly("b=2");

        apply(part(P, puts("a", "3")));
        assertThat(get(1, "a")).isEqualTo(key("3"));
    }

    @Test
    void entryMayChangeSeveralRecordsOrNone() {
        apply(part(
                P,
                List.of(new Effect(key("a"), key("1")), new Effect(key("b"), key("2")), new Effect(key("c"), null)),
                List.of()));

        assertThat(scanned(1)).containsExactly("a=1", "b=2");
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(1, 2), 2));
    }

    @Test
    void splitGivesTheChildItsRecordsAndAllSessions() {
        apply(part(P, entry(SESSION, 1, 0, puts("a", "1")), entry(SESSION_NEXT, 1, 0, puts("c", "2"))));
        apply(part(P, puts("b", "3"), puts("m", "4"), puts("n", "5")), part(OTHER, puts("x", "6")));
        List<String> sessions = rows(P);

        // In the batch of the split: another session, a key on each side, and one that goes.
        List<Entry> entries =
                new ArrayList<>(part(P, entry(SESSION, 2, 0, puts("d", "7")), new Draft(null, 0, 0, deletes("m")))
                        .entries());
        entries.add(splitting(P, P_NEXT, "c", false));
        apply(new Table.Part(P, entries));

        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(1, 8), 2));
        assertThat(applied(P_NEXT)).isEqualTo(new Applied(P_NEXT, new Version(1, 8), 3));
        assertThat(scanned(1)).containsExactly("a=1", "b=3", "c=2", "d=7", "n=5");
        assertThat(rows(P_NEXT)).isEqualTo(rows(P)).hasSameSizeAs(sessions);
        assertThat(rows(P)).contains("1-0000000000000001: 0 [1, 2]");

        // Each goes its own way from here on.
        last.put(P_NEXT, new Version(2, 8));
        apply(part(P, entry(SESSION, 3, 0, puts("aa", "8"))), part(P_NEXT, entry(SESSION, 4, 4, deletes("c"))));
        reopen();
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(1, 9), 3));
        assertThat(applied(P_NEXT)).isEqualTo(new Applied(P_NEXT, new Version(2, 9), 2));
        assertThat(rows(P)).contains("1-0000000000000001: 0 [1, 2, 3]");
        assertThat(rows(P_NEXT)).contains("1-0000000000000001: 4 [4]");
    }

    @Test
    void splitMayLeaveEitherSideEmpty() {
        apply(part(P, puts("k", "1"), puts("l", "2")));
        apply(new Table.Part(P, List.of(splitting(P, P_NEXT, "m", false))));
        assertThat(applied(P).liveRecords()).isEqualTo(2);
        assertThat(applied(P_NEXT).liveRecords()).isZero();

        PartitionId third = new PartitionId(1, 2);
        apply(new Table.Part(P, List.of(splitting(P, third, "a", false))));
        assertThat(applied(P).liveRecords()).isZero();
        assertThat(applied(third).liveRecords()).isEqualTo(2);
    }

    @Test
    void splitMayGiveTheChildTheLowerPart() {
        apply(part(P, puts("a", "1"), puts("b", "2"), puts("c", "3"), puts("d", "4")));
        apply(new Table.Part(P, List.of(splitting(P, P_NEXT, "d", true))));
        assertThat(applied(P).liveRecords()).isEqualTo(1);
        assertThat(applied(P_NEXT).liveRecords()).isEqualTo(3);
    }

    @Test
    void splitIsRefusedUnlessItIsTheLastOfItsPartAndTheChildIsNotHere() {
        apply(part(P, puts("a", "1")), part(P_NEXT, puts("x", "1")));
        Entry taken = splitting(P, P_NEXT, "m", false);
        refusesPart(new Table.Part(P, List.of(taken)));

        last.put(P, new Version(1, 1));
        Entry first = splitting(P, new PartitionId(1, 2), "m", false);
        Entry second = part(P, puts("b", "2")).entries().getFirst();
        refusesPart(new Table.Part(P, List.of(first, second)));
    }

    @Test
    void absorptionBringsRecordsInTheirVersionsAndSessionsInPlaceOfWhatIsThere() {
        Version old = new Version(1, 4);
        apply(part(P, entry(SESSION, 3, 2, puts("a", "1"))), part(P_NEXT, puts("m", "old"), puts("n", "older")));
        SessionRow row = new SessionRow(SESSION, 3, List.of(completion(SESSION, 4, old)), List.of());
        Absorption absorption = new Absorption(
                P_NEXT,
                new KeyRange(key("m"), null),
                new TableChunk(
                        old,
                        List.of(
                                new TableChunk.Row(key("m"), new TableRecord(old, key("new"))),
                                new TableChunk.Row(key("x"), new TableRecord(old, key("newest")))),
                        List.of(row),
                        null));
        last.put(P, new Version(2, 2));
        Entry entry = EntryCodec.encodeAbsorption(P, new Version(2, 2), absorption);
        apply(new Table.Part(P, List.of(entry, make(P, entry(SESSION, 5, 0, puts("n", "2"))))));
        reopen();

        assertThat(scanned(1)).containsExactly("a=1", "m=new", "n=2", "x=newest");
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(2, 3), 4));
        assertThat(rows(P)).containsExactly("1-0000000000000001: 3 [3, 4, 5]");
        try (Snapshot snapshot = table.snapshot()) {
            assertThat(Check.present(snapshot.get(1, key("m")), "m").version()).isEqualTo(old);
            assertThat(snapshot.sessions(P).getFirst().completions().values())
                    .extracting(completion -> completion.executedBy())
                    .containsExactly(null, P_NEXT, null);
        }
    }

    @Test
    void whereAPartitionStandsInTransactionsIsInItsSessionsRowAndWhatIsCommittedAmongTheRecords() {
        PartitionId elsewhere = new PartitionId(7, 1);
        TransactionRecord vote = TransactionRecord.prepared(
                new OperationId(SESSION, 3),
                P,
                2,
                List.of(new Participant(P, key("a")), new Participant(elsewhere, key("z"))),
                new Part(List.of(new Compare.Absent(key("b"))), List.of(new Effect(key("a"), key("1")))));
        apply(new Table.Part(P, List.of(transaction(vote, List.of()))));
        reopen();
        assertThat(scanned(1)).isEmpty();
        try (Snapshot snapshot = table.snapshot()) {
            assertThat(snapshot.sessions(P).getFirst().stands())
                    .containsExactly(new SessionRow.Stand(vote, new Version(1, 1), null));
        }
        TransactionRecord commit = vote.become(TransactionRecord.State.COMMITTED);
        apply(new Table.Part(P, List.of(transaction(commit, vote.part().writes()))));
        apply(new Table.Part(P, List.of(splitting(P, P_NEXT, "m", false))));
        reopen();
        assertThat(scanned(1)).containsExactly("a=1");
        assertThat(applied(P).liveRecords()).isEqualTo(1);
        try (Snapshot snapshot = table.snapshot()) {
            for (PartitionId heir : List.of(P, P_NEXT)) {
                assertThat(snapshot.sessions(heir).getFirst().stands())
                        .containsExactly(new SessionRow.Stand(commit, new Version(1, 2), null));
            }
        }
    }

    private Entry transaction(TransactionRecord record, List<Effect> effects) {
        Version before = last.getOrDefault(P, new Version(1, 0));
        Version version = new Version(before.epoch(), before.seq() + 1);
        last.put(P, version);
        return EntryCodec.encodeTransaction(P, version, record, 0, effects);
    }

    private void refusesPart(Table.Part part) {
        assertThatThrownBy(() -> table.apply(new Table.Batch(batches + 1, List.of(part))))
                .isInstanceOf(Check.InvariantBroken.class);
    }

    private Entry splitting(PartitionId parent, PartitionId child, String key, boolean givesLower) {
        Version before = last.getOrDefault(parent, new Version(1, 0));
        Version version = new Version(before.epoch(), before.seq() + 1);
        last.put(parent, version);
        return EntryCodec.encodeSplit(parent, version, Split.of(KeyRange.ALL, key(key), givesLower, child));
    }

    private List<String> rows(PartitionId partition) {
        try (Snapshot snapshot = table.snapshot()) {
            return snapshot.sessions(partition).stream()
                    .map(row -> row.session() + ": " + row.lowWater() + " "
                            + row.completions().keySet())
                    .toList();
        }
    }

    @Test
    void structuresDoNotSeeEachOther() {
        apply(part(P, puts("a", "1")), part(OTHER, puts("a", "2"), puts("b", "3")));

        assertThat(get(1, "a")).isEqualTo(key("1"));
        assertThat(get(2, "a")).isEqualTo(key("2"));
        assertThat(get(1, "b")).isNull();
        assertThat(scanned(1)).containsExactly("a=1");
        assertThat(scanned(2)).containsExactly("a=2", "b=3");
        assertThat(scanned(3)).isEmpty();
    }

    @Test
    void scanGoesThroughARangeInBothDirections() {
        apply(part(P, puts("a", "1"), puts("b", "2"), puts("c", "3"), puts("d", "4")), part(OTHER, puts("a", "5")));

        try (Snapshot snapshot = table.snapshot()) {
            for (String low : List.of("", "a", "b", "bb", "d", "x")) {
                for (String high : List.of("a", "b", "bb", "c", "d", "dd", "y", "")) {
                    if (!high.isEmpty() && low.compareTo(high) >= 0) {
                        continue;
                    }
                    KeyRange range = new KeyRange(key(low), high.isEmpty() ? null : key(high));
                    List<Bytes> expected = Stream.of("a", "b", "c", "d")
                            .map(TableFixture::key)
                            .filter(range::contains)
                            .toList();
                    List<Bytes> backward = new ArrayList<>();
                    snapshot.scanBackward(1, range, (key, record) -> backward.add(key));
                    assertThat(scan(snapshot, 1, range)).as("%s", range).isEqualTo(expected);
                    assertThat(backward.reversed()).as("%s backward", range).isEqualTo(expected);
                }
            }
            List<Bytes> other = new ArrayList<>();
            snapshot.scanBackward(2, KeyRange.ALL, (key, record) -> other.add(key));
            assertThat(other).containsExactly(key("a"));
            snapshot.scanBackward(3, KeyRange.ALL, (key, record) -> other.add(key));
            assertThat(other).hasSize(1);
            List<Bytes> one = new ArrayList<>();
            snapshot.scanBackward(1, KeyRange.ALL, (key, record) -> !one.add(key));
            assertThat(one).containsExactly(key("d"));
        }
    }

    @Test
    void emptyKeyAndEmptyValueAreRecordsLikeOthers() {
        apply(part(P, List.of(new Effect(Bytes.EMPTY, Bytes.EMPTY))));

        try (Snapshot snapshot = table.snapshot()) {
            assertThat(snapshot.get(1, Bytes.EMPTY)).isEqualTo(new TableRecord(new Version(1, 1), Bytes.EMPTY));
            assertThat(scan(snapshot, 1, KeyRange.ALL)).containsExactly(Bytes.EMPTY);
        }
    }

    @Test
    void longestKeysAndLargestValuesFit() {
        List<List<Effect>> entries = new ArrayList<>();
        Map<Bytes, Bytes> expected = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            byte[] key = new byte[Limits.RECORD_KEY_BYTES];
            key[key.length - 1] = (byte) i;
            byte[] value = new byte[Limits.VALUE_BYTES - i];
            new Random(i).nextBytes(value);
            expected.put(Bytes.wrap(key), Bytes.wrap(value));
            entries.add(List.of(new Effect(Bytes.wrap(key), Bytes.wrap(value))));
        }
        apply(part(P, entries));
        reopen();

        try (Snapshot snapshot = table.snapshot()) {
            expected.forEach((key, value) -> {
                TableRecord found = snapshot.get(1, key);
                assertThat(found).isNotNull();
                assertThat(found.value().equals(value)).isTrue();
            });
            assertThat(scan(snapshot, 1, KeyRange.ALL)).containsExactlyElementsOf(expected.keySet());
        }
    }

    @Test
    void recordMayGrowAndShrink() {
        Random random = new Random(5);
        int[] sizes = {0, 1, 100, 1_500, 2_100, 5_000, 70_000, 300_000};
        TreeMap<String, Bytes> expected = new TreeMap<>();
        for (int round = 0; round < 40; round++) {
            List<List<Effect>> entries = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String name = "k" + random.nextInt(6);
                byte[] value = new byte[sizes[random.nextInt(sizes.length)]];
                random.nextBytes(value);
                entries.add(List.of(new Effect(key(name), Bytes.wrap(value))));
                expected.put(name, Bytes.wrap(value));
            }
            apply(part(P, entries));
            try (Snapshot snapshot = table.snapshot()) {
                expected.forEach((name, value) -> {
                    TableRecord found = snapshot.get(1, key(name));
                    assertThat(found).isNotNull();
                    assertThat(found.value().equals(value)).isTrue();
                });
            }
        }
        assertThat(applied(P).liveRecords()).isEqualTo(expected.size());
    }

    @Test
    void manyRecordsAreAllFound() {
        Random random = new Random(11);
        TreeMap<Bytes, Bytes> expected = new TreeMap<>();
        for (int batch = 0; batch < 20; batch++) {
            List<List<Effect>> entries = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                byte[] key = new byte[8 + random.nextInt(20)];
                random.nextBytes(key);
                Bytes value = key(batch + "/" + i);
                expected.put(Bytes.wrap(key), value);
                entries.add(List.of(new Effect(Bytes.wrap(key), value)));
            }
            apply(part(P, entries));
        }

        try (Snapshot snapshot = table.snapshot()) {
            List<Bytes> keys = new ArrayList<>();
            snapshot.scan(1, KeyRange.ALL, (key, record) -> {
                keys.add(key);
                assertThat(record.value()).isEqualTo(expected.get(key));
                return true;
            });
            assertThat(keys.equals(new ArrayList<>(expected.keySet()))).isTrue();
            assertThat(snapshot.applied(P)).isEqualTo(new Applied(P, new Version(1, 20_000), expected.size()));
            for (int i = 0; i < keys.size(); i += 100) {
                TableRecord found = snapshot.get(1, keys.get(i));
                assertThat(found).isNotNull();
                assertThat(found.value()).isEqualTo(expected.get(keys.get(i)));
            }
        }
    }

    // ---- scans

    @Test
    void scanVisitsKeysInUnsignedOrder() {
        List<Bytes> keys = List.of(
                Bytes.EMPTY,
                bytes(0),
                bytes(0, 0),
                bytes(1),
                bytes(0x7F),
                bytes(0x7F, 0xFF),
                bytes(0x80),
                bytes(0xFF),
                bytes(0xFF, 0xFF));
        List<List<Effect>> entries = new ArrayList<>();
        for (Bytes key : keys.reversed()) {
            entries.add(List.of(new Effect(key, key)));
        }
        apply(part(P, entries), part(OTHER, puts("z", "z")), part(new PartitionId(0, 0), puts("c", "c")));

        try (Snapshot snapshot = table.snapshot()) {
            assertThat(scan(snapshot, 1, KeyRange.ALL)).containsExactlyElementsOf(keys);
            assertThat(scan(snapshot, 1, new KeyRange(bytes(0x80), null)))
                    .containsExactly(bytes(0x80), bytes(0xFF), bytes(0xFF, 0xFF));
            for (int low = 0; low < keys.size(); low++) {
                for (int high = low + 1; high < keys.size(); high++) {
                    assertThat(scan(snapshot, 1, new KeyRange(keys.get(low), keys.get(high))))
                            .containsExactlyElementsOf(keys.subList(low, high));
                }
            }
        }
    }

    @Test
    void scanTakesBoundsThatAreNoKeys() {
        apply(part(P, puts("b", "1"), puts("d", "2"), puts("f", "3")));

        try (Snapshot snapshot = table.snapshot()) {
            assertThat(scan(snapshot, 1, new KeyRange(key("a"), key("e")))).containsExactly(key("b"), key("d"));
            assertThat(scan(snapshot, 1, new KeyRange(key("c"), key("z")))).containsExactly(key("d"), key("f"));
            assertThat(scan(snapshot, 1, new KeyRange(key("bb"), key("c")))).isEmpty();
            assertThat(scan(snapshot, 1, new KeyRange(key("g"), null))).isEmpty();
        }
    }

    @Test
    void scanEndsWhenTheVisitorSaysSo() {
        apply(part(P, puts("a", "1"), puts("b", "2"), puts("c", "3")));
        List<Bytes> visited = new ArrayList<>();

        try (Snapshot snapshot = table.snapshot()) {
            snapshot.scan(1, KeyRange.ALL, (key, record) -> {
                visited.add(key);
                return visited.size() < 2;
            });
            assertThat(visited).containsExactly(key("a"), key("b"));
            assertThat(scan(snapshot, 1, KeyRange.ALL)).hasSize(3);
        }
    }

    @Test
    void visitorMayReadTheSnapshotItIsShown() {
        apply(part(P, puts("a", "1"), puts("b", "2"), puts("c", "3")));
        List<String> pairs = new ArrayList<>();

        try (Snapshot snapshot = table.snapshot()) {
            snapshot.scan(1, KeyRange.ALL, (outer, record) -> {
                assertThat(snapshot.get(1, key("b"))).isNotNull();
                snapshot.scan(1, KeyRange.ALL, (inner, ignored) -> pairs.add(outer.toUtf8() + inner.toUtf8()));
                return true;
            });
        }
        assertThat(pairs).containsExactly("aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc");
    }

    // ---- snapshots

    @Test
    void snapshotDoesNotSeeLaterBatches() {
        apply(part(P, entry(SESSION, 1, 0, puts("a", "1"))), part(P_NEXT, puts("x", "1")));
        try (Snapshot before = table.snapshot()) {
            apply(
                    part(P, entry(SESSION, 2, 2, puts("a", "2")), entry(SESSION, 3, 2, puts("b", "2"))),
                    part(P_NEXT, deletes("x")),
                    part(OTHER, puts("c", "1")));

            assertThat(before.get(1, key("a"))).isEqualTo(new TableRecord(new Version(1, 1), key("1")));
            assertThat(before.get(1, key("b"))).isNull();
            assertThat(scan(before, 1, KeyRange.ALL)).containsExactly(key("a"), key("x"));
            assertThat(before.applied(P)).isEqualTo(new Applied(P, new Version(1, 1), 1));
            assertThat(before.partitions()).extracting(Applied::partition).containsExactly(P, P_NEXT);
            assertThat(before.sessions(P).get(0).completions()).containsOnlyKeys(1L);
        }
        try (Snapshot after = table.snapshot()) {
            assertThat(scan(after, 1, KeyRange.ALL)).containsExactly(key("a"), key("b"));
            assertThat(after.partitions()).extracting(Applied::partition).containsExactly(P, P_NEXT, OTHER);
            assertThat(after.sessions(P).get(0).completions()).containsOnlyKeys(2L, 3L);
        }
    }

    @Test
    void whatASnapshotReturnedOutlivesIt() {
        apply(part(P, entry(SESSION, 1, 0, puts("a", "1"))));
        TableRecord record;
        List<SessionRow> sessions;
        List<Bytes> keys;
        try (Snapshot snapshot = table.snapshot()) {
            record = snapshot.get(1, key("a"));
            sessions = snapshot.sessions(P);
            keys = scan(snapshot, 1, KeyRange.ALL);
        }
        for (int i = 0; i < 10; i++) {
            apply(part(P, entry(SESSION, 2 + i, 2 + i, puts("a", "x".repeat(1 + 500 * i)))));
        }
        reopen();

        assertThat(record).isEqualTo(new TableRecord(new Version(1, 1), key("1")));
        assertThat(keys).containsExactly(key("a"));
        assertThat(sessions.get(0).find(1)).isEqualTo(completion(SESSION, 1, new Version(1, 1)));
    }

    @Test
    void snapshotsOfDifferentTimesStandSideBySide() {
        List<Snapshot> snapshots = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            apply(part(P, puts("a", "" + i), puts("k" + i, "v")));
            snapshots.add(table.snapshot());
        }
        for (int i = 0; i < 10; i++) {
            TableRecord found = snapshots.get(i).get(1, key("a"));
            assertThat(found).isNotNull();
            assertThat(found.value()).isEqualTo(key("" + i));
            assertThat(scan(snapshots.get(i), 1, KeyRange.ALL)).hasSize(2 + i);
        }
        snapshots.forEach(Snapshot::close);
    }

    // ---- live records

    @Test
    void liveRecordsCountWhatIsThere() {
        apply(part(P, puts("a", "1"), puts("b", "1")));
        assertThat(applied(P).liveRecords()).isEqualTo(2);
        apply(part(P, puts("a", "2")));
        assertThat(applied(P).liveRecords()).isEqualTo(2);
        apply(part(P, deletes("absent")));
        assertThat(applied(P).liveRecords()).isEqualTo(2);
        apply(part(P, deletes("a")));
        assertThat(applied(P).liveRecords()).isEqualTo(1);
        apply(part(P, deletes("a"), deletes("b"), puts("c", "1")));
        assertThat(applied(P).liveRecords()).isEqualTo(1);
        apply(part(P, deletes("c")));
        assertThat(applied(P).liveRecords()).isZero();
    }

    /** Every sequence of three puts and deletes of one key, with the key there before or not. */
    @Test
    void liveRecordsAreRightWhenABatchChangesAKeySeveralTimes() {
        List<List<Effect>> before = new ArrayList<>();
        List<List<Effect>> changes = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int pattern = 0; pattern < 16; pattern++) {
            String name = "k%02d".formatted(pattern);
            if ((pattern & 8) != 0) {
                before.add(puts(name, "before"));
            }
            for (int bit = 0; bit < 3; bit++) {
                changes.add((pattern & (1 << bit)) != 0 ? puts(name, "v" + bit) : deletes(name));
            }
            if ((pattern & 4) != 0) {
                expected.add(name + "=v2");
            }
        }
        apply(part(P, before));
        apply(part(P, changes));

        assertThat(scanned(1)).containsExactlyElementsOf(expected);
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(1, 8 + 48), 8));
        try (Snapshot snapshot = table.snapshot()) {
            TableRecord lastPattern = snapshot.get(1, key("k15"));
            assertThat(lastPattern).isNotNull();
            assertThat(lastPattern.version()).isEqualTo(new Version(1, 8 + 48));
        }
    }

    @Test
    void randomBatchesGiveWhatAModelGives() {
        long seed = 0x5eedL;
        Random random = new Random(seed);
        PartitionId[] partitions = {P, P_NEXT, OTHER};
        Map<PartitionId, TreeMap<String, String>> model = new TreeMap<>();
        for (PartitionId partition : partitions) {
            model.put(partition, new TreeMap<>());
        }
        for (int batch = 0; batch < 60; batch++) {
            List<Table.Part> parts = new ArrayList<>();
            for (PartitionId partition : partitions) {
                if (random.nextInt(3) == 0) {
                    continue;
                }
                List<List<Effect>> entries = new ArrayList<>();
                for (int i = random.nextInt(20); i >= 0; i--) {
                    String name = partition + "-" + random.nextInt(30);
                    String value = batch + "." + i;
                    if (random.nextInt(5) < 3) {
                        entries.add(puts(name, value));
                        model.get(partition).put(name, value);
                    } else {
                        entries.add(deletes(name));
                        model.get(partition).remove(name);
                    }
                }
                parts.add(part(partition, entries));
            }
            if (!parts.isEmpty()) {
                apply(parts.toArray(Table.Part[]::new));
            }
            if (batch % 20 == 10) {
                reopen();
            }
            for (PartitionId partition : partitions) {
                assertThat(applied(partition).liveRecords())
                        .as("seed %x batch %d partition %s", seed, batch, partition)
                        .isEqualTo(model.get(partition).size());
            }
        }
        TreeMap<String, String> structure1 = new TreeMap<>(model.get(P));
        structure1.putAll(model.get(P_NEXT));
        List<String> expected = new ArrayList<>();
        structure1.forEach((k, v) -> expected.add(k + "=" + v));
        assertThat(scanned(1)).containsExactlyElementsOf(expected);
        assertThat(scanned(2)).hasSize(model.get(OTHER).size());
    }

    // ---- how far partitions are applied

    @Test
    void partitionsAreListedInOrderAsFarAsTheyAreApplied() {
        apply(part(OTHER, puts("a", "1")), part(P_NEXT, puts("b", "1"), puts("c", "1")));
        apply(part(P, puts("d", "1")));
        PartitionId far = new PartitionId(256, 70_000);
        apply(part(far, puts("e", "1")));

        try (Snapshot snapshot = table.snapshot()) {
            assertThat(snapshot.partitions())
                    .containsExactly(
                            new Applied(P, new Version(1, 1), 1),
                            new Applied(P_NEXT, new Version(1, 2), 2),
                            new Applied(OTHER, new Version(1, 1), 1),
                            new Applied(far, new Version(1, 1), 1));
        }
    }

    @Test
    void epochMayRiseFromEntryToEntry() {
        apply(part(P, puts("a", "1")));
        applyEntries(P, write(new Version(1, 2), puts("a", "2")), write(new Version(4, 3), puts("b", "3")));
        applyEntries(P, write(new Version(9, 4), puts("c", "4")));

        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(9, 4), 3));
    }

    @Test
    void onePartitionMayHaveSeveralPartsInABatch() {
        apply(part(P, puts("a", "1")), part(OTHER, puts("x", "1")), part(P, puts("a", "2"), deletes("b")));

        assertThat(get(1, "a")).isEqualTo(key("2"));
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(1, 3), 1));
    }

    @Test
    void gapsAndRepetitionsBreakAnInvariant() {
        apply(part(P, puts("a", "1"), puts("a", "2"), puts("a", "3")));

        refuses(P, new Version(1, 5));
        refuses(P, new Version(1, 3));
        refuses(P, new Version(2, 3));
        refuses(P, new Version(1, 4), new Version(1, 6));
        refuses(P, new Version(1, 4), new Version(1, 4));
        refuses(P_NEXT, new Version(1, 2));
        assertThat(get(1, "a")).isEqualTo(key("3"));
        assertThat(get(1, "b")).isNull();
        reopen();
        refuses(P, new Version(1, 5));
    }

    @Test
    void fallingEpochBreaksAnInvariant() {
        applyEntries(P, write(new Version(5, 1), puts("a", "1")));

        refuses(P, new Version(4, 2));
        refuses(P, new Version(6, 2), new Version(5, 3));
    }

    private void refuses(PartitionId partition, Version... versions) {
        List<Entry> entries = new ArrayList<>();
        for (Version version : versions) {
            entries.add(EntryCodec.encode(Entry.Kind.WRITE, partition, version, null, 0, puts("b", "refused")));
        }
        assertThatThrownBy(() -> table.apply(new Table.Batch(batches + 1, List.of(new Table.Part(partition, entries)))))
                .isInstanceOf(Check.InvariantBroken.class)
                .hasMessageContaining(partition.toString());
    }

    @Test
    void eachBatchIsToldOnceInOrder() {
        for (int i = 0; i < 5; i++) {
            apply(part(P, puts("a", "" + i)));
        }
        reopen();
        apply(part(P, puts("a", "last")));

        assertThat(told).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    // ---- completion records

    @Test
    void completionsAreKeptBySession() {
        apply(part(
                P,
                entry(SESSION, 1, 0, puts("a", "1")),
                entry(SESSION_NEXT, 7, 0, puts("b", "1")),
                entry(SESSION, 2, 0, List.of())));
        apply(part(P_NEXT, entry(SESSION, 1, 0, puts("x", "1"))));
        reopen();

        try (Snapshot snapshot = table.snapshot()) {
            Map<SessionId, SessionRow> rows = new TreeMap<>();
            snapshot.sessions(P).forEach(row -> rows.put(row.session(), row));
            assertThat(rows).containsOnlyKeys(SESSION, SESSION_NEXT);
            assertThat(rows.get(SESSION).completions().values())
                    .containsExactly(
                            completion(SESSION, 1, new Version(1, 1)), completion(SESSION, 2, new Version(1, 3)));
            assertThat(rows.get(SESSION_NEXT).completions().values())
                    .containsExactly(completion(SESSION_NEXT, 7, new Version(1, 2)));
            assertThat(snapshot.sessions(P_NEXT)).hasSize(1);
            assertThat(snapshot.sessions(OTHER)).isEmpty();
        }
    }

    @Test
    void lowWaterMarkForgetsCompletionsBelowIt() {
        apply(part(P, entry(SESSION, 1, 0, List.of()), entry(SESSION, 2, 0, List.of())));
        apply(part(P, entry(SESSION, 4, 0, List.of()), entry(SESSION, 3, 3, List.of())));
        SessionRow row = onlySession();
        assertThat(row.lowWater()).isEqualTo(3);
        assertThat(row.completions()).containsOnlyKeys(3L, 4L);

        reopen();
        apply(part(P, entry(SESSION, 5, 2, List.of())));
        row = onlySession();
        assertThat(row.lowWater()).isEqualTo(3);
        assertThat(row.completions()).containsOnlyKeys(3L, 4L, 5L);

        apply(part(P, entry(SESSION, 9, 9, List.of())));
        row = onlySession();
        assertThat(row.lowWater()).isEqualTo(9);
        assertThat(row.completions()).containsOnlyKeys(9L);
    }

    @Test
    void rejectionsAndResultsAreKept() {
        Completion rejected = new Completion(
                new OperationId(SESSION, 1), new Version(1, 1), Completion.Status.REJECTED, key("no such luck"));
        Completion done = new Completion(
                new OperationId(SESSION, 2), new Version(1, 2), Completion.Status.DONE, Bytes.wrap(new byte[300_000]));
        applyEntries(
                P,
                EntryCodec.encode(Entry.Kind.WRITE, P, rejected.version(), rejected, 0, List.of()),
                EntryCodec.encode(Entry.Kind.WRITE, P, done.version(), done, 0, List.of()));
        reopen();

        assertThat(onlySession().find(1)).isEqualTo(rejected);
        assertThat(done.equals(onlySession().find(2))).isTrue();
    }

    @Test
    void sessionRowsAreTheFoldOfTheEntries() {
        Random random = new Random(3);
        Map<SessionId, SessionRow> model = new TreeMap<>();
        Set<OperationId> made = new HashSet<>();
        for (int batch = 0; batch < 30; batch++) {
            List<Entry> entries = new ArrayList<>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                SessionId session = new SessionId(0, random.nextInt(5));
                long number = 1 + random.nextInt(10) + 3L * batch;
                if (!made.add(new OperationId(session, number))) {
                    continue; // an operation has one entry
                }
                long lowWater = Math.max(0, number - random.nextInt(20));
                Entry entry = make(P, entry(session, number, lowWater, List.of()));
                model.computeIfAbsent(session, SessionRow::new).fold(entry);
                entries.add(entry);
            }
            if (!entries.isEmpty()) {
                apply(new Table.Part(P, entries));
            }
            if (batch % 7 == 3) {
                reopen();
            }
            try (Snapshot snapshot = table.snapshot()) {
                List<SessionRow> rows = snapshot.sessions(P);
                assertThat(rows).hasSize(model.size());
                for (SessionRow row : rows) {
                    SessionRow expected = model.get(row.session());
                    assertThat(row.lowWater()).isEqualTo(expected.lowWater());
                    assertThat(row.completions()).isEqualTo(expected.completions());
                }
            }
        }
    }

    private SessionRow onlySession() {
        try (Snapshot snapshot = table.snapshot()) {
            List<SessionRow> rows = snapshot.sessions(P);
            assertThat(rows).hasSize(1);
            return rows.get(0);
        }
    }

    // ---- restarts, crashes, rot

    @Test
    void reopeningFindsEverything() {
        apply(part(P, entry(SESSION, 1, 0, puts("a", "1"))), part(OTHER, puts("b", "2")));
        reopen();

        assertThat(get(1, "a")).isEqualTo(key("1"));
        assertThat(get(2, "b")).isEqualTo(key("2"));
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(1, 1), 1));
        assertThat(onlySession().completions()).containsOnlyKeys(1L);

        apply(part(P, puts("a", "2"), deletes("a")));
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(1, 3), 0));
    }

    @Test
    void batchIsThereWholeOrNotAtAllAfterACrash() {
        for (int round = 0; round < 12; round++) {
            String value = "round " + round;
            List<List<Effect>> mine = new ArrayList<>();
            List<List<Effect>> others = new ArrayList<>();
            for (int i = 0; i < 40 * round; i++) {
                mine.add(puts("k" + i, value));
                others.add(puts("k" + i, value));
            }
            mine.add(puts("end", value));
            others.add(puts("end", value));
            Map<PartitionId, Version> before = new TreeMap<>(last);
            List<String> oldRecords = scanned(1);
            Table.Batch batch = new Table.Batch(++batches, List.of(part(P, mine), part(OTHER, others)));
            table.apply(batch);
            crash();
            boolean wasTold = told.contains(batch.number());
            table = open(told::add);

            Version found = applied(P).version();
            boolean isThere = found.equals(last.get(P));
            if (!isThere) {
                assertThat(wasTold).as("a batch that was told is there").isFalse();
                assertThat(found).isEqualTo(before.getOrDefault(P, Version.NONE));
                assertThat(scanned(1)).isEqualTo(oldRecords);
                last.clear();
                last.putAll(before);
            } else {
                assertThat(scanned(1))
                        .hasSize(Math.max(mine.size(), oldRecords.size()))
                        .allMatch(record -> record.endsWith(value) || oldRecords.contains(record));
            }
            assertThat(applied(OTHER).version()).isEqualTo(last.getOrDefault(OTHER, Version.NONE));
            assertThat(scanned(2)).isEqualTo(scanned(1));
            assertThat(applied(P).liveRecords()).isEqualTo(scanned(1).size());
        }
    }

    @Test
    void settledBatchSurvivesACrash() {
        apply(part(P, entry(SESSION, 1, 0, puts("a", "1"))));
        crash();
        table = open(told::add);

        assertThat(get(1, "a")).isEqualTo(key("1"));
        assertThat(applied(P)).isEqualTo(new Applied(P, new Version(1, 1), 1));
        assertThat(onlySession().completions()).containsOnlyKeys(1L);
    }

    @Test
    void rottenRecordIsReportedAndNotTakenForAbsent() {
        apply(part(P, puts("a", "1"), puts("b", "2"), puts("c", "3")));
        table.close();
        damage(1, key("b"));
        table = open(told::add);

        try (Snapshot snapshot = table.snapshot()) {
            assertThatThrownBy(() -> snapshot.get(1, key("b")))
                    .isInstanceOf(CorruptRecordException.class)
                    .hasMessageContaining("62")
                    .hasMessageContaining("structure 1");
            assertThat(get(1, "a")).isEqualTo(key("1"));
            assertThat(get(1, "c")).isEqualTo(key("3"));
            List<Bytes> visited = new ArrayList<>();
            assertThatThrownBy(() -> snapshot.scan(1, KeyRange.ALL, (key, record) -> visited.add(key)))
                    .isInstanceOf(CorruptRecordException.class);
            assertThat(visited).containsExactly(key("a"));
            assertThat(scan(snapshot, 1, new KeyRange(key("c"), null))).containsExactly(key("c"));
        }
    }

    @Test
    void rottenRecordIsHealedByTheNextWriteAndCounted() {
        apply(part(P, puts("a", "1"), puts("b", "2")));
        table.close();
        damage(1, key("b"));
        table = open(told::add);
        apply(part(P, puts("b", "3")));

        assertThat(get(1, "b")).isEqualTo(key("3"));
        assertThat(applied(P).liveRecords()).isEqualTo(2);
    }
}
