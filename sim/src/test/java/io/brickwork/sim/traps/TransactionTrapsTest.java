package io.brickwork.sim.traps;

import static io.brickwork.sim.traps.Scene.MS;
import static io.brickwork.sim.traps.Scene.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.RangeDigest;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.sim.workload.RegisterType;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The failure table of textbook two-phase commit, row by row, and what else goes wrong between several partitions. In
 * every row: the caller is told the truth, all participants do the same, and nothing stays locked.
 */
class TransactionTrapsTest {
    /** A lock of a client that is gone stays for no longer: what the holder waits, and the time of some messages. */
    private static final long LOCKED_AT_MOST = 1_500 * MS;

    private static final long TIMEOUT = 10 * SECOND;

    /** A scene with several partitions, and a key in each of the first two. */
    private static final class Table {
        final Scene scene;
        final String x;
        final String y;

        Table(Stage stage) {
            scene = stage.partitions(4).scene();
            x = scene.keyIn(partition(0));
            y = scene.keyIn(partition(1));
        }

        PartitionId partition(int number) {
            return new PartitionId(scene.run.structure().id(), number);
        }

        Bytes record(String key) {
            return RegisterType.TYPE.recordKey(scene.run.structure(), key);
        }

        SimBrick primaryOf(int number) {
            return scene.brick(scene.group(partition(number)).newest().primary());
        }

        Minitransaction.Item write(String key, String value) {
            return new Minitransaction.Write(scene.run.structure(), new Effect(record(key), Bytes.utf8(value)));
        }

        Minitransaction.Item expect(Compare compare) {
            return new Minitransaction.Expect(scene.run.structure(), compare);
        }

        Minitransaction.Item absent(String key) {
            return expect(new Compare.Absent(record(key)));
        }

        AtomicReference<@Nullable Outcome> transact(int client, Minitransaction.Item... items) {
            return transact(client, 0, TIMEOUT, items);
        }

        AtomicReference<@Nullable Outcome> transact(int client, int age, long timeout, Minitransaction.Item... items) {
            AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
            scene.client(client).transact(new Minitransaction(List.of(items)), age, timeout, outcome::set);
            return outcome;
        }

        /** Both keys, in one transaction. */
        AtomicReference<@Nullable Outcome> writeBoth(int client, String value) {
            return transact(client, write(x, value), write(y, value));
        }

        @Nullable
        Outcome await(AtomicReference<@Nullable Outcome> outcome) {
            scene.world.runUntil(() -> outcome.get() != null, 20 * SECOND);
            return outcome.get();
        }

        void assertBoth(@Nullable String value) {
            assertThat(List.of(read(x), read(y))).allMatch(Optional.ofNullable(value)::equals);
        }

        /** What a client reads that nothing befalls. */
        Optional<String> read(String key) {
            return readBy(scene.client(2), key, ReadMode.LINEARIZABLE);
        }

        Optional<String> readBy(SimClient client, String key, ReadMode mode) {
            AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
            var find = RecordAccess.find(scene.run.structure(), record(key));
            client.submit(find, mode, TIMEOUT, outcome::set);
            Outcome told = await(outcome);
            assertThat(told).as("a read of %s", key).isInstanceOf(Outcome.Done.class);
            return told instanceof Outcome.Done done
                    ? find.decoder()
                            .apply(done.result())
                            .map(found -> found.value().toUtf8())
                    : Optional.empty();
        }

        /** So long it takes until both keys can be written. */
        void assertFreeWithin(long nanos) {
            long began = scene.world.queue().nowNanos();
            scene.awaitDone(scene.begin(scene.caller(2), Call.of(Call.Kind.SET, x, "free")));
            scene.awaitDone(scene.begin(scene.caller(2), Call.of(Call.Kind.SET, y, "free")));
            assertThat(scene.world.queue().nowNanos() - began).isLessThanOrEqualTo(nanos);
        }
    }

    private static boolean isDone(@Nullable Outcome outcome) {
        return outcome instanceof Outcome.Done;
    }

    private static boolean isCertainlyNot(@Nullable Outcome outcome) {
        return outcome instanceof Outcome.Failed(DdsException failure) && failure.certainlyDidNotHappen();
    }

    // ---- the textbook's table

    /** A participant's primary fails before it has voted: another one votes. */
    @Trap(5)
    void aPrimaryThatFailsBeforeItVotesIsReplaced(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Prepare prepare
                && prepare.partition().equals(table.partition(0)));
        AtomicReference<@Nullable Outcome> outcome = table.writeBoth(1, "new");
        table.scene.pass(20 * MS);
        table.primaryOf(0).crash(SimBrick.Crash.KILL);
        table.scene.heal();
        assertThat(isDone(table.await(outcome)) || isCertainlyNot(outcome.get()))
                .isTrue();
        table.assertBoth(isDone(outcome.get()) ? "new" : null);
        table.scene.finish();
    }

    /** It has voted, and nobody heard of it: the vote is found by whoever is primary then. */
    @Trap(5)
    void aVoteOutlivesThePrimaryThatGaveIt(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Answer answer
                && answer.partition().equals(table.partition(0)));
        AtomicReference<@Nullable Outcome> outcome = table.writeBoth(1, "new");
        table.scene.pass(100 * MS);
        table.primaryOf(0).crash(SimBrick.Crash.POWER);
        table.scene.heal();
        assertThat(isDone(table.await(outcome)) || isCertainlyNot(outcome.get()))
                .isTrue();
        table.assertBoth(isDone(outcome.get()) ? "new" : null);
        table.scene.finish();
    }

    /** All have voted, and the coordinator dies before it tells anybody: they find out that it is committed. */
    @Trap(
            value = {5, 74},
            without = Defence.RESOLVE_WHAT_IS_LOCKED)
    void participantsFinishWhatADeadCoordinatorHasBegun(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Decide);
        AtomicReference<@Nullable Outcome> outcome = table.writeBoth(1, "new");
        assertThat(isDone(table.await(outcome))).isTrue();
        table.scene.client(1).crash();
        table.scene.pass(LOCKED_AT_MOST);
        table.assertBoth("new");
        table.assertFreeWithin(100 * MS);
        table.scene.finish();
    }

    /** One was never asked, and the coordinator is dead: nobody does anything. */
    @Trap(
            value = {5, 74},
            without = Defence.RESOLVE_WHAT_IS_LOCKED)
    void participantsAbortWhatADeadCoordinatorHasNotAskedAllFor(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Prepare prepare
                && prepare.partition().equals(table.partition(1)));
        table.writeBoth(1, "new");
        table.scene.pass(50 * MS);
        table.scene.client(1).crash();
        table.scene.pass(LOCKED_AT_MOST);
        table.assertBoth(null);
        table.assertFreeWithin(100 * MS);
        table.scene.finish();
    }

    /** One has been told, the other not: it finds out. */
    @Trap(5)
    void aCoordinatorThatDiesInPhaseTwoLeavesNothingHalfDone(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Decide decide
                && decide.partition().equals(table.partition(1)));
        AtomicReference<@Nullable Outcome> outcome = table.writeBoth(1, "new");
        assertThat(isDone(table.await(outcome))).isTrue();
        table.scene.pass(50 * MS);
        table.scene.client(1).crash();
        table.scene.pass(LOCKED_AT_MOST);
        table.assertBoth("new");
        table.scene.finish();
    }

    /** A participant's brick dies in phase two, and all others with it: the vote was on all disks. */
    @Trap(5)
    void aVoteOutlivesALossOfPowerEverywhere(Stage stage) {
        Table table = new Table(stage.replicated());
        table.scene.hold(held -> held.message() instanceof CallMessage.Decide);
        AtomicReference<@Nullable Outcome> outcome = table.writeBoth(1, "new");
        assertThat(isDone(table.await(outcome))).isTrue();
        table.scene.world.bricks().forEach(brick -> brick.crash(SimBrick.Crash.POWER));
        table.scene.client(1).crash();
        table.scene.heal();
        table.scene.world.bricks().forEach(SimBrick::start);
        table.scene.pass(5 * SECOND);
        table.assertBoth("new");
        table.scene.finish();
    }

    /**
     * The coordinator sleeps for longer than anybody waits, with all votes in its hands; it tells the truth all the
     * same.
     */
    @Trap(3)
    void aCoordinatorThatWakesLateFindsWhatTheOthersHaveDone(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Prepare prepare
                && prepare.partition().equals(table.partition(1)));
        AtomicReference<@Nullable Outcome> outcome = table.writeBoth(1, "new");
        table.scene.pass(20 * MS);
        table.scene.client(1).pause();
        table.scene.pass(5 * SECOND);
        table.scene.heal();
        table.scene.client(1).resume();
        assertThat(isCertainlyNot(table.await(outcome))).isTrue();
        table.assertBoth(null);
        table.assertFreeWithin(100 * MS);
        table.scene.finish();
    }

    /** While a participant has no view, what the others have locked for its sake stays locked; then it is free. */
    @Trap(74)
    void locksWaitForAParticipantThatCannotBeAsked(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Decide
                || held.message() instanceof ReplicaMessage.AskStand
                || held.message() instanceof ReplicaMessage.TellStand);
        AtomicReference<@Nullable Outcome> outcome = table.writeBoth(1, "new");
        assertThat(isDone(table.await(outcome))).isTrue();
        table.scene.client(1).crash();
        table.scene.pass(5 * SECOND);
        AtomicReference<@Nullable Outcome> blocked = new AtomicReference<>();
        table.scene
                .client(2)
                .submit(
                        RecordAccess.find(table.scene.run.structure(), table.record(table.x)),
                        ReadMode.LINEARIZABLE,
                        SECOND,
                        blocked::set);
        assertThat(isCertainlyNot(table.await(blocked))).isTrue();
        table.scene.heal();
        table.scene.pass(LOCKED_AT_MOST);
        table.assertBoth("new");
        table.scene.finish();
    }

    // ---- late and twice

    /** The prepares of a transaction come again after its outcome, and after the client has gone on. */
    @Trap(value = 56, without = Defence.REFUSE_FORGOTTEN)
    void preparesThatComeVeryLateAreNotVotedFor(Stage stage) {
        Table table = new Table(stage);
        List<Scene.Held> copies = new ArrayList<>();
        table.scene.hold(held -> {
            if (held.message() instanceof CallMessage.Prepare) {
                copies.add(held);
            }
            return false;
        });
        assertThat(isDone(table.await(table.writeBoth(1, "first")))).isTrue();
        table.scene.pass(SECOND);
        for (int i = 0; i < 3; i++) {
            assertThat(isDone(table.await(table.writeBoth(1, "later" + i)))).isTrue();
            table.scene.pass(100 * MS);
        }
        table.scene.heal();
        table.scene.release(copies.subList(0, 2));
        table.scene.pass(5 * SECOND);
        table.assertBoth("later2");
        table.scene.finish();
    }

    /** One is asked for its vote before the prepare comes: it refuses for good, whatever comes then. */
    @Trap(value = 56, without = Defence.REFUSE_WHAT_IS_ASKED_FOR)
    void whoWasAskedForAVoteDoesNotGiveItAnyMore(Stage stage) {
        Table table = new Table(stage);
        List<Scene.Held> late = table.scene.hold(held -> held.message() instanceof CallMessage.Prepare prepare
                && prepare.partition().equals(table.partition(1)));
        AtomicReference<@Nullable Outcome> outcome = table.writeBoth(1, "new");
        table.scene.pass(50 * MS);
        table.scene.client(1).pause();
        table.scene.pass(2 * SECOND);
        table.scene.world.network().clearFilter();
        table.scene.release(late);
        table.scene.pass(100 * MS);
        table.scene.client(1).resume();
        Outcome told = table.await(outcome);
        table.scene.pass(3 * SECOND);
        table.assertBoth(isDone(told) ? "new" : null);
        assertThat(isCertainlyNot(told)).isTrue();
        table.scene.finish();
    }

    /** Decisions come twice, and long after. */
    @Trap(6)
    void decisionsThatComeAgainChangeNothing(Stage stage) {
        Table table = new Table(stage);
        List<Scene.Held> copies = new ArrayList<>();
        table.scene.hold(held -> {
            if (held.message() instanceof CallMessage.Decide) {
                copies.add(held);
            }
            return false;
        });
        assertThat(isDone(table.await(table.writeBoth(1, "first")))).isTrue();
        table.scene.pass(100 * MS);
        table.scene.heal();
        table.scene.release(copies);
        assertThat(isDone(table.await(table.writeBoth(1, "second")))).isTrue();
        table.scene.pass(SECOND);
        table.scene.release(copies);
        table.scene.pass(SECOND);
        table.assertBoth("second");
        table.scene.finish();
    }

    /** The record of a commit is given up while another participant still asks for it. */
    @Trap(value = 7, without = Defence.KEEP_COMMITS)
    void aCommitIsRememberedAsLongAsSomebodyMayAsk(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Decide decide
                && decide.partition().equals(table.partition(1)));
        assertThat(isDone(table.await(table.writeBoth(1, "new")))).isTrue();
        // Whatever the client does next in the first partition lets that one forget what the client needs no more.
        for (int i = 0; i < 3; i++) {
            Scene.Begun set = table.scene.begin(
                    table.scene.caller(1), Call.of(Call.Kind.SET, table.scene.keyIn(table.partition(0)), "next" + i));
            table.scene.pass(20 * MS);
            assertThat(set.isEnded()).isTrue();
        }
        table.scene.client(1).crash();
        table.scene.pass(LOCKED_AT_MOST + SECOND);
        assertThat(table.read(table.y)).contains("new");
        table.scene.finish();
    }

    // ---- between transactions

    /**
     * Two transactions write the same keys, each asks one of the partitions first: neither waits for the other for
     * long.
     */
    @Trap(
            value = {8, 61},
            without = Defence.WAIT_FOR_YOUNGER_ALONE)
    void twoThatHoldWhatTheOtherNeedsDoNotWaitForEachOther(Stage stage) {
        Table table = new Table(stage);
        AtomicInteger prepares = new AtomicInteger();
        // The first client's vote of partition 1 and the second one's of partition 0 come later than the others.
        List<Scene.Held> late = table.scene.hold(held -> held.message() instanceof CallMessage.Prepare prepare
                && prepare.partition().number()
                        == (held.from() == table.scene.client(1).node() ? 1 : 0)
                && prepares.incrementAndGet() <= 2);
        AtomicReference<@Nullable Outcome> one = table.writeBoth(1, "one");
        AtomicReference<@Nullable Outcome> other = table.writeBoth(2, "other");
        table.scene.pass(20 * MS);
        assertThat(late).hasSize(2);
        table.scene.world.network().clearFilter();
        table.scene.release(late);
        table.scene.pass(300 * MS);
        assertThat(one.get()).isNotNull();
        assertThat(other.get()).isNotNull();
        assertThat(isDone(one.get()) || isDone(other.get())).isTrue();
        table.scene.pass(SECOND);
        table.assertBoth(isDone(other.get()) && !isDone(one.get()) ? "other" : "one");
        table.scene.finish();
    }

    /** Somebody reads both keys, one after the other, while one partition has the outcome and the other has not. */
    @Trap(value = 13, without = Defence.READ_WHAT_IS_FREE)
    void whoReadsOneHalfOfATransactionReadsTheOther(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Decide decide
                && decide.partition().equals(table.partition(1)));
        assertThat(isDone(table.await(table.writeBoth(1, "new")))).isTrue();
        table.scene.pass(50 * MS);
        assertThat(table.read(table.x)).contains("new");
        assertThat(table.read(table.y)).contains("new");
        table.scene.finish();
    }

    /** Two transactions each compare what the other writes. */
    @Trap(value = 55, without = Defence.WRITE_WHAT_IS_FREE)
    void twoThatCompareWhatTheOtherWritesAreNotBothCommitted(Stage stage) {
        Table table = new Table(stage);
        AtomicReference<@Nullable Outcome> one = table.transact(1, table.absent(table.x), table.write(table.y, "one"));
        AtomicReference<@Nullable Outcome> other =
                table.transact(2, table.absent(table.y), table.write(table.x, "other"));
        table.await(one);
        table.await(other);
        assertThat(isDone(one.get()) && isDone(other.get())).isFalse();
        table.scene.pass(SECOND);
        table.scene.finish();
    }

    /** A range is seen to be empty, and somebody puts a record into it before the transaction is committed. */
    @Trap(value = 34, without = Defence.WRITE_WHAT_IS_FREE)
    void nothingIsPutIntoARangeThatWasSeenToBeEmpty(Stage stage) {
        Table table = new Table(stage);
        KeyRange range =
                new KeyRange(table.record(table.x), table.record(table.x).concat(Bytes.utf8("~")));
        table.scene.hold(held -> held.message() instanceof CallMessage.Decide);
        AtomicReference<@Nullable Outcome> empty = table.transact(
                1,
                table.expect(new Compare.SameRange(range, new RangeDigest().end())),
                table.write(table.y, "it was empty"));
        assertThat(isDone(table.await(empty))).isTrue();
        long committed = table.scene.world.queue().nowNanos();
        Scene.Begun phantom = table.scene.beginSet(table.x, "phantom");
        table.scene.pass(500 * MS);
        assertThat(phantom.isEnded())
                .as("the range is locked until the outcome is known")
                .isFalse();
        table.scene.heal();
        table.scene.awaitDone(phantom);
        assertThat(table.scene.world.queue().nowNanos()).isGreaterThan(committed);
        table.scene.finish();
    }

    /** The client's own writes hold all credits of the links, and wait for what its decision would free. */
    @Trap(76)
    void decisionsNeedNoCredit(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Answer answer
                && answer.partition().equals(table.partition(1)));
        AtomicReference<@Nullable Outcome> outcome = table.writeBoth(1, "new");
        table.scene.pass(50 * MS);
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) { // they line up behind the lock, each with a credit
            var set =
                    RegisterType.TYPE.operation(table.scene.run.structure(), Call.of(Call.Kind.SET, table.x, "w" + i));
            table.scene.client(1).submit(set, ReadMode.LINEARIZABLE, TIMEOUT, told -> ended.incrementAndGet());
        }
        table.scene.pass(100 * MS);
        table.scene.heal();
        assertThat(isDone(table.await(outcome))).isTrue();
        table.scene.world.runUntil(() -> ended.get() == 1_000, 20 * SECOND);
        assertThat(ended).hasValue(1_000);
        table.scene.finish();
    }

    // ---- splits and merges

    /** A partition is split, and merged again, while it waits for an outcome. */
    @Trap({33, 58})
    void aSplitWaitsForTheOutcome(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held ->
                held.message() instanceof CallMessage.Decide || held.message() instanceof ReplicaMessage.AskStand);
        String more = otherKeyIn(table);
        assertThat(isDone(table.await(table.transact(
                        1, table.write(table.x, "new"), table.write(more, "new"), table.write(table.y, "new")))))
                .isTrue();
        table.scene.client(1).crash();
        Bytes key =
                table.record(table.x).compareTo(table.record(more)) > 0 ? table.record(table.x) : table.record(more);
        table.primaryOf(0).instruct(new MetadataCommand.SplitPartition(table.partition(0), key, false));
        table.scene.pass(2 * SECOND);
        table.scene.heal();
        table.scene.pass(5 * SECOND);
        assertThat(table.read(table.x)).contains("new");
        assertThat(table.read(more)).contains("new");
        assertThat(table.read(table.y)).contains("new");
        assertThat(table.scene.metadata().groups()).hasSizeGreaterThan(4);
        table.scene.finish();
    }

    private static String otherKeyIn(Table table) {
        for (int i = 0; ; i++) {
            String key = "k" + i;
            boolean isThere = table.scene.group(table.partition(0)).range().contains(table.record(key));
            if (isThere && !key.equals(table.x)) {
                return key;
            }
        }
    }

    // ---- what the caller is told

    /** The deadline passes while one participant has not answered: it is unknown, and can be asked for. */
    @Trap(57)
    void anOutcomeThatIsUnknownCanBeAskedFor(Stage stage) {
        Table table = new Table(stage);
        table.scene.hold(held -> held.message() instanceof CallMessage.Answer answer
                && answer.partition().equals(table.partition(1)));
        AtomicReference<@Nullable Outcome> outcome =
                table.transact(1, 0, 500 * MS, table.write(table.x, "new"), table.write(table.y, "new"));
        Outcome told = table.await(outcome);
        assertThat(told).isInstanceOf(Outcome.Failed.class);
        OperationId id = told instanceof Outcome.Failed(DdsException.UnknownOutcome unknown)
                ? unknown.id().orElseThrow()
                : null;
        assertThat(id).as("%s", told).isNotNull();
        table.scene.heal();
        AtomicReference<@Nullable Outcome> asked = new AtomicReference<>();
        if (id != null) {
            table.scene.client(1).inquire(id, TIMEOUT, asked::set);
        }
        Outcome settled = table.await(asked);
        table.assertBoth(isDone(settled) ? "new" : null);
        assertThat(isDone(settled) || isCertainlyNot(settled)).isTrue();
        table.scene.finish();
    }
}
