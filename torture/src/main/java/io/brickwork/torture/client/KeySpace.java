package io.brickwork.torture.client;

import io.brickwork.check.Call;
import io.brickwork.client.spi.ShippedStructures;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.sim.workload.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys of one table. They come in generations of some seconds, each with the same few keys in every partition: so
 * no key sees more operations than a search for their order can bear, every partition is written to all the time, and
 * what was written long ago is still there to be read. All clients count the same generations. Any thread.
 */
final class KeySpace {
    static final long GENERATION_NANOS = 10_000_000_000L;
    private static final int WRITTEN_KEYS = 3;
    private static final int APPENDED_KEYS = 1;

    private final Tables table;
    private final StructureInfo structure;
    private final PartitionMap map;
    private final ConcurrentHashMap<Integer, List<Keys>> generations = new ConcurrentHashMap<>();

    /**
     * Those of one partition.
     *
     * @param written see everything but appends
     * @param appended see nothing but appends and reads
     */
    record Keys(List<String> written, List<String> appended) {}

    KeySpace(Tables table, StructureInfo structure) {
        this.table = table;
        this.structure = structure;
        map = ShippedStructures.TYPES.get(structure.spec().type()).initialPartitions(structure.spec());
    }

    StructureInfo structure() {
        return structure;
    }

    /** A partition's keys of a generation. */
    Keys keys(int generation, int partition) {
        return generations.computeIfAbsent(generation, this::draw).get(partition);
    }

    private List<Keys> draw(int generation) {
        List<List<String>> written = draw(Caller.WRITTEN, generation, WRITTEN_KEYS);
        List<List<String>> appended = draw(Caller.APPENDED, generation, APPENDED_KEYS);
        List<Keys> all = new ArrayList<>();
        for (int partition = 0; partition < Tables.PARTITIONS; partition++) {
            all.add(new Keys(written.get(partition), appended.get(partition)));
        }
        return all;
    }

    private List<List<String>> draw(String prefix, int generation, int count) {
        List<List<String>> keys = new ArrayList<>();
        for (int partition = 0; partition < Tables.PARTITIONS; partition++) {
            keys.add(new ArrayList<>());
        }
        int missing = count * Tables.PARTITIONS;
        for (int i = 0; missing > 0; i++) {
            String key = prefix + table.letter() + generation + "." + i;
            List<String> inPartition = keys.get(partition(key));
            if (inPartition.size() < count) {
                inPartition.add(key);
                missing--;
            }
        }
        return keys;
    }

    private int partition(String key) {
        return map.locate(
                table.calls().operation(structure, Call.of(Call.Kind.GET, key)).routingKey());
    }
}
