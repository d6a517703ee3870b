package io.brickwork.core.partition.execute;

import static io.brickwork.core.partition.OnePrimary.CALLER;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Part;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SequencerTest {
    private final OnePrimary primary = new OnePrimary();
    private final Sequencer sequencer = primary.sequencer;

    private boolean admits(OperationId operation, long lowWater) {
        return sequencer.admits(CALLER, OnePrimary.write(1, operation, lowWater, "put a b"), operation, lowWater);
    }

    private void write(long number, long lowWater, String body) {
        primary.request(OnePrimary.write(number, primary.operation(number), lowWater, body));
    }

    // ---- order

    @Test
    void entriesAreNumberedWithoutGapsInTheEpochOfTheView() {
        write(1, 0, "put a b");
        assertThat(primary.last().version()).isEqualTo(new Version(1, 1));
        write(2, 0, "put a b");
        assertThat(primary.last().version()).isEqualTo(new Version(1, 2));
    }

    @Test
    void anEntryIsStoredHereAndSentToTheOthers() {
        write(1, 0, "put a b");
        assertThat(primary.replica.takeSentTo(OneReplica.B))
                .hasSize(1)
                .allSatisfy(message -> assertThat(message).isInstanceOf(ReplicaMessage.Store.class));
        assertThat(primary.replica.takeSentTo(OneReplica.C)).hasSize(1);
    }

    // ---- what may be taken

    @Test
    void whatLiesBelowTheLowWaterMarkIsForgotten() {
        write(1, 0, "put a b");
        write(2, 2, "put a b");
        assertThat(admits(primary.operation(1), 0)).isFalse();
        assertThat(primary.takeAnswers()).containsExactly("1 FORGOTTEN");
    }

    @Test
    void withoutTheRuleWhatIsForgottenWouldBeTakenAgain() {
        primary.leaveOut(Defence.REFUSE_FORGOTTEN);
        write(1, 0, "put a b");
        write(2, 2, "put a b");
        assertThat(admits(primary.operation(1), 0)).isTrue();
    }

    @Test
    void noOperationOfASessionThatIsOverIsTaken() {
        primary.decide(new MetadataCommand.ExpireSession(primary.session));
        assertThat(admits(primary.operation(1), 0)).isFalse();
        assertThat(primary.takeAnswers()).containsExactly("1 EXPIRED");
    }

    @Test
    void noOperationIsTakenOfASessionThatThisBrickHasNotLearnedOf() {
        SessionId later = new SessionId(primary.replica.metadata.slot() + 1, 1);
        assertThat(admits(new OperationId(later, 1), 0)).isFalse();
        assertThat(primary.takeAnswers()).containsExactly("1 SESSION_UNKNOWN");
    }

    @Test
    void anOperationFarAboveTheLowWaterMarkIsOutsideTheWindow() {
        long lowWater = 5;
        long first = lowWater + Limits.SESSION_WINDOW_OPERATIONS;
        assertThat(admits(primary.operation(first - 1), lowWater)).isTrue();
        assertThat(admits(primary.operation(first), lowWater)).isFalse();
        assertThat(primary.takeAnswers()).containsExactly("1 WINDOW");
    }

    @Test
    void aSessionWithTooManyUnacknowledgedAnswersMustAcknowledge() {
        byte[] large = new byte[Limits.VALUE_BYTES];
        for (long number = 1; number <= 9; number++) {
            Completion.Status done = Completion.Status.DONE;
            OperationId operation = primary.operation(number);
            primary.sessions.add(EntryCodec.encode(
                    Entry.Kind.WRITE,
                    PARTITION,
                    new Version(1, number),
                    new Completion(operation, new Version(1, number), done, Bytes.wrap(large)),
                    0,
                    List.of()));
        }
        assertThat(admits(primary.operation(10), 0)).isFalse();
        assertThat(primary.takeAnswers()).containsExactly("1 WINDOW");
        assertThat(admits(primary.operation(10), 10)).isTrue();
    }

    @Test
    void nothingIsTakenWhileTooMuchIsNotApplied() {
        primary.replica.isOverlayFull = true;
        assertThat(admits(primary.operation(1), 0)).isFalse();
        assertThat(primary.takeAnswers()).containsExactly("1 OVERLOADED");
    }

    @Test
    void nothingIsTakenWhileTooMuchIsNotCommitted() {
        primary.replica.windowBytes = 1;
        write(1, 0, "put a b");
        assertThat(admits(primary.operation(2), 0)).isFalse();
        primary.commit();
        assertThat(admits(primary.operation(2), 0)).isTrue();
    }

    @Test
    void keysThatASplitGivesAwayAreRefusedUntilItIsDone() {
        CallMessage.Prepare prepare = primary.prepare(1, 1, 0, "a", "z");
        assertThat(sequencer.isWithin(CALLER, prepare, prepare.part())).isTrue();
        primary.replica.serve("a", "m");
        assertThat(sequencer.isWithin(CALLER, prepare, prepare.part())).isFalse();
        assertThat(primary.takeAnswers())
                .as("the metadata log has not recorded it")
                .containsExactly("1 SPLITTING");
    }

    @Test
    void aPartitionIsInItsNewestViewUntilAnotherIsDecided() {
        assertThat(sequencer.isInNewestView()).isTrue();
        primary.decideNextView();
        assertThat(sequencer.isInNewestView()).isFalse();
    }

    // ---- what was done before

    @Test
    void anInquiryNeverExecutesAnything() {
        primary.request(primary.inquire(1, 1));
        assertThat(primary.takeAnswers()).containsExactly("1 NEVER_SEEN");
        assertThat(primary.lastSeq()).isZero();
    }

    @Test
    void anInquiryIsAnsweredFromTheRecordOnceThatIsCommitted() {
        write(1, 0, "put a b");
        primary.request(primary.inquire(2, 1));
        assertThat(primary.takeAnswers()).isEmpty();
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 DONE", "2 DONE");
        primary.request(primary.inquire(3, 1));
        assertThat(primary.takeAnswers()).as("at once").containsExactly("3 DONE");
    }

    @Test
    void withoutTheRuleAnInquiryWouldBeAnsweredOfWhatIsNotCommitted() {
        primary.leaveOut(Defence.ANSWER_ONLY_COMMITTED);
        write(1, 0, "put a b");
        primary.request(primary.inquire(2, 1));
        assertThat(primary.takeAnswers()).containsExactly("2 DONE");
    }

    @Test
    void ofASessionThatIsOverNobodyCanTellWhatWasDone() {
        primary.decide(new MetadataCommand.ExpireSession(primary.session));
        primary.request(primary.inquire(1, 1));
        assertThat(primary.takeAnswers()).containsExactly("1 EXPIRED");
    }

    // ---- what can be done

    @Test
    void aFullDiskTakesNoPutsAndStillTakesDeletes() {
        primary.replica.fillPermille = 950;
        CallMessage.Prepare puts = primary.prepare(1, 1, 0, "a");
        assertThat(sequencer.mayDo(CALLER, puts, puts.part())).isFalse();
        Part deletes = new Part(List.of(), List.of(new Effect(Bytes.utf8("a"), null)));
        assertThat(sequencer.mayDo(CALLER, puts, deletes)).isTrue();
        assertThat(primary.takeAnswers()).containsExactly("1 NO_SPACE");
    }

    @Test
    void theFullestMembersDiskCounts() {
        primary.replicator.onMessage(
                OneReplica.B, new ReplicaMessage.Stored(PARTITION, primary.view.epoch(), 0, 0, 0, 950), 0);
        CallMessage.Prepare puts = primary.prepare(1, 1, 0, "a");
        assertThat(sequencer.mayDo(CALLER, puts, puts.part())).isFalse();
    }

    @Test
    void aTransactionWritesNoKeyTwice() {
        CallMessage.Prepare prepare = primary.prepare(1, 1, 0, "a", "a");
        assertThat(sequencer.mayDo(CALLER, prepare, prepare.part())).isFalse();
        assertThat(primary.takeAnswers()).containsExactly("1 MALFORMED");
    }

    @Test
    void aTransactionThatIsTooLargeForAnEntryIsRefused() {
        Bytes large = Bytes.wrap(new byte[Limits.VALUE_BYTES]);
        List<Effect> writes = Stream.of("a", "b", "c", "d")
                .map(key -> new Effect(Bytes.utf8(key), large))
                .toList();
        Part part = new Part(List.of(), writes);
        CallMessage.Prepare prepare = primary.prepare(1, 1, 0, "a");
        assertThat(sequencer.mayDo(CALLER, prepare, part)).isFalse();
        assertThat(primary.takeAnswers()).containsExactly("1 TOO_LARGE");
    }
}
