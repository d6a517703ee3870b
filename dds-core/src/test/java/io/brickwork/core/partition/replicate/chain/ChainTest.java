package io.brickwork.core.partition.replicate.chain;

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
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.partition.replicate.twophase.TwoPhaseBackup;
import io.brickwork.core.partition.view.FencedMember;
import io.brickwork.core.partition.view.ViewSteps;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Brick A at each place of a chain. Tests of a rule of van Renesse and Schneider 2004, or of Terrace and Freedman 2009,
 * name its section.
 */
class ChainTest {
    private static final long SECOND = 1_000_000_000;

    private final OneReplica replica = new OneReplica(Durability.REPLICATED);
    private final FencedMember fenced = new FencedMember(
            replica.tenure,
            replica.log,
            replica.extent,
            replica.commitPoint,
            replica.storage,
            replica.refusals,
            replica.ports,
            new ViewSteps() {
                @Override
                public void promise(GroupView view) {
                    replica.promised(view);
                }

                @Override
                public void open(long levelSeq) {
                    replica.tenure.open(true);
                    replica.commitPoint.advance(levelSeq);
                }
            });
    private final ChainMember member = new ChainMember(
            replica.tenure,
            replica.log,
            replica.commitPoint,
            replica.storage,
            fenced,
            new TwoPhaseBackup(
                    replica.tenure, replica.log, replica.commitPoint, replica.storage, fenced, replica.ports),
            replica.ports);

    /** Brick A in the open view, in which another is the head. */
    private void memberOf(GroupView view) {
        fenced.onFence(view.primary(), view);
        fenced.onLevel(new ReplicaMessage.Level(PARTITION, view.epoch(), 0, false, 0, List.of()));
        fenced.onOpen(view.primary(), new ReplicaMessage.Open(PARTITION, view.epoch(), 0));
        member.acknowledge(0);
        replica.sent.clear();
        replica.events.clear();
    }

    private ChainHead headOf(GroupView view) {
        replica.opened(view);
        ChainHead head = new ChainHead(
                replica.tenure,
                replica.log,
                replica.extent,
                replica.commitPoint,
                replica.storage,
                replica.repairs,
                replica.ports,
                0,
                true);
        head.begin(0);
        replica.sent.clear();
        return head;
    }

    private static ReplicaMessage.Passed passed(long storedSeq, long passedSeq) {
        return new ReplicaMessage.Passed(PARTITION, 5, storedSeq, passedSeq, 0, 0);
    }

    private Entry put(ChainHead head) {
        Entry entry = replica.store(5);
        head.replicate(entry, 0);
        return entry;
    }

    // ---- the head

    /** Van Renesse and Schneider §3, Update Propagation: the next one receives a prefix of what is stored here. */
    @Test
    void theHeadSendsToTheNextAloneAndOnlyWhatItHasStored() {
        ChainHead head = headOf(view(5, A, B, C));
        Entry entry = put(head);
        assertThat(replica.sent).as("not written yet").isEmpty();

        replica.write();
        head.onStored(0);
        assertThat(replica.sent).containsExactly(new OneReplica.Sent(B, new ReplicaMessage.Store(0, 0, entry)));
    }

    /**
     * §3, In-process Requests: what the tail has not stored is in process, and not committed. We differ: the head
     * answers, since it has the sessions.
     */
    @Test
    void whatAllBehindHaveStoredIsCommittedAtTheHead() {
        ChainHead head = headOf(view(5, A, B, C));
        put(head);
        replica.write();
        head.onStored(0);
        head.onMessage(B, passed(1, 0), 0);
        assertThat(replica.commitPoint.seq()).as("the tail has not got it").isZero();
        assertThat(head.uncommittedBytes()).isPositive();

        head.onMessage(B, passed(1, 1), 0);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
        assertThat(head.uncommittedBytes()).isZero();
    }

    @Test
    void theWordOfAnybodyButTheNextCountsForNothing() {
        ChainHead head = headOf(view(5, A, B, C));
        put(head);
        replica.write();
        head.onStored(0);
        head.onMessage(C, passed(1, 1), 0);
        assertThat(replica.commitPoint.seq()).isZero();
    }

    /** §3: in a chain of one the head is the tail too. */
    @Test
    void aloneTheHeadIsTheTail() {
        ChainHead head = headOf(view(5, A));
        put(head);
        replica.sync();
        head.onStored(0);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
        assertThat(replica.events).contains(new Event.EntryCommitted(PARTITION, new Version(5, 1)));
    }

    /**
     * A reader here may have asked the tail, and what is committed may leave the overlay before the word comes along
     * the chain.
     */
    @Test
    void whatIsKnownFromTheTailIsOutOfTheWindowAndNotSentAgain() {
        ChainHead head = headOf(view(5, A, B, C));
        head.onTick(0);
        put(head);
        replica.sync();
        head.onStored(0);
        replica.sent.clear();
        replica.commitPoint.advance(1);
        head.onStored(0);
        replica.log.onApplied(new Version(5, 1));
        head.onTick(SECOND);

        assertThat(head.uncommittedBytes()).isZero();
        assertThat(replica.takeSentTo(B)).noneMatch(ReplicaMessage.Store.class::isInstance);
    }

    @Test
    void theNextOneIsLeftOutIfItGetsNowhereItself() {
        ChainHead head = headOf(view(5, A, B, C));
        head.onTick(0);
        put(head);
        replica.write();
        head.onStored(0);
        for (int tick = 1; tick <= 50; tick++) {
            head.onTick(tick * SECOND / 10);
        }
        assertThat(replica.proposed)
                .contains(new MetadataCommand.ChangeView(PARTITION, 5, 5, A, List.of(member(A), member(C)), List.of()));
    }

    @Test
    void theNextOneIsNotLeftOutForWhatThoseBehindItLack() {
        ChainHead head = headOf(view(5, A, B, C));
        head.onTick(0);
        put(head);
        replica.write();
        head.onStored(0);
        head.onMessage(B, passed(1, 0), 0);
        for (int tick = 1; tick <= 50; tick++) {
            head.onTick(tick * SECOND / 10);
        }
        assertThat(replica.proposed).isEmpty();
    }

    // ---- in the middle

    /** §3, both invariants; and Terrace and Freedman §2.3: the word goes back from the tail and makes clean. */
    @Test
    void theMiddleSendsOnWhatItHasStoredAndPassesBackWhatAllBehindHave() {
        memberOf(view(5, B, A, C));
        Entry first = entry(5, 1);
        member.onStore(B, new ReplicaMessage.Store(0, 0, first), 0);
        member.acknowledge(0);
        assertThat(replica.sent).as("not written yet").isEmpty();

        replica.write();
        member.acknowledge(0);
        assertThat(replica.takeSentTo(C)).containsExactly(new ReplicaMessage.Store(0, 0, first));
        assertThat(replica.takeSentTo(B)).containsExactly(passed(1, 0));
        assertThat(replica.commitPoint.seq()).isZero();

        member.onMessage(C, passed(1, 1), 0);
        member.acknowledge(0);
        assertThat(replica.takeSentTo(B)).containsExactly(passed(1, 1));
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
        assertThat(replica.events).as("the tail counts, and tells").isEmpty();
    }

    @Test
    void withoutTheRuleItWouldSendOnWhatItHasMerelyReceived() {
        replica.defences = Defences.without(Defence.FORWARD_ONLY_STORED);
        memberOf(view(5, B, A, C));
        Entry first = entry(5, 1);
        member.onStore(B, new ReplicaMessage.Store(0, 0, first), 0);
        member.acknowledge(0);
        assertThat(replica.takeSentTo(C)).containsExactly(new ReplicaMessage.Store(0, 0, first));
    }

    @Test
    void withoutTheRuleItWouldPassBackItsOwn() {
        replica.defences = Defences.without(Defence.PASS_BACK_WHAT_ALL_HAVE);
        memberOf(view(5, B, A, C));
        member.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        replica.write();
        member.acknowledge(0);
        assertThat(replica.takeSentTo(B)).containsExactly(passed(1, 1));
    }

    /**
     * §3, Failure of Other Servers: it is taken out of the chain. We differ: its predecessor proposes that, no master
     * watches.
     */
    @Test
    void theOneBehindThatGetsNowhereIsLeftOutByTheOneBeforeIt() {
        memberOf(view(5, B, A, C));
        member.onTick(0);
        member.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        replica.write();
        member.acknowledge(0);
        for (int tick = 1; tick <= 50; tick++) {
            member.onTick(tick * SECOND / 10);
        }
        assertThat(replica.proposed)
                .contains(new MetadataCommand.ChangeView(PARTITION, 5, 5, B, List.of(member(B), member(A)), List.of()));
    }

    // ---- the tail

    /** §3: what the tail has stored all have; Terrace and Freedman §2.3: the tail makes it clean first. */
    @Test
    void whatTheTailHasStoredIsCommitted() {
        memberOf(view(5, B, C, A));
        member.onStore(C, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        member.acknowledge(0);
        assertThat(replica.commitPoint.seq()).as("not written yet").isZero();

        replica.write();
        member.acknowledge(0);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
        assertThat(replica.events).containsExactly(new Event.EntryCommitted(PARTITION, new Version(5, 1)));
        assertThat(replica.takeSentTo(C)).containsExactly(passed(1, 1));
    }

    @Test
    void aQuestionIsAnsweredThoughThereIsNoNews() {
        memberOf(view(5, B, C, A));
        member.onStore(C, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        replica.write();
        member.acknowledge(0);
        replica.sent.clear();

        member.onCommit(C, new ReplicaMessage.Commit(PARTITION, 5, 0, 0));
        member.acknowledge(0);
        assertThat(replica.takeSentTo(C)).containsExactly(passed(1, 1));
    }

    // ---- views

    /** §3, Failure of the Tail: the predecessor of the tail becomes the tail, and what was in process is committed. */
    @Test
    void inANewViewItsPlaceIsAnother() {
        memberOf(view(5, B, A, C));
        member.onStore(B, new ReplicaMessage.Store(0, 0, entry(5, 1)), 0);
        replica.write();
        member.acknowledge(0);
        replica.tenure.close();
        member.onClosed();
        fenced.onClosed();
        replica.sent.clear();

        GroupView next = view(6, B, A);
        fenced.onFence(B, next);
        fenced.onLevel(new ReplicaMessage.Level(PARTITION, 6, 1, false, 1, List.of()));
        fenced.onOpen(B, new ReplicaMessage.Open(PARTITION, 6, 1));
        replica.sent.clear();
        Entry second = entry(6, 2);
        member.onStore(B, new ReplicaMessage.Store(1, 0, second), 0);
        replica.write();
        member.acknowledge(0);

        assertThat(replica.commitPoint.seq()).isEqualTo(2);
        assertThat(replica.sent.stream().map(OneReplica.Sent::to)).doesNotContain(new BrickId("c"));
    }
}
