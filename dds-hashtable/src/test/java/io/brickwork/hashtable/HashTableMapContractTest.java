package io.brickwork.hashtable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.codec.Codecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.map.GuavaSuite;
import io.brickwork.map.InMemoryInvoker;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class HashTableMapContractTest {
    /** All that guava-testlib has for a map of these features: that it stays so is part of the claim. */
    private static final int CASES = 932;

    @Test
    void aHashTableIsAConcurrentMapInAllOfGuavasCases() {
        GuavaSuite.Report report = HashTableMapSuite.run(
                "DdsHashTable in memory",
                () -> DdsHashTable.open(
                        new InMemoryInvoker(HashTableType.INSTANCE),
                        TableSpec.of("t", Codecs.string(), Codecs.string()),
                        CallOptions.DEFAULT),
                GuavaSuite.Portion.ALL);
        assertThat(report.cases()).isEqualTo(CASES);
    }

    @Test
    void aTableThatIsClearedBetweenCasesWillDo() {
        DdsHashTable<String, String> table = DdsHashTable.open(
                new InMemoryInvoker(HashTableType.INSTANCE),
                TableSpec.of("t", Codecs.string(), Codecs.string()),
                CallOptions.DEFAULT);
        GuavaSuite.Report report = HashTableMapSuite.run(
                "one DdsHashTable",
                () -> {
                    table.clear();
                    return table;
                },
                GuavaSuite.Portion.TENTH);
        assertThat(report.cases()).isEqualTo((CASES + 9) / 10);
    }

    @Test
    void theSuiteFailsOnAMapThatIsWrong() {
        assertThatThrownBy(() -> HashTableMapSuite.run(
                        "a map that never removes",
                        () -> new ConcurrentHashMap<String, String>() {
                            private static final long serialVersionUID = 1L;

                            @Override
                            public String remove(Object key) {
                                return get(key);
                            }
                        },
                        GuavaSuite.Portion.ALL))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("cases failed on a map that never removes")
                .hasMessageContaining("testRemove_present");
    }
}
