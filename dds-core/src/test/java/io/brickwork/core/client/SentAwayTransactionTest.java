package io.brickwork.core.client;

import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.B;
import static io.brickwork.core.client.ScriptedClient.C;
import static io.brickwork.core.client.ScriptedClient.TABLE;
import static io.brickwork.core.client.ScriptedClient.TIMEOUT;
import static io.brickwork.core.client.ScriptedClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Minitransaction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A transaction that waits for the turns of others. */
class SentAwayTransactionTest {
    private static final long CALL = 77;

    private static Minitransaction.Item write(int partition) {
        return new Minitransaction.Write(TABLE, new Effect(key(partition), Bytes.utf8("x")));
    }

    /** Bricks were reached all the time: it conflicts with others, and its caller is told so. */
    @Test
    void isAConflictIfOthersHaveTheirTurnsUntilTheDeadline() {
        ScriptedClient client = new ScriptedClient();
        client.up(A, B, C);
        client.step(new ClientInput.Transact(
                CALL, new Minitransaction(List.of(write(0), write(1))), 0, client.now + TIMEOUT, "transaction"));
        int tries = 0;
        for (int millis = 0; millis < 10_010; millis += 10) {
            List<ScriptedClient.Sent> asked = new ArrayList<>(client.sent);
            client.sent.clear();
            for (ScriptedClient.Sent sent : asked) {
                if (sent.message() instanceof CallMessage.Prepare prepare) {
                    client.refuse(sent.to(), prepare, Reason.NOT_YET);
                    tries++;
                }
            }
            client.pass(10);
        }
        assertThat(tries).isGreaterThan(10);
        DdsException failure = client.failure(CALL, DdsException.class);
        assertThat(failure)
                .isInstanceOf(DdsException.Conflict.class)
                .hasMessageContaining("refused it")
                .hasMessageContaining("the turn of others");
        assertThat(failure.certainlyDidNotHappen()).isTrue();
    }

    /**
     * However many have waited for the turns of others, the session has room for more: a number that nobody took is
     * needed by nobody.
     */
    @Test
    void leavesNoNumberBehind() {
        ScriptedClient client = new ScriptedClient();
        client.up(A, B, C);
        for (long call = CALL; call < CALL + 2 * Limits.SESSION_WINDOW_OPERATIONS; call++) {
            client.step(new ClientInput.Transact(
                    call, new Minitransaction(List.of(write(0))), 0, client.now + TIMEOUT, "transaction"));
            client.refuse(A, client.nextWrite(A), Reason.NOT_YET);
            client.pass(20);
            CallMessage.Write again = client.nextWrite(A);
            assertThat(again.lowWater()).isEqualTo(again.operation().number());
            client.answer(A, again, "");
            assertThat(client.isOpen(call)).isFalse();
        }
    }
}
