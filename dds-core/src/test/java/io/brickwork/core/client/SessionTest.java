package io.brickwork.core.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.Version;
import io.brickwork.core.outcome.Outcome;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final Session session = new Session(ScriptedClient.SESSION);

    private void begin(int count) {
        for (int i = 0; i < count; i++) {
            session.begin();
        }
    }

    private Session.Unsettled keep(OperationId id) {
        Session.Unsettled unsettled =
                new Session.Unsettled(id, ClientParts.PARTITION, ScriptedClient.key(0), ClientParts.SUBJECT);
        session.keep(unsettled);
        return unsettled;
    }

    @Test
    void theMarkIsTheLowestNumberThatIsStillNeeded() {
        begin(3);
        assertThat(session.lowWater()).isEqualTo(1);
        session.settle(2);
        assertThat(session.lowWater()).isEqualTo(1);
        session.settle(1);
        assertThat(session.lowWater()).isEqualTo(3);
    }

    @Test
    void unknownOutcomesAreGivenUpLowestFirstWhenTheWindowIsExhausted() {
        OperationId first = session.begin();
        OperationId second = session.begin();
        keep(first);
        keep(second);
        begin(Limits.SESSION_WINDOW_OPERATIONS - 2);
        assertThat(session.hasRoom()).isTrue();
        assertThat(session.unsettled(first)).isNull();
        assertThat(session.unsettled(second)).isNotNull();
        assertThat(session.lowWater()).isEqualTo(2);
    }

    @Test
    void aTransactionThatSomeParticipantsDoNotKnowOfHoldsTheMark() {
        long number = session.begin().number();
        session.decide(number);
        begin(Limits.SESSION_WINDOW_OPERATIONS - 1);
        assertThat(session.hasRoom()).isFalse();
        assertThat(session.isHeldByTransaction()).isTrue();
        session.onDecided(number);
        assertThat(session.isHeldByTransaction()).isFalse();
        assertThat(session.hasRoom()).isTrue();
    }

    @Test
    void aTransactionOfUnknownOutcomeIsNeededUntilItIsDecidedAndNotAskedForAnyMore() {
        OperationId id = session.begin();
        session.decide(id.number());
        keep(id);
        session.onDecided(id.number());
        assertThat(session.lowWater()).isEqualTo(1);
        session.forget(id.number());
        assertThat(session.lowWater()).isEqualTo(2);
    }

    @Test
    void aLateAnswerIsKeptInMemoryOfItsOwn() {
        Bytes result = Bytes.utf8("a long frame with a result in it").slice(20, 26);
        Session.Unsettled unsettled = keep(session.begin());
        unsettled.learn(new Outcome.Done(ClientParts.PARTITION, Version.NONE, result));
        Bytes kept = ((Outcome.Done) Check.present(unsettled.late, "not kept")).result();
        assertThat(kept).isEqualTo(result);
        assertThat(kept.compact()).as("it holds no more than it is").isSameAs(kept);
        assertThat(result.compact()).isNotSameAs(result);
    }
}
