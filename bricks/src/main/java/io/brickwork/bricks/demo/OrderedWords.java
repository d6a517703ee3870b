package io.brickwork.bricks.demo;

import io.brickwork.bricks.cli.Progress;
import io.brickwork.btree.DdsTree;
import io.brickwork.btree.Scan;
import io.brickwork.btree.ScanOptions;
import io.brickwork.btree.TreeSpec;
import io.brickwork.client.Dds;
import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.OrderedCodecs;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;

/** The words once more, in a tree: loaded in their order, looked at by range, and scanned in both directions against the list that they came from. */
final class OrderedWords {
    private static final String TREE = "words";
    private static final String PREFIX = "cluster";
    private static final String WORD = "brick";
    private static final int SHOWN = 6;

    private final List<String> lemmas;
    private final WordNet words;
    private final Consumer<String> say;

    /**
     * @param lemmas in their order
     */
    OrderedWords(List<String> lemmas, WordNet words, Consumer<String> say) {
        this.lemmas = lemmas;
        this.words = words;
        this.say = say;
    }

    /** True if scans show just what was loaded, in both directions. */
    boolean show(Dds dds, Codec<Edition> values, Durability durability) {
        DdsTree<String, Edition> tree = dds.tree(TreeSpec.of(TREE, OrderedCodecs.string(), values)
                .partitionsAt("d", "j", "p", "t")
                .durability(durability));
        long startedNanos = System.nanoTime();
        long loaded = load(tree);
        say.accept("A tree of the same words, divided at d, j, p and t, loaded in their order: %,d, %,.0f a second"
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
        boolean isForwardRight = scan(tree, lemmas, "forward");
        boolean isBackwardRight = scan(tree.descendingMap(), lemmas.reversed(), "backward");
        return loaded == lemmas.size() && isForwardRight && isBackwardRight;
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

    private boolean scan(DdsTree<String, Edition> view, List<String> expected, String direction) {
        long startedNanos = System.nanoTime();
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
                    say.accept(
                            "  scanned %s, entry %,d: '%s' stands where the list has another, or means something else"
                                    .formatted(direction, scanned, entry.getKey()));
                }
            }
        }
        boolean isAll = isRight && !next.hasNext();
        say.accept("  scanned %s: %,d entries, %,.0f a second, %s"
                .formatted(
                        direction,
                        scanned,
                        rate(scanned, startedNanos),
                        isAll ? "just as in the list" : "NOT as in the list"));
        return isAll;
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
