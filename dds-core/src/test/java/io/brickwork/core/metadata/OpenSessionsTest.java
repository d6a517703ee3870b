package io.brickwork.core.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.SessionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.group.MetadataAnswer;
import org.junit.jupiter.api.Test;

class OpenSessionsTest {
    private final OpenSessions sessions = new OpenSessions();

    @Test
    void sessionIsNamedByItsSlotAndItsNonce() {
        assertThat(sessions.open(7, 3)).isEqualTo(new MetadataAnswer.Session(new SessionId(3, 7)));
        assertThat(sessions.open(7, 2)).isEqualTo(new MetadataAnswer.Session(new SessionId(2, 7)));
        assertThat(sessions.all()).containsExactly(new SessionId(2, 7), new SessionId(3, 7));
        assertThat(sessions.isOpen(new SessionId(3, 7))).isTrue();
        assertThat(sessions.isOpen(new SessionId(3, 8))).isFalse();
    }

    @Test
    void onlyASessionThatWasOpenEnds() {
        sessions.open(7, 3);
        sessions.expire(new SessionId(3, 8), 4);
        assertThat(sessions.lastExpirySlot()).isZero();

        sessions.expire(new SessionId(3, 7), 5);
        assertThat(sessions.isOpen(new SessionId(3, 7))).isFalse();
        assertThat(sessions.lastExpirySlot()).isEqualTo(5);
        sessions.expire(new SessionId(3, 7), 6);
        assertThat(sessions.lastExpirySlot()).as("it was over").isEqualTo(5);
    }

    @Test
    void noMoreThanTheMostAreOpen() {
        for (int slot = 1; slot <= MetadataState.MAX_SESSIONS; slot++) {
            sessions.open(0, slot);
        }
        assertThat(sessions.open(0, MetadataState.MAX_SESSIONS + 1)).isInstanceOf(MetadataAnswer.Refused.class);

        sessions.expire(new SessionId(1, 0), MetadataState.MAX_SESSIONS + 2);
        assertThat(sessions.open(0, MetadataState.MAX_SESSIONS + 3)).isInstanceOf(MetadataAnswer.Session.class);
    }

    @Test
    void whatIsReadTakesThePlaceOfWhatWasThere() {
        sessions.open(7, 3);
        sessions.open(8, 4);
        sessions.expire(new SessionId(3, 7), 5);
        ByteWriter writer = new ByteWriter(64);
        sessions.writeLastExpiry(writer);
        sessions.write(writer);

        OpenSessions read = new OpenSessions();
        read.open(9, 1);
        ByteReader reader = new ByteReader(writer.toBytes());
        read.readLastExpiry(reader);
        read.read(reader);
        assertThat(read.all()).containsExactly(new SessionId(4, 8));
        assertThat(read.lastExpirySlot()).isEqualTo(5);
    }

    @Test
    void whoIsHiddenLeavesTheSlotOfTheLastExpiry() {
        sessions.open(7, 3);
        sessions.open(8, 4);
        sessions.expire(new SessionId(3, 7), 5);

        sessions.hide();
        assertThat(sessions.all()).isEmpty();
        assertThat(sessions.lastExpirySlot()).isEqualTo(5);
    }
}
