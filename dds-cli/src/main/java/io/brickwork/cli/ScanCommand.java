package io.brickwork.cli;

import io.brickwork.btree.DdsTree;
import io.brickwork.btree.Scan;
import io.brickwork.btree.ScanOptions;
import io.brickwork.client.Dds;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a range of a tree. */
@Command(
        name = "scan",
        description = "Print the entries of a tree in the order of their keys.",
        sortOptions = false,
        footer = {
            "",
            "Keys stand in the order of their Unicode code points. The entries are streamed: however many there are,",
            "only two pages of them are held at a time."
        })
final class ScanCommand implements Callable<Integer> {
    @Option(names = "--from", paramLabel = "KEY", description = "Begin at this key, or the next. (default: the first)")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "KEY", description = "End before this key. (default: after the last)")
    private @Nullable String to;

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only keys that begin with this.")
    private @Nullable String prefix;

    @Option(names = "--limit", paramLabel = "N", description = "End after so many entries.")
    private @Nullable Long limit;

    @Option(names = "--reverse", description = "From the last to the first.")
    private boolean reverse;

    @Option(names = "--keys", description = "Only the keys; values are not even sent.")
    private boolean keysOnly;

    @Option(names = "--count", description = "Only how many there are.")
    private boolean countOnly;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "tsv, csv or jsonl. (default: tsv)",
            defaultValue = "tsv")
    private EntryFormat format;

    @Mixin
    private TargetOptions target;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (limit != null) {
            OptionRange.atLeast(spec, "--limit", limit, 0);
        }
        Output out = new Output(spec);
        try (Dds dds = target.open(false)) {
            DdsTree<String, String> view = view(target.existingTree(dds));
            ScanOptions how = limit == null ? ScanOptions.ALL : ScanOptions.ALL.withLimit(limit);
            if (countOnly) {
                out.print(
                        "%,d%n".formatted(limit == null ? view.mappingCount() : Math.min(limit, view.mappingCount())));
            } else if (keysOnly) {
                try (Scan<String> keys = view.scanKeys(how)) {
                    keys.forEachRemaining(key -> out.print(key + "\n"));
                }
            } else {
                try (Scan<Map.Entry<String, String>> entries = view.scan(how)) {
                    if (entries.hasNext()) {
                        Map.Entry<String, String> first = entries.next();
                        out.print(format.writeFirst(first.getKey(), first.getValue()));
                    }
                    entries.forEachRemaining(entry -> out.print(format.write(entry.getKey(), entry.getValue())));
                }
            }
            out.end();
            return 0;
        }
    }

    private DdsTree<String, String> view(DdsTree<String, String> tree) {
        DdsTree<String, String> view = tree;
        try {
            if (from != null && to != null) {
                view = view.subMap(from, to);
            } else if (from != null) {
                view = view.tailMap(from);
            } else if (to != null) {
                view = view.headMap(to);
            }
        } catch (IllegalArgumentException inverted) {
            throw new CommandFailed(
                    "--from '%s' comes after --to '%s'; with --reverse, too, --from is the lower end"
                            .formatted(from, to),
                    inverted);
        }
        if (prefix != null) {
            view = view.prefixMap(prefix);
        }
        return reverse ? view.descendingMap() : view;
    }
}
