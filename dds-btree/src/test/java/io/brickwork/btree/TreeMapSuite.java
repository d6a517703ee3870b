package io.brickwork.btree;

import com.google.common.collect.testing.ConcurrentNavigableMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringSortedMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.brickwork.map.GuavaSuite;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.function.Supplier;
import junit.framework.TestSuite;

/**
 * Guava's contract of {@link ConcurrentNavigableMap}.
 *
 * <p>For every module that has trees: hand in where fresh empty maps come from. Where creating a tree is slow, empty
 * one and hand it out again: a case has done with its map when the next begins.
 */
public final class TreeMapSuite {
    private TreeMapSuite() {}

    /**
     * Runs the cases on this thread.
     *
     * @param name of the maps, for messages
     * @param fresh gives an empty map
     * @throws AssertionError that names the cases which failed
     */
    public static GuavaSuite.Report run(
            String name, Supplier<? extends ConcurrentNavigableMap<String, String>> fresh, GuavaSuite.Portion portion) {
        return run(name, fresh, portion, 1);
    }

    /**
     * Runs the cases on several threads.
     *
     * @param name of the maps, for messages
     * @param fresh gives an empty map that no other thread uses
     * @throws AssertionError that names the cases which failed
     */
    public static GuavaSuite.Report run(
            String name,
            Supplier<? extends ConcurrentNavigableMap<String, String>> fresh,
            GuavaSuite.Portion portion,
            int threads) {
        return GuavaSuite.run(name, suite(name, fresh), portion, threads);
    }

    private static TestSuite suite(String name, Supplier<? extends ConcurrentNavigableMap<String, String>> fresh) {
        return ConcurrentNavigableMapTestSuiteBuilder.using(new TestStringSortedMapGenerator() {
                    @Override
                    protected SortedMap<String, String> create(Map.Entry<String, String>[] entries) {
                        ConcurrentNavigableMap<String, String> map = fresh.get();
                        for (Map.Entry<String, String> entry : entries) {
                            map.put(entry.getKey(), entry.getValue());
                        }
                        return map;
                    }
                })
                .named(name)
                .withFeatures(
                        // Puts and removes of all kinds; no nulls, no fail-fast iterators.
                        MapFeature.GENERAL_PURPOSE,
                        CollectionFeature.KNOWN_ORDER,
                        CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                        CollectionSize.ANY)
                .createTestSuite();
    }
}
