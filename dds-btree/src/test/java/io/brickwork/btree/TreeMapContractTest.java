package io.brickwork.btree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.map.GuavaSuite;
import io.brickwork.map.InMemoryInvoker;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

class TreeMapContractTest {
    /** All that guava-testlib has for a map of these features: that it stays so is part of the claim. */
    private static final int CASES = 33_280;

    /** The cases of a {@link GuavaSuite.Portion#TENTH}: a little fewer than each tenth. */
    private static final int CASES_OF_A_TENTH = 3_272;

    @Test
    void aTreeIsAConcurrentNavigableMapInAllOfGuavasCases() {
        assertThat(run(1, GuavaSuite.Portion.ALL)).isEqualTo(CASES);
    }

    @Test
    void aTreeOfManyPartitionsIsOneToo() {
        assertThat(run(64, GuavaSuite.Portion.TENTH)).isEqualTo(CASES_OF_A_TENTH);
    }

    private static int run(int partitions, GuavaSuite.Portion portion) {
        GuavaSuite.Report report = TreeMapSuite.run(
                "DdsTree in memory",
                () -> DdsTree.open(
                        new InMemoryInvoker(TreeType.INSTANCE),
                        TreeSpec.of("t", OrderedCodecs.string(), Codecs.string())
                                .partitions(partitions),
                        CallOptions.DEFAULT),
                portion,
                Runtime.getRuntime().availableProcessors());
        return report.cases();
    }

    @Test
    void theSuiteFailsOnAMapThatIsWrong() {
        assertThatThrownBy(() -> TreeMapSuite.run(
                        "a map whose floor is its lower",
                        () -> new ConcurrentSkipListMap<String, String>() {
                            private static final long serialVersionUID = 1L;

                            @Override
                            public Entry<String, String> floorEntry(String key) {
                                return lowerEntry(key);
                            }
                        },
                        GuavaSuite.Portion.ALL))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("cases failed on a map whose floor is its lower");
    }
}
