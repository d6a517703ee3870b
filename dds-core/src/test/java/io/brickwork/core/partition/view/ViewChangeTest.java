package io.brickwork.core.partition.view;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static io.brickwork.core.partition.OneReplica.entry;
import static io.brickwork.core.partition.OneReplica.member;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.group.EpochRuns;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupRules;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.MajorityRules;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.structure.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Brick A leads its group from the view of epoch 4, in which entries 1 to 3 were made, to that of epoch 5. */
class ViewChangeTest {
    private static final long SECOND = 1_000_000_000;
    private static final BrickId D = new BrickId("d");
    private static final GroupView BEFORE = view(4, A, B, C);
    private static final GroupView NEXT = view(5, A, B, C);

    private final OneReplica replica = new OneReplica(Durability.SYNC);
    private final List<List<BrickId>> recorded = new ArrayList<>();
    private final List<Long> opened = new ArrayList<>();
    private final List<GroupView> proposed = new ArrayList<>();

    /** The change from {@link #BEFORE} to a view; A has stored entries 1 to {@code storedSeq}. */
    private ViewChange begun(GroupView next, GroupRules rules, long storedSeq) {
        for (long seq = 1; seq <= storedSeq; seq++) {
            replica.store(4);
        }
        Group decided = new Group(PARTITION, KeyRange.ALL, 3, 2, next, 9, BEFORE, BEFORE, null, null, null);
        replica.promised(next);
        ViewChange change = new ViewChange(decided, rules, A, new Driven());
        change.begin(0);
        return change;
    }

    private ViewChange begun(long storedSeq) {
        return begun(NEXT, GroupRules.of(Replication.TWO_PHASE), storedSeq);
    }

    private static ReplicaMessage.FenceReport report(EpochRun... runs) {
        Version last = EpochRuns.reported(List.of(runs)).last();
        return new ReplicaMessage.FenceReport(PARTITION, 5, last, List.of(runs), false);
    }

    /** The report of a member that has entries 1 to {@code seq} of one epoch. */
    private static ReplicaMessage.FenceReport report(long epoch, long seq) {
        EpochRun base = new EpochRun(0, 0);
        return seq == 0 ? report(base) : report(base, new EpochRun(epoch, seq));
    }

    private static ReplicaMessage.Levelled levelled(long seq) {
        return new ReplicaMessage.Levelled(PARTITION, 5, seq);
    }

    private static ReplicaMessage.Fetched fetched(Entry... entries) {
        return new ReplicaMessage.Fetched(PARTITION, 5, List.of(entries));
    }

    // ---- fence

    @Test
    void membersAndWhoIsLeftOutAreFenced() {
        GroupView withoutC = view(5, A, B);
        begun(withoutC, GroupRules.of(Replication.TWO_PHASE), 3);

        ReplicaMessage fence = new ReplicaMessage.Fence(PARTITION, withoutC);
        assertThat(replica.takeSentTo(B)).containsExactly(fence);
        assertThat(replica.takeSentTo(C)).containsExactly(fence);
    }

    @Test
    void fenceIsSentAgainToWhoHasNotReported() {
        ViewChange change = begun(3);
        change.onReport(B, report(4, 3), 0);
        replica.sent.clear();

        change.onTick(SECOND);
        assertThat(replica.takeSentTo(B)).isEmpty();
        assertThat(replica.takeSentTo(C)).containsExactly(new ReplicaMessage.Fence(PARTITION, NEXT));
    }

    @Test
    void whoeverIsLeftOutAndFencedNeedNotBeWaitedFor() {
        ViewChange change = begun(view(5, A, B), GroupRules.of(Replication.TWO_PHASE), 3);
        change.onReport(C, report(4, 3), 0);
        change.onReport(B, report(4, 3), 0);
        change.onLevelled(B, levelled(3), 0);

        assertThat(recorded).containsExactly(List.of(C));
    }

    // ---- level

    @Test
    void nothingIsLevelledBeforeAllHaveReported() {
        ViewChange change = begun(3);
        replica.sent.clear();
        change.onReport(B, report(4, 3), 0);
        assertThat(replica.sent).isEmpty();

        change.onReport(C, report(4, 1), 0);
        assertThat(replica.takeSentTo(B))
                .containsExactly(new ReplicaMessage.Level(PARTITION, 5, 3, false, 3, List.of()));
        assertThat(replica.takeSentTo(C))
                .containsExactly(
                        new ReplicaMessage.Level(PARTITION, 5, 1, false, 3, List.of(entry(4, 2), entry(4, 3))));
    }

    @Test
    void primaryFetchesWhatItLacksFromTheGreatest() {
        ViewChange change = begun(1);
        change.onReport(B, report(4, 2), 0);
        replica.sent.clear();
        change.onReport(C, report(4, 3), 0);
        assertThat(replica.events).contains(new Event.LevelChosen(PARTITION, 5, new Version(4, 3), C));
        assertThat(replica.takeSentTo(C)).containsExactly(new ReplicaMessage.Fetch(PARTITION, 5, 2, 3));

        change.onFetched(B, fetched(entry(4, 2)), 0);
        assertThat(replica.log.lastSeq()).as("B was not asked").isEqualTo(1);
        change.onFetched(C, fetched(entry(4, 2)), 0);
        assertThat(replica.takeSentTo(C)).containsExactly(new ReplicaMessage.Fetch(PARTITION, 5, 3, 3));
        change.onFetched(C, fetched(entry(4, 3)), 0);
        assertThat(replica.log.last()).isEqualTo(new Version(4, 3));
        assertThat(replica.takeSentTo(B))
                .containsExactly(new ReplicaMessage.Level(PARTITION, 5, 2, false, 3, List.of(entry(4, 3))));
    }

    @Test
    void whatDoesNotBelongIsCutAtThePrimaryAndAtMembers() {
        ViewChange change = begun(3);
        change.onReport(B, report(new EpochRun(0, 0), new EpochRun(4, 1), new EpochRun(5, 2)), 0);
        replica.sent.clear();
        change.onReport(C, report(4, 2), 0);
        assertThat(replica.cuts).as("entries 2 and 3 are not what B has").containsExactly(1L);

        change.onFetched(B, fetched(entry(5, 2)), 0);
        assertThat(replica.takeSentTo(C))
                .containsExactly(new ReplicaMessage.Level(PARTITION, 5, 1, true, 2, List.of(entry(5, 2))));
    }

    @Test
    void whoIsNotOfTheBaseHasNoSayInTheLevel() {
        GroupView withD = view(5, A, B, D);
        ViewChange change = begun(withD, GroupRules.of(Replication.TWO_PHASE), 2);
        change.onReport(B, report(4, 2), 0);
        change.onReport(D, report(4, 3), 0);

        assertThat(replica.events).contains(new Event.LevelChosen(PARTITION, 5, new Version(4, 2), A));
        assertThat(replica.takeSentTo(D)).contains(new ReplicaMessage.Level(PARTITION, 5, 2, true, 2, List.of()));
    }

    @Test
    void levelIsTheOneThatTheRulesChoose() {
        GroupRules leastOfAll = new MajorityRules() {
            @Override
            public BrickId fullest(GroupView view, SortedMap<BrickId, Version> reports) {
                assertThat(reports).containsOnlyKeys(A, B, C);
                return C;
            }
        };
        ViewChange change = begun(NEXT, leastOfAll, 3);
        change.onReport(B, report(4, 2), 0);
        change.onReport(C, report(4, 1), 0);

        assertThat(replica.events).contains(new Event.LevelChosen(PARTITION, 5, new Version(4, 1), C));
        assertThat(replica.log.last()).isEqualTo(new Version(4, 1));
    }

    /** B and C had stored entry 3, which A lacks; C is gone. */
    @Test
    void levelOfAMajorityHasWhatAMajorityHadStored() {
        ViewChange change = begun(view(5, A, B), new MajorityRules(), 2);
        change.onReport(B, report(4, 3), 0);

        assertThat(replica.events).contains(new Event.LevelChosen(PARTITION, 5, new Version(4, 3), B));
    }

    @Test
    void withoutTheRuleTheLevelIsWhatThePrimaryHas() {
        replica.defences = Defences.without(Defence.TAKE_GREATEST_REPORT);
        ViewChange change = begun(1);
        change.onReport(B, report(4, 3), 0);
        change.onReport(C, report(4, 3), 0);

        assertThat(replica.events).contains(new Event.LevelChosen(PARTITION, 5, new Version(4, 1), A));
    }

    // ---- open

    @Test
    void viewOpensWhenAllAreLevelAndThatIsRecorded() {
        ViewChange change = begun(3);
        change.onReport(B, report(4, 3), 0);
        change.onReport(C, report(4, 2), 0);
        change.onLevelled(B, levelled(3), 0);
        change.onLevelled(C, levelled(2), 0);
        assertThat(recorded).as("C lacks an entry").isEmpty();

        change.onLevelled(C, levelled(3), 0);
        assertThat(recorded).containsExactly(List.of());
        assertThat(opened).as("not recorded").isEmpty();

        change.onRecorded();
        assertThat(opened).containsExactly(3L);
        assertThat(change.isOpen()).isTrue();
    }

    /** A majority may commit, and yet not open a view: what it takes over could be outvoted later. */
    @Test
    void noRulesOpenAViewBeforeAllAreLevel() {
        ViewChange change = begun(NEXT, new MajorityRules(), 3);
        change.onReport(B, report(4, 3), 0);
        change.onReport(C, report(4, 3), 0);
        change.onLevelled(B, levelled(3), 0);
        assertThat(recorded).isEmpty();

        change.onLevelled(C, levelled(3), 0);
        assertThat(recorded).hasSize(1);
    }

    @Test
    void thePrimaryIsOneOfAllThatMustBeLevel() {
        ViewChange change = begun(view(5, A, B), GroupRules.of(Replication.TWO_PHASE), 2);
        change.onReport(B, report(4, 3), 0);
        change.onFetched(B, fetched(entry(4, 3)), 0);
        change.onLevelled(B, levelled(3), 0);
        assertThat(recorded).as("not synced here").isEmpty();

        replica.sync();
        change.onStored(0);
        assertThat(recorded).hasSize(1);
    }

    @Test
    void recordIsAskedForAgainUntilItComes() {
        ViewChange change = begun(view(5, A), GroupRules.of(Replication.TWO_PHASE), 3);
        assertThat(recorded).hasSize(1);

        change.onTick(3 * SECOND);
        assertThat(recorded).hasSize(2);
    }

    // ---- another view in its place

    @Test
    void memberThatSaysNothingIsLeftOut() {
        ViewChange change = begun(3);
        change.onReport(B, report(4, 3), 0);
        change.onTick(2 * SECOND);
        assertThat(proposed).isEmpty();

        change.onTick(4 * SECOND);
        assertThat(proposed).containsExactly(view(5, A, B));
    }

    @Test
    void memberWithHalfACopyLearns() {
        ViewChange change = begun(3);
        change.onReport(
                C, new ReplicaMessage.FenceReport(PARTITION, 5, Version.NONE, List.of(new EpochRun(0, 0)), true), 0);

        assertThat(proposed).containsExactly(learning(C, view(5, A, B)));
    }

    @Test
    void memberWhoseLogPartsFurtherBackThanThisOneReachesLearns() {
        ViewChange change = begun(3);
        change.onReport(B, report(4, 3), 0);
        change.onReport(C, report(new EpochRun(3, 1), new EpochRun(3, 2)), 0);

        assertThat(proposed).containsExactly(learning(C, view(5, A, B)));
        assertThat(replica.events).anySatisfy(event -> assertThat(event).isInstanceOf(Event.ViewBlocked.class));
    }

    @Test
    void whoHasWhatThePrimaryCannotGetLeads() {
        ViewChange change = begun(1);
        change.onReport(B, report(4, 3), 0);
        change.onReport(C, report(4, 1), 0);
        change.onFetched(B, fetched(), 0);

        assertThat(proposed).containsExactly(new GroupView(5, B, NEXT.members(), List.of(), 0));
    }

    private static GroupView learning(BrickId learner, GroupView view) {
        return new GroupView(view.epoch(), view.primary(), view.members(), List.of(member(learner)), view.lineage());
    }

    /** What the view change asks of its primary: the log of the one replica, and lists of what it wanted. */
    private final class Driven implements ViewChange.Group {
        @Override
        public void send(BrickId to, ReplicaMessage message) {
            replica.brick.send(to, message);
        }

        @Override
        public boolean defends(Defence defence) {
            return replica.defences.has(defence);
        }

        @Override
        public void reached(Situation situation) {
            // of interest to simulations
        }

        @Override
        public EpochRuns runs() {
            return replica.log.runs();
        }

        @Override
        public List<Entry> read(long fromSeq, long toSeq) {
            return replica.log.read(fromSeq, toSeq);
        }

        @Override
        public void cut(long seq) {
            replica.storage.cut(seq);
        }

        @Override
        public void store(Entry entry) {
            replica.storage.store(entry);
        }

        @Override
        public long storedSeq() {
            return replica.storage.storedSeq();
        }

        @Override
        public void record(List<BrickId> fenced) {
            recorded.add(fenced);
        }

        @Override
        public void opened(long levelSeq) {
            opened.add(levelSeq);
        }

        @Override
        public void propose(GroupView next) {
            proposed.add(next);
        }

        @Override
        public void note(Event event) {
            replica.events.add(event);
        }
    }
}
