package io.brickwork.hashtable;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.brickwork.map.GuavaSuite;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import junit.framework.TestSuite;

/**
 * Guava's contract of {@link ConcurrentMap}.
 *
 * <p>For every module that has hash tables: hand in where fresh empty maps come from. Where creating a hash table is
 * slow, empty one and hand it out again: a case has done with its map when the next begins.
 */
public final class HashTableMapSuite {
    private HashTableMapSuite() {}

    /**
     * Runs the cases on this thread.
     *
     * @param name of the maps, for messages
     * @param fresh gives an empty map
     * @throws AssertionError that names the cases which failed
     */
    public static GuavaSuite.Report run(
            String name, Supplier<? extends ConcurrentMap<String, String>> fresh, GuavaSuite.Portion portion) {
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
            Supplier<? extends ConcurrentMap<String, String>> fresh,
            GuavaSuite.Portion portion,
            int threads) {
        return GuavaSuite.run(name, suite(name, fresh), portion, threads);
    }

    private static TestSuite suite(String name, Supplier<? extends ConcurrentMap<String, String>> fresh) {
        return ConcurrentMapTestSuiteBuilder.using(new TestStringMapGenerator() {
                    @Override
                    protected Map<String, String> create(Map.Entry<String, String>[] entries) {
                        ConcurrentMap<String, String> map = fresh.get();
                        for (Map.Entry<String, String> entry : entries) {
                            map.put(entry.getKey(), entry.getValue());
                        }
                        return map;
                    }
                })
                .named(name)
                .withFeatures(
                        // Puts and removes of all kinds; no nulls, no order, no fail-fast iterators.
                        MapFeature.GENERAL_PURPOSE, CollectionFeature.SUPPORTS_ITERATOR_REMOVE, CollectionSize.ANY)
                .createTestSuite();
    }
}
