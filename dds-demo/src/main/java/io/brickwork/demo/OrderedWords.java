package io.brickwork.demo;

import io.brickwork.btree.DdsTree;
import io.brickwork.btree.Scan;
import io.brickwork.btree.ScanOptions;
import io.brickwork.btree.TreeSpec;
import io.brickwork.cli.Progress;
import io.brickwork.client.Dds;
import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.OrderedCodecs;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import me.tongfei.progressbar.ProgressBar;

/**
 * The words once more, in a tree: loaded in their order, looked at by range, and scanned in both directions against the
 * list that they came from, while the bricks split what has become too large.
 */
final class OrderedWords {
    private static final String TREE = "words";
    private static final String PREFIX = "cluster";
    private static final String WORD = "brick";
    private static final int SHOWN = 6;
    /** When nothing was split for so long, nothing more will be. */
    private static final long QUIET_NANOS = 4_000_000_000L;

    private final List<String> lemmas;
    private final WordNet words;
    private final ToIntFunction<String> partitions;
    private final Consumer<String> say;

    /**
     * @param lemmas in their order
     * @param partitions how many of a structure there are at this moment
     */
    OrderedWords(List<String> lemmas, WordNet words, ToIntFunction<String> partitions, Consumer<String> say) {
        this.lemmas = lemmas;
        this.words = words;
        this.partitions = partitions;
        this.say = say;
    }

    /** True if scans show just what was loaded, in both directions. */
    boolean show(Dds dds, Codec<Edition> values, Durability durability) {
        DdsTree<String, Edition> tree =
                dds.tree(TreeSpec.of(TREE, OrderedCodecs.string(), values).durability(durability));
        long startedNanos = System.nanoTime();
        long loaded = load(tree);
        say.accept("A tree of the same words, loaded in their order into one partition: %,d, %,.0f a second"
                .formatted(loaded, rate(loaded, startedNanos)));
        say.accept("  %s…   %s"
                .formatted(PREFIX, some(tree.prefixMap(PREFIX).scanKeys(ScanOptions.ALL.withLimit(SHOWN)))));
        say.accept("  around '%s'   %s ‹ %s › %s"
                .formatted(WORD, tree.lowerKey(WORD), tree.floorKey(WORD), tree.higherKey(WORD)));
        say.accept("  from a to b %,d, from s to t %,d, in all %,d; the last five %s"
                .formatted(
                        tree.subMap("a", "b").mappingCount(),
                        tree.subMap("s", "t").mappingCount(),
                        tree.mappingCount(),
                        some(tree.descendingMap().scanKeys(ScanOptions.ALL.withLimit(5)))));
        return scanWhileSplit(tree) && loaded == lemmas.size();
    }

    /** Scans, in turn in one direction and in the other, until nothing is split any more. */
    private boolean scanWhileSplit(DdsTree<String, Edition> tree) {
        boolean isRight = true;
        int scans = 0;
        int now = partitions.applyAsInt(TREE);
        long changedNanos = System.nanoTime();
        while (scans < 2 || System.nanoTime() - changedNanos < QUIET_NANOS) {
            boolean isForward = scans++ % 2 == 0;
            int before = now;
            long startedNanos = System.nanoTime();
            boolean isSame = isForward ? scan(tree, lemmas) : scan(tree.descendingMap(), lemmas.reversed());
            double rate = rate(lemmas.size(), startedNanos);
            now = partitions.applyAsInt(TREE);
            if (now != before || scans <= 2 || !isSame) {
                say.accept("  scanned %-8s while %d partitions became %d: %,.0f a second, %s"
                        .formatted(
                                isForward ? "forward" : "backward",
                                before,
                                now,
                                rate,
                                isSame ? "just as in the list" : "NOT as in the list"));
                changedNanos = System.nanoTime();
            }
            isRight &= isSame;
        }
        say.accept("  %d scans in all; %d partitions".formatted(scans, now));
        return isRight;
    }

    private long load(DdsTree<String, Edition> tree) {
        try (ProgressBar bar = Progress.bar("Loading the tree", lemmas.size())) {
            Iterator<Map.Entry<String, Edition>> entries = lemmas.stream()
                    .map(lemma -> {
                        bar.step();
                        return Map.entry(lemma, new Edition(1, words.word(lemma)));
                    })
                    .iterator();
            return tree.load(entries);
        }
    }

    private boolean scan(DdsTree<String, Edition> view, List<String> expected) {
        Iterator<String> next = expected.iterator();
        long scanned = 0;
        boolean isRight = true;
        try (Scan<Map.Entry<String, Edition>> entries = view.scan(ScanOptions.ALL)) {
            while (entries.hasNext()) {
                Map.Entry<String, Edition> entry = entries.next();
                scanned++;
                boolean isSame = next.hasNext()
                        && entry.getKey().equals(next.next())
                        && entry.getValue().word().equals(words.word(entry.getKey()));
                if (isRight && !isSame) {
                    isRight = false;
                    say.accept("  entry %,d of a scan: '%s' stands where the list has another, or means something else"
                            .formatted(scanned, entry.getKey()));
                }
            }
        }
        return isRight && !next.hasNext();
    }

    private static String some(Scan<String> keys) {
        try (keys) {
            return String.join(", ", keys.stream().toList());
        }
    }

    private static double rate(long count, long sinceNanos) {
        return count / ((System.nanoTime() - sinceNanos) / 1e9);
    }
}
