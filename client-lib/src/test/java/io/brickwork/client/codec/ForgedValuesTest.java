package io.brickwork.client.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.brickwork.core.Bytes;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.codec.Codec;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Bytes that no codec wrote are malformed or an object: nothing else is thrown, and no memory taken that they do not
 * pay for.
 */
class ForgedValuesTest {
    private static final int ROUNDS = Integer.getInteger("forged.rounds", 5_000);
    private static final long SEED = Long.getLong("forged.seed", 5);
    /** What one decoding may allocate beside what it makes of its bytes: an instance of Kryo, and traces. */
    private static final long ALLOWED_BYTES = 16 << 20;

    static class Cell {
        Object content;
        Object other;
        int number = 5;
        List<String> names = List.of("a", "b");
    }

    record Pair(Object left, Cell right, Map<String, List<Integer>> map) {}

    private final CodecRegistry registry = CodecRegistry.builder()
            .register(Cell.class, 100)
            .register(Pair.class, 101)
            .register(DayOfWeek.class, 102)
            .register(int[][].class, 103)
            .register(Pair[].class, 104)
            .build();

    @Test
    void mangledValuesAreMalformedOrObjects() {
        Codec<Cell> codec = registry.codecFor(Cell.class);
        List<byte[]> seeds = seeds(codec);
        SplittableRandom random = new SplittableRandom(SEED);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mangled(seeds, random);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                codec.decode(Bytes.wrap(bytes));
            } catch (MalformedException e) {
                refused++;
            } catch (Throwable t) {
                throw new AssertionError("round %d of seed %d: %s".formatted(round, SEED, Bytes.wrap(bytes)), t);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("allocated in round %d of seed %d for %s", round, SEED, Bytes.wrap(bytes))
                    .isLessThan(ALLOWED_BYTES);
        }
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS);
        for (byte[] seed : seeds) {
            codec.decode(Bytes.wrap(seed)); // none of it did harm
        }
    }

    @Test
    void lengthsThatAreNotTrueAreRefused() {
        Codec<Cell> codec = registry.codecFor(Cell.class);
        for (byte[] seed : seeds(codec)) {
            for (int at = 0; at + 5 <= seed.length; at++) {
                for (int last : List.of(0x07, 0x0f, 0x7f)) {
                    byte[] forged = seed.clone();
                    Arrays.fill(forged, at, at + 4, (byte) 0xff);
                    forged[at + 4] = (byte) last;
                    try {
                        codec.decode(Bytes.wrap(forged));
                    } catch (MalformedException e) {
                        assertThat(e).hasMessageNotContaining("OutOfMemory");
                    }
                }
            }
        }
    }

    private static byte[] mangled(List<byte[]> seeds, SplittableRandom random) {
        byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
        int kind = random.nextInt(4);
        if (kind == 0) {
            byte[] other = seeds.get(random.nextInt(seeds.size()));
            int from = random.nextInt(other.length);
            int length = random.nextInt(other.length - from);
            int to = random.nextInt(bytes.length);
            byte[] spliced = new byte[to + length + bytes.length - to];
            System.arraycopy(bytes, 0, spliced, 0, to);
            System.arraycopy(other, from, spliced, to, length);
            System.arraycopy(bytes, to, spliced, to + length, bytes.length - to);
            bytes = spliced;
        }
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = switch (random.nextInt(4)) {
                case 0 -> (byte) random.nextInt();
                case 1 -> (byte) (bytes[at] + 1);
                case 2 -> (byte) 0xff;
                default -> (byte) random.nextInt(2, 110); // the number of a class, perhaps
            };
        }
        return kind == 1 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }

    private List<byte[]> seeds(Codec<Cell> codec) {
        List<byte[]> seeds = new ArrayList<>();
        Cell nested = new Cell();
        nested.content = 7;
        for (Object content : Arrays.asList(
                null,
                "text \u20ac",
                List.of(1, "x", 2L),
                new ArrayDeque<>(List.of(nested, nested)),
                new LinkedHashMap<>(Map.of("k", new Pair(1, nested, Map.of("a", List.of(1))))),
                new TreeMap<>(Map.of(1, "x")),
                new TreeSet<>(Comparator.reverseOrder()),
                EnumSet.allOf(DayOfWeek.class),
                new EnumMap<>(Map.of(DayOfWeek.MONDAY, 1)),
                new Object[] {1, "x", new int[] {1, 2}},
                new int[][] {{1}, {2, 3}},
                new Pair[] {new Pair(null, null, null)},
                new ConcurrentHashMap<>(Map.of("k", 1)),
                new LinkedBlockingQueue<>(List.of(1)),
                new PriorityQueue<>(List.of(2, 1)),
                Collections.nCopies(5, "x"),
                Collections.unmodifiableMap(Map.of("k", 1)),
                Optional.of(new AtomicReference<>("x")),
                BitSet.valueOf(new long[] {5, 6}),
                List.of(YearMonth.of(2024, 1), Instant.EPOCH, Locale.forLanguageTag("zh-Hant-TW"), URI.create("a:b")),
                ZonedDateTime.of(2024, 10, 27, 2, 30, 0, 0, ZoneId.of("Europe/Paris"))
                        .withLaterOffsetAtOverlap(),
                Pattern.compile("a*"))) {
            Cell cell = new Cell();
            cell.content = content;
            cell.other = List.of("y");
            seeds.add(codec.encode(cell).toArray());
            seeds.add(codec.forKeys().encode(cell).toArray());
        }
        return seeds;
    }
}
