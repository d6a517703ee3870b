package io.brickwork.hashtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.map.InMemoryInvoker;
import io.brickwork.map.transaction.Transactor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a transaction is refused, and when it is given up. */
class TransactionTest {
    private final InMemoryInvoker invoker = new InMemoryInvoker(HashTableType.INSTANCE);
    private final Transactor transactor = new Transactor(invoker, new StructureTypes(List.of(HashTableType.INSTANCE)));
    private final DdsHashTable<String, String> table =
            DdsHashTable.open(invoker, TableSpec.of("t", Codecs.string(), Codecs.string()), CallOptions.DEFAULT);

    @Test
    void readingMoreThanIsKeptIsRefused() {
        String large = "x".repeat(Limits.VALUE_BYTES - 100);
        for (int i = 0; i <= Limits.TRANSACTION_READ_BYTES / large.length(); i++) {
            table.set("k" + i, large);
        }
        assertThatThrownBy(() -> transactor.run(tx -> tx.on(table).containsValue("y"), CallOptions.DEFAULT))
                .isInstanceOf(DdsException.TooLarge.class)
                .hasMessageContaining("what a transaction reads");
    }

    @Test
    void whoAlwaysLosesIsToldWhenItsTimeIsUp() {
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> transactor.run(
                        tx -> {
                            runs.incrementAndGet();
                            tx.on(table).putIfAbsent("a", "mine");
                            table.put("a", "another's");
                            table.remove("b");
                            invoker.pass(Duration.ofSeconds(1));
                            if (runs.get() % 2 == 0) {
                                table.remove("a");
                            }
                            return null;
                        },
                        CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(3))))
                .isInstanceOf(DdsException.Conflict.class)
                .satisfies(failure -> assertThat(((DdsException) failure).certainlyDidNotHappen())
                        .isTrue())
                .hasMessageContaining("PT3S");
        assertThat(runs.get()).isBetween(2, 4);
    }

    @Test
    void whatIsOnlyReadIsCommittedWithoutBeingWritten() {
        table.put("a", "1");
        String seen = transactor.run(tx -> tx.on(table).get("a"), CallOptions.DEFAULT);
        assertThat(seen).isEqualTo("1");
    }
}
