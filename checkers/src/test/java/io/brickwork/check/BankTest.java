package io.brickwork.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.TransactionRecord;
import io.brickwork.core.transaction.TransactionRecord.State;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BankTest {
    private static final SessionId SESSION = new SessionId(1, 2);

    @Test
    void sumThatIsRightPassesAndOneThatIsNotIsNamed() {
        assertThat(Bank.checkSum("T1", Map.of("a", 90L, "b", 110L), 200)).isEmpty();
        assertThat(Bank.checkSum("T1", new TreeMap<>(Map.of("a", 90L, "b", 100L)), 200))
                .singleElement()
                .satisfies(finding -> assertThat(finding.toString())
                        .contains("T1 read accounts that add up to 190, not 200", "a=90"));
    }

    @Test
    void yesThatIsNotSettledIsALock() {
        TransactionRecord vote = TransactionRecord.prepared(
                new OperationId(SESSION, 3), new PartitionId(1, 0), 0, List.of(), Part.NOTHING);
        assertThat(Bank.checkLocks(List.of(replica(vote.become(State.COMMITTED)), replica(vote.become(State.ABORTED)))))
                .isEmpty();
        assertThat(Bank.checkLocks(List.of(replica(vote))))
                .singleElement()
                .asString()
                .contains("partition p at b1", "#3");
    }

    private static Replica replica(TransactionRecord record) {
        SessionRow row =
                new SessionRow(SESSION, 0, List.of(), List.of(new SessionRow.Stand(record, new Version(1, 1), null)));
        return new Replica("b1", "p", new Version(1, 1), Bytes.utf8("x"), new TreeMap<>(), List.of(row));
    }
}
