package io.brickwork.btree;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.map.InMemoryInvoker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole contract against a {@link ConcurrentSkipListMap}: random calls of map, views of views, and their
 * collections, while partitions change. Keys lie as close together as can be.
 *
 * <p>Not called is what the documentation lists as different: {@code remove(key, null)} and keys of other classes. An
 * inclusive bound at an exclusive end, which a skip list lets pass in some directions, is refused as a {@link TreeMap}
 * does.
 */
class TreeDifferentialTest {
    private static final int STEPS = 2_500;

    private static final List<String> KEYS = List.of(
            "",
            "\0",
            "\0\0",
            "a",
            "a\0",
            "a\0\0",
            "a\1",
            "a\uFFFD",
            "aa",
            "b",
            "b\0",
            "b\0b",
            "ba",
            "c",
            "\u00e4",
            "\uFFFD",
            "\uFFFD\0");

    private final InMemoryInvoker invoker = new InMemoryInvoker(TreeType.INSTANCE);
    private final DdsTree<String, String> tree =
            DdsTree.open(invoker, TreeSpec.of("t", OrderedCodecs.string(), Codecs.string()), CallOptions.DEFAULT);
    private final ConcurrentNavigableMap<String, String> model = new ConcurrentSkipListMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aTreeDoesWhatASkipListDoes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(60) == 0) {
                repartition(random);
            }
            long drawn = random.nextLong();
            String expected = Step.outcome(model, new SplittableRandom(drawn));
            String real = Step.outcome(tree, new SplittableRandom(drawn));
            assertThat(real).as("seed %d, step %d", seed, step).isEqualTo(expected);
            assertThat(tree.toString())
                    .as("seed %d, step %d: %s", seed, step, real)
                    .isEqualTo(model.toString());
        }
    }

    private void repartition(SplittableRandom random) {
        TreeSet<Bytes> lows = new TreeSet<>(List.of(Bytes.EMPTY));
        for (int i = random.nextInt(5); i > 0; i--) {
            lows.add(OrderedCodecs.string().encode(KEYS.get(1 + random.nextInt(KEYS.size() - 1))));
        }
        invoker.repartition(tree.info(), new Fences(new ArrayList<>(lows)));
    }

    /** A map or view, where it came from, and what is drawn for it. */
    private record Draw(
            ConcurrentNavigableMap<String, String> map,
            @Nullable NavigableMap<String, String> rule,
            SplittableRandom random,
            StringBuilder story) {
        @Nullable
        String anyKey() {
            return random.nextInt(60) == 0 ? null : KEYS.get(random.nextInt(KEYS.size()));
        }

        String key() {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            story.append(" key ").append(visible(key));
            return key;
        }

        String value() {
            return Integer.toString(random.nextInt(30));
        }

        Set<String> keys() {
            return Stream.generate(this::key).limit(random.nextInt(6)).collect(Collectors.toSet());
        }

        @Nullable
        String maybe(String value) {
            return random.nextBoolean() ? value : null;
        }

        Draw view() {
            String from = KEYS.get(random.nextInt(KEYS.size()));
            String to = KEYS.get(random.nextInt(KEYS.size()));
            boolean isFrom = random.nextBoolean();
            boolean isTo = random.nextBoolean();
            int kind = random.nextInt(6);
            story.append(" .%d(%s %s, %s %s)".formatted(kind, visible(from), isFrom, visible(to), isTo));
            Function<NavigableMap<String, String>, NavigableMap<String, String>> view = of -> switch (kind) {
                case 0 -> of.descendingMap();
                case 1 -> of.headMap(to, isTo);
                case 2 -> of.tailMap(from, isFrom);
                case 3 -> (NavigableMap<String, String>) of.subMap(from, to);
                default -> of.subMap(from, isFrom, to, isTo);
            };
            NavigableMap<String, String> ruled = rule == null ? null : view.apply(rule);
            return new Draw((ConcurrentNavigableMap<String, String>) view.apply(map), ruled, random, story);
        }

        NavigableSet<String> keySet() {
            int kind = random.nextInt(6);
            String end = key();
            Function<NavigableMap<String, String>, NavigableSet<String>> view = of -> switch (kind) {
                case 0 -> of.descendingKeySet();
                case 1 -> of.navigableKeySet().descendingSet();
                case 2 -> of.navigableKeySet().headSet(end, true);
                case 3 -> of.navigableKeySet().tailSet(end, false);
                default -> of.navigableKeySet();
            };
            if (rule != null) {
                view.apply(rule);
            }
            return view.apply(map);
        }

        List<String> subSet() {
            String from = key();
            String to = key();
            if (rule != null) {
                rule.navigableKeySet().subSet(from, true, to, false);
            }
            return List.copyOf(map.keySet().subSet(from, true, to, false));
        }
    }

    private static String visible(@Nullable String key) {
        return key == null
                ? "null"
                : key.chars().mapToObj(Integer::toHexString).collect(Collectors.joining("-", "<", ">"));
    }

    private static final class Step {
        private static final List<Function<Draw, @Nullable Object>> CALLS = List.of(
                draw -> draw.map.put(draw.key(), draw.value()),
                draw -> draw.map.put(draw.key(), draw.value()),
                draw -> draw.map.put(draw.key(), draw.value()),
                draw -> draw.map.put(draw.anyKey(), draw.value()),
                draw -> draw.map.put(draw.key(), draw.maybe("x")),
                draw -> draw.map.get(draw.anyKey()),
                draw -> draw.map.getOrDefault(draw.anyKey(), "none"),
                draw -> draw.map.remove(draw.anyKey()),
                draw -> draw.map.remove(draw.key(), draw.value()),
                draw -> draw.map.containsKey(draw.anyKey()),
                draw -> draw.map.containsValue(draw.maybe(draw.value())),
                draw -> draw.map.putIfAbsent(draw.key(), draw.value()),
                draw -> draw.map.replace(draw.key(), draw.value()),
                draw -> draw.map.replace(draw.key(), draw.value(), draw.value()),
                draw -> draw.map.compute(draw.key(), (key, value) -> value == null ? "new" : null),
                draw -> draw.map.compute(draw.key(), (key, value) -> draw.maybe(key + value)),
                draw -> draw.map.computeIfAbsent(draw.key(), key -> draw.maybe(draw.value())),
                draw -> draw.map.computeIfPresent(draw.key(), (key, value) -> draw.maybe(value + "!")),
                draw -> draw.map.computeIfPresent(draw.key(), (key, value) -> {
                    throw new IllegalStateException("by the function");
                }),
                draw -> draw.map.merge(draw.key(), draw.value(), (one, other) -> draw.maybe(one + other)),
                draw -> draw.map.compute(draw.key(), null),
                draw -> draw.map.lowerEntry(draw.anyKey()),
                draw -> draw.map.floorKey(draw.anyKey()),
                draw -> draw.map.ceilingEntry(draw.anyKey()),
                draw -> draw.map.higherKey(draw.anyKey()),
                draw -> draw.map.firstEntry(),
                draw -> draw.map.lastEntry(),
                draw -> draw.map.firstKey(),
                draw -> draw.map.lastKey(),
                draw -> draw.map.pollFirstEntry(),
                draw -> draw.map.pollLastEntry(),
                draw -> draw.map.firstEntry().setValue("x"),
                draw -> draw.map.size() + " " + draw.map.isEmpty(),
                draw -> draw.map.toString() + draw.map.hashCode(),
                draw -> draw.map.equals(Map.copyOf(draw.map))
                        && Map.copyOf(draw.map).equals(draw.map),
                draw -> draw.map.entrySet().equals(Set.copyOf(draw.map.entrySet())),
                draw -> order(draw.map.comparator()),
                draw -> {
                    StringBuilder all = new StringBuilder();
                    draw.map.forEach((key, value) -> all.append(key).append(value));
                    return all;
                },
                draw -> {
                    draw.map.replaceAll((key, value) -> value.length() > 4 ? "s" : value + key.length());
                    return null;
                },
                draw -> {
                    draw.map.putAll(Map.of(draw.key(), draw.value()));
                    return null;
                },
                draw -> draw.keySet().contains(draw.anyKey()),
                draw -> draw.keySet().remove(draw.anyKey()),
                draw -> draw.keySet().pollFirst(),
                draw -> draw.keySet().pollLast(),
                draw -> draw.keySet().lower(draw.key()) + draw.keySet().ceiling(draw.key()),
                draw -> draw.keySet().first() + draw.keySet().last(),
                draw -> Arrays.toString(draw.keySet().toArray()),
                draw -> Arrays.toString(draw.keySet().toArray(new String[draw.random.nextInt(20)])),
                draw -> Arrays.toString(draw.map.values().toArray(String[]::new)),
                Draw::subSet,
                draw -> draw.keySet().hashCode() + " " + draw.keySet().equals(Set.copyOf(draw.map.keySet())),
                draw -> draw.keySet().removeAll(draw.keys()),
                draw -> draw.keySet().removeAll(List.copyOf(draw.keys())),
                draw -> draw.keySet().retainAll(Set.copyOf(KEYS.subList(0, draw.random.nextInt(KEYS.size())))),
                draw -> draw.keySet().containsAll(draw.keys()),
                draw -> draw.keySet().removeIf(key -> key.length() > 2),
                draw -> draw.keySet().add("x"),
                draw -> draw.map.values().contains(draw.value()),
                draw -> draw.map.values().remove(draw.value()),
                draw -> draw.map.values().removeAll(Set.of(draw.value())),
                draw -> draw.map.values().removeIf(value -> value.startsWith("1")),
                draw -> draw.map.values().add("x"),
                draw -> draw.map.entrySet().contains(Map.entry(draw.key(), draw.value())),
                draw -> draw.map.entrySet().remove(Map.entry(draw.key(), draw.value())),
                draw -> draw.map.entrySet().removeAll(List.of(Map.entry(draw.key(), draw.value()))),
                draw -> draw.map.entrySet().removeIf(entry -> entry.getValue().length() > 6),
                draw -> removeSome(draw.map.keySet().iterator(), draw.random),
                draw -> removeSome(draw.map.values().iterator(), draw.random),
                draw -> removeSome(draw.keySet().descendingIterator(), draw.random),
                draw -> inParallel(draw, draw.map.entrySet()).findFirst(),
                draw -> inParallel(draw, draw.map.values())
                        .skip(draw.random.nextInt(4))
                        .toList(),
                draw -> inParallel(draw, draw.map.values())
                        .limit(draw.random.nextInt(4))
                        .toList(),
                draw -> inParallel(draw, draw.map.values())
                        .takeWhile(value -> !value.startsWith("2"))
                        .toList(),
                draw -> inParallel(draw, draw.map.entrySet())
                        .map(Object::toString)
                        .collect(Collectors.joining()),
                draw -> inParallel(draw, draw.keySet()).sorted().limit(3).toList(),
                draw -> inParallel(draw, draw.keySet())
                        .sorted(Comparator.reverseOrder())
                        .toList(),
                draw -> inParallel(draw, draw.keySet())
                        .dropWhile(key -> key.length() < 2)
                        .toList(),
                draw -> halves(draw.map.keySet().spliterator(), 3),
                draw -> halves(draw.map.entrySet().spliterator(), 3),
                draw -> draw.keySet().spliterator().hasCharacteristics(Spliterator.SIZED),
                draw -> {
                    if (draw.random.nextInt(30) == 0) {
                        draw.map.clear();
                    }
                    return null;
                });

        static String outcome(ConcurrentNavigableMap<String, String> map, SplittableRandom random) {
            StringBuilder story = new StringBuilder();
            try {
                NavigableMap<String, String> rule = map instanceof DdsTree ? null : new TreeMap<>();
                Draw draw = new Draw(map, rule, random, story);
                for (int depth = random.nextInt(4); depth > 0; depth--) {
                    draw = draw.view();
                }
                int call = random.nextInt(CALLS.size());
                story.append(" call ").append(call);
                return story + ": " + CALLS.get(call).apply(draw);
            } catch (IllegalArgumentException
                    | NoSuchElementException
                    | NullPointerException
                    | IllegalStateException
                    | UnsupportedOperationException e) {
                return story + ": " + e.getClass().getSimpleName();
            }
        }

        /** The skip list's views are not ordered, or not all: a parallel stream of them is no example. */
        private static <T> Stream<T> inParallel(Draw draw, Collection<T> view) {
            return StreamSupport.stream(view.spliterator(), draw.map instanceof DdsTree);
        }

        private static String order(@Nullable Comparator<? super String> comparator) {
            return KEYS.stream()
                    .sorted(comparator == null ? Comparator.naturalOrder() : comparator)
                    .map(TreeDifferentialTest::visible)
                    .toList()
                    .toString();
        }

        private static List<?> removeSome(Iterator<String> all, SplittableRandom random) {
            List<String> seen = new ArrayList<>();
            while (all.hasNext()) {
                seen.add(all.next());
                if (random.nextInt(4) == 0) {
                    all.remove();
                }
            }
            return seen;
        }

        /** All in order, through splits. */
        private static <T> List<T> halves(Spliterator<T> all, int depth) {
            List<T> seen = new ArrayList<>();
            Spliterator<T> first = depth == 0 ? null : all.trySplit();
            if (first != null) {
                seen.addAll(halves(first, depth - 1));
            }
            all.forEachRemaining(seen::add);
            return seen;
        }
    }
}
