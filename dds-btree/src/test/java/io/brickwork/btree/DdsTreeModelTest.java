package io.brickwork.btree;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.map.InMemoryInvoker;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations through views of all kinds, against a {@link TreeMap}, while partitions change. */
class DdsTreeModelTest {
    private static final int STEPS = 3_000;
    private static final int KEYS = 40;

    private final InMemoryInvoker invoker = new InMemoryInvoker(TreeType.INSTANCE);
    private final NavigableMap<Integer, String> tree =
            DdsTree.open(invoker, TreeSpec.of("t", OrderedCodecs.int32(), Codecs.string()), CallOptions.DEFAULT);
    private final NavigableMap<Integer, String> model = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aTreeDoesWhatATreeMapDoes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(50) == 0) {
                repartition(random);
            }
            long drawn = random.nextLong();
            String real = outcome(() -> Step.run(tree, new SplittableRandom(drawn)));
            String expected = outcome(() -> Step.run(model, new SplittableRandom(drawn)));
            assertThat(real).as("seed %d, step %d", seed, step).isEqualTo(expected);
            assertThat(List.copyOf(tree.entrySet()))
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(List.copyOf(model.entrySet()));
        }
    }

    private void repartition(SplittableRandom random) {
        TreeSet<Bytes> lows = new TreeSet<>(List.of(Bytes.EMPTY));
        for (int i = random.nextInt(5); i > 0; i--) {
            lows.add(OrderedCodecs.int32().encode(random.nextInt(KEYS)));
        }
        invoker.repartition(((DdsTree<Integer, String>) tree).info(), new Fences(new ArrayList<>(lows)));
    }

    private static String outcome(java.util.function.Supplier<@Nullable Object> step) {
        try {
            return String.valueOf(step.get());
        } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
            return e.getClass().getSimpleName();
        }
    }

    /** One step on one map: some views of it, and an operation on the last. The same for equal randoms. */
    private static final class Step {
        private static final List<Function<Draw, @Nullable Object>> OPERATIONS = List.of(
                draw -> draw.map.put(draw.key(), draw.value()),
                draw -> draw.map.put(draw.key(), draw.value()),
                draw -> draw.map.remove(draw.key()),
                draw -> draw.map.get(draw.key()),
                draw -> draw.map.floorEntry(draw.key()),
                draw -> draw.map.ceilingEntry(draw.key()),
                draw -> draw.map.lowerKey(draw.key()),
                draw -> draw.map.higherKey(draw.key()),
                draw -> draw.map.firstEntry(),
                draw -> draw.map.lastKey(),
                draw -> draw.map.pollFirstEntry(),
                draw -> draw.map.pollLastEntry(),
                draw -> draw.map.size(),
                draw -> draw.map.isEmpty(),
                draw -> draw.map.merge(draw.key(), draw.value(), String::concat),
                draw -> draw.map.putIfAbsent(draw.key(), draw.value()),
                draw -> List.copyOf(draw.map.keySet()),
                draw -> List.copyOf(draw.map.values()),
                draw -> List.copyOf(draw.map.descendingKeySet()),
                draw -> draw.map.navigableKeySet().ceiling(draw.key()),
                draw -> draw.map.keySet().removeIf(key -> key % 7 == 0),
                draw -> {
                    if (draw.random.nextInt(20) == 0) {
                        draw.map.clear();
                    }
                    return null;
                });

        static @Nullable Object run(NavigableMap<Integer, String> map, SplittableRandom random) {
            Draw draw = new Draw(map, random);
            for (int depth = random.nextInt(3); depth > 0; depth--) {
                draw = new Draw(draw.view(), random);
            }
            return OPERATIONS.get(random.nextInt(OPERATIONS.size())).apply(draw);
        }
    }

    private record Draw(NavigableMap<Integer, String> map, SplittableRandom random) {
        int key() {
            return random.nextInt(KEYS);
        }

        String value() {
            return Integer.toString(random.nextInt(100));
        }

        NavigableMap<Integer, String> view() {
            return switch (random.nextInt(4)) {
                case 0 -> map.descendingMap();
                case 1 -> map.headMap(key(), random.nextBoolean());
                case 2 -> map.tailMap(key(), random.nextBoolean());
                default -> map.subMap(key(), random.nextBoolean(), key(), random.nextBoolean());
            };
        }
    }
}
