package io.brickwork.core.partition.execute;

import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.partition.OnePrimary;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionExpiryTest {
    private static final PartitionId OTHER = new PartitionId(1, 1);

    private final OnePrimary primary = new OnePrimary();
    private final SessionExpiry expiry = new SessionExpiry(
            primary.sequencer, primary.sessions, primary.replicator, primary.replica.tenure, primary.replica.ports);

    @BeforeEach
    void writeInASession() {
        primary.request(primary.write(1, 1, "put a b"));
    }

    private void end(SessionId session) {
        primary.decide(new MetadataCommand.ExpireSession(session));
    }

    @Test
    void aSessionThatIsOverIsForgottenByAnEntry() {
        end(primary.session);
        expiry.onTick(0);
        assertThat(primary.last().kind()).isEqualTo(Entry.Kind.EXPIRE);
        assertThat(primary.sessions.find(primary.operation(1))).isNull();
    }

    @Test
    void anOpenSessionIsKept() {
        end(primary.openSession());
        expiry.onTick(0);
        assertThat(primary.lastSeq()).isEqualTo(1);
    }

    @Test
    void itIsForgottenOnce() {
        end(primary.session);
        expiry.onTick(0);
        expiry.onTick(1);
        assertThat(primary.lastSeq()).isEqualTo(2);
    }

    @Test
    void manySessionsAreForgottenOverSeveralTicks() {
        for (int i = 0; i < 100; i++) {
            SessionId session = primary.openSession();
            primary.request(OnePrimary.write(1, new OperationId(session, 1), 0, "put a b"));
            end(session);
        }
        expiry.onTick(0);
        assertThat(primary.lastSeq()).isEqualTo(1 + 100 + 64);
        expiry.onTick(1);
        assertThat(primary.lastSeq()).isEqualTo(1 + 100 + 100);
    }

    /**
     * Whoever opens the later view may not have learned that the session is over, and would execute what is forgotten
     * here.
     */
    @Test
    void nothingIsForgottenInAViewThatIsNotTheNewest() {
        end(primary.session);
        primary.decideNextView();
        expiry.onTick(0);
        assertThat(primary.lastSeq()).isEqualTo(1);
    }

    @Test
    void nothingIsForgottenWhileTooMuchIsNotCommitted() {
        end(primary.session);
        primary.replica.windowBytes = 0;
        expiry.onTick(0);
        assertThat(primary.lastSeq()).isEqualTo(1);
        primary.commit();
        expiry.onTick(1);
        assertThat(primary.lastSeq()).isEqualTo(2);
    }

    /** The row is gone here, and comes again with a partition that is merged into this one. */
    @Test
    void sessionsThatComeWithANeighbourAreForgottenToo() {
        end(primary.session);
        expiry.onTick(0);
        SessionRow row = new SessionRow(primary.session);
        TableChunk content = new TableChunk(new Version(1, 1), List.of(), List.of(row), null);
        Absorption absorption = new Absorption(OTHER, KeyRange.ALL, content);
        primary.sequencer.store(version -> EntryCodec.encodeAbsorption(PARTITION, version, absorption), 0);
        expiry.onTick(1);
        assertThat(primary.last().kind()).as("all is thought to be forgotten").isEqualTo(Entry.Kind.ABSORB);
        expiry.onAbsorbed();
        expiry.onTick(2);
        assertThat(primary.last().kind()).isEqualTo(Entry.Kind.EXPIRE);
    }
}
