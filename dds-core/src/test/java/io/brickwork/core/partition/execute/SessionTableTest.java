package io.brickwork.core.partition.execute;

import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.partition.OnePrimary;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionTableTest {
    private final OnePrimary primary = new OnePrimary();

    /** What the primary of the next view at this brick would remember. */
    private SessionTable next() {
        return new SessionTable(PARTITION, primary.replica.ports, primary.replica.log.overlay());
    }

    private void write(long number, long lowWater) {
        primary.request(OnePrimary.write(number, primary.operation(number), lowWater, "put a b"));
    }

    private void expire(SessionId session) {
        primary.decide(new MetadataCommand.ExpireSession(session));
        primary.sequencer.store(version -> EntryCodec.encodeExpiry(PARTITION, version, session), 0);
    }

    @Test
    void theNextPrimaryRemembersWhatIsInTheTableAndWhatIsOnItsWay() {
        write(1, 0);
        primary.commit();
        primary.apply();
        write(2, 0);
        assertThat(next().find(primary.operation(1))).isNotNull();
        assertThat(next().find(primary.operation(2))).isNotNull();
    }

    @Test
    void withoutTheRuleItWouldNotKnowWhatIsInTheTable() {
        write(1, 0);
        primary.commit();
        primary.apply();
        primary.leaveOut(Defence.INHERIT_COMPLETIONS);
        assertThat(next().find(primary.operation(1))).isNull();
    }

    @Test
    void whatLiesBelowTheLowWaterMarkIsDropped() {
        write(1, 0);
        write(2, 2);
        assertThat(primary.sessions.lowWater(primary.session)).isEqualTo(2);
        assertThat(primary.sessions.find(primary.operation(1))).isNull();
        assertThat(primary.sessions.find(primary.operation(2))).isNotNull();
    }

    @Test
    void operationsOfOtherSessionsAreOthers() {
        write(1, 0);
        SessionId other = primary.openSession();
        assertThat(primary.sessions.find(new OperationId(other, 1))).isNull();
        assertThat(primary.sessions.find(primary.operation(1))).isNotNull();
    }

    @Test
    void aSessionThatIsOverIsFoundUntilItIsForgotten() {
        write(1, 0);
        assertThat(primary.sessions.expired(primary.replica.metadata, 10)).isEmpty();
        primary.decide(new MetadataCommand.ExpireSession(primary.session));
        assertThat(primary.sessions.expired(primary.replica.metadata, 10)).containsExactly(primary.session);
        primary.sequencer.store(version -> EntryCodec.encodeExpiry(PARTITION, version, primary.session), 0);
        assertThat(primary.sessions.expired(primary.replica.metadata, 10)).isEmpty();
        assertThat(primary.sessions.find(primary.operation(1))).isNull();
    }

    @Test
    void noMoreSessionsAreFoundThanWereAskedFor() {
        for (SessionId session : List.of(primary.openSession(), primary.openSession())) {
            primary.request(OnePrimary.write(1, new OperationId(session, 1), 0, "put a b"));
            primary.decide(new MetadataCommand.ExpireSession(session));
        }
        assertThat(primary.sessions.expired(primary.replica.metadata, 1)).hasSize(1);
    }

    @Test
    void aCommitIsLeftBehindByItsSessionAndAnAbortIsNot() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        primary.request(primary.decide(2, 1, true));
        primary.request(primary.prepare(3, 2, 0, "b"));
        primary.request(primary.decide(4, 2, false));
        expire(primary.session);
        assertThat(primary.sessions.leftBehind(0, 10))
                .extracting(SessionRow.Stand::record)
                .extracting(record -> record.transaction().number())
                .containsExactly(1L);
    }

    @Test
    void aYesIsKeptBeyondItsSessionUntilItIsSettled() {
        primary.request(primary.prepare(1, 1, 0, "a"));
        expire(primary.session);
        assertThat(primary.sessions.stand(primary.operation(1), PARTITION)).isNotNull();
        assertThat(primary.sessions.leftBehind(0, 10))
                .as("it waits for its outcome")
                .isEmpty();
    }

    @Test
    void resultsCountUntilTheyAreAcknowledged() {
        write(1, 0); // answers nothing
        primary.request(OnePrimary.write(2, primary.operation(2), 0, "put a c")); // answers "b"
        assertThat(primary.sessions.resultBytes(primary.session, 0)).isEqualTo(1);
        assertThat(primary.sessions.resultBytes(primary.session, 3)).isZero();
    }
}
