package io.brickwork.core.client;

import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.B;
import static io.brickwork.core.client.ScriptedClient.C;
import static io.brickwork.core.client.ScriptedClient.SESSION;
import static io.brickwork.core.client.ScriptedClient.TABLE;
import static io.brickwork.core.client.ScriptedClient.TIMEOUT;
import static io.brickwork.core.client.ScriptedClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A transaction that writes nothing has no effect, so none that is unknown, also where it asks for votes. */
class ReadOnlyTransactionTest {
    private static final long CALL = 77;

    /** What becomes of a transaction whose participants have been asked. */
    private enum End {
        NOBODY_ANSWERS(client -> client.pass(10_010)),
        LINKS_ARE_LOST(client -> {
            for (BrickId brick : List.of(A, B, C)) {
                client.down(brick);
            }
            client.pass(10_010);
        }),
        THE_CALLER_IS_INTERRUPTED(client -> client.step(new ClientInput.Abandon(CALL))),
        THE_CLIENT_IS_CLOSED(client -> client.step(new ClientInput.Close())),
        ALL_ENDS(client -> client.step(new ClientInput.Ended("another client has its name"))),
        THE_SESSION_EXPIRES(client -> {
            for (ScriptedClient.Sent sent : List.copyOf(client.sent)) {
                if (sent.message() instanceof CallMessage.Prepare prepare) {
                    client.down(sent.to());
                    client.up(sent.to());
                    client.refuse(sent.to(), prepare, Reason.EXPIRED);
                }
            }
            client.pass(10_010);
        }),
        ONE_HAS_FORGOTTEN(client -> {
            ScriptedClient.Sent first = client.sent.remove();
            client.refuse(first.to(), first.message(), Reason.FORGOTTEN);
        });

        private final Consumer<ScriptedClient> happens;

        End(Consumer<ScriptedClient> happens) {
            this.happens = happens;
        }
    }

    private static ScriptedClient asking(Minitransaction.Item... items) {
        ScriptedClient client = new ScriptedClient();
        client.up(A, B, C);
        client.step(new ClientInput.Transact(
                CALL, new Minitransaction(List.of(items)), 0, client.now + TIMEOUT, "transaction"));
        assertThat(client.sent).hasSize(2).allMatch(sent -> sent.message() instanceof CallMessage.Prepare);
        return client;
    }

    private static Minitransaction.Item absent(int partition) {
        return new Minitransaction.Expect(TABLE, new Compare.Absent(key(partition)));
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void isNeverUnknown(End end) {
        ScriptedClient client = asking(absent(0), absent(1));
        end.happens.accept(client);
        DdsException failure = client.failure(CALL, DdsException.class);
        assertThat(failure.certainlyDidNotHappen()).as("%s", failure).isTrue();
        assertThat(failure).isNotInstanceOf(DdsException.UnknownOutcome.class);
        if (failure.getCause() != null) {
            assertThat(failure).hasMessageContaining("it changes nothing");
        }
    }

    @Test
    void oneThatWritesIsUnknown() {
        ScriptedClient client =
                asking(absent(0), new Minitransaction.Write(TABLE, new Effect(key(1), Bytes.utf8("x"))));
        client.pass(10_010);
        assertThat(client.failure(CALL, DdsException.UnknownOutcome.class).id())
                .hasValueSatisfying(id -> assertThat(id.session()).isEqualTo(SESSION));
    }
}
