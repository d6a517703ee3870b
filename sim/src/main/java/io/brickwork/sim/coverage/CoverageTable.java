package io.brickwork.sim.coverage;

import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * In how many runs of each scenario each rule made a difference, each situation came up, and each kind of harm was
 * done. One thread at a time.
 *
 * <p>A rule that is never asked for is not tested by these runs: its lack could not be noticed.
 */
public final class CoverageTable {
    /** What is counted: rules, situations and kinds of harm, in this order. */
    public enum Kind {
        RULE,
        SITUATION,
        HARM
    }

    private record Row(Kind kind, String name, TreeMap<String, Long> runsByScenario, long[] hits) {
        long runs() {
            return runsByScenario.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private final LinkedHashMap<String, Row> rows = new LinkedHashMap<>();
    private final TreeSet<String> scenarios = new TreeSet<>();
    private long runs;

    public CoverageTable() {
        for (Defence rule : Defence.values()) {
            begin(Kind.RULE, rule.name());
        }
        for (Situation situation : Situation.values()) {
            begin(Kind.SITUATION, situation.name());
        }
        for (Harm harm : Harm.values()) {
            begin(Kind.HARM, harm.name());
        }
    }

    private void begin(Kind kind, String name) {
        rows.put(name, new Row(kind, name, new TreeMap<>(), new long[1]));
    }

    /** Takes in what a run did; its world is over. */
    public void add(String scenario, World world) {
        scenarios.add(scenario);
        runs++;
        for (Defence rule : Defence.values()) {
            // That one is kept by the world's disks, which are asked once for all.
            long hits = rule == Defence.HALT_ON_FAILED_SYNC
                    ? world.harms().of(Harm.SYNC_FAILED)
                    : world.coverage().of(rule);
            add(scenario, rule.name(), hits);
        }
        for (Situation situation : Situation.values()) {
            add(scenario, situation.name(), world.coverage().of(situation));
        }
        for (Harm harm : Harm.values()) {
            add(scenario, harm.name(), world.harms().of(harm));
        }
    }

    private void add(String scenario, String name, long hits) {
        Row row = rows.get(name);
        if (row != null && hits > 0) {
            row.runsByScenario.merge(scenario, 1L, Long::sum);
            row.hits[0] += hits;
        }
    }

    /** How many runs there were. */
    public long runs() {
        return runs;
    }

    /** What came up in no run. */
    public List<String> never() {
        return rows.values().stream()
                .filter(row -> row.runs() == 0)
                .map(Row::name)
                .toList();
    }

    /** What came up, with the number of runs in which it did. */
    public Map<String, Long> seen() {
        TreeMap<String, Long> seen = new TreeMap<>();
        rows.values().stream().filter(row -> row.runs() > 0).forEach(row -> seen.put(row.name(), row.runs()));
        return seen;
    }

    /**
     * In Markdown: for each kind the rarest first; runs in which it came up by scenario, in all, and how often in all.
     */
    public String format() {
        StringBuilder text = new StringBuilder();
        for (Kind kind : Kind.values()) {
            text.append("| ").append(kind.name().toLowerCase(Locale.ROOT));
            scenarios.forEach(scenario -> text.append(" | ").append(scenario));
            text.append(" | runs of ").append(runs).append(" | times |\n|---");
            text.append("|--:".repeat(scenarios.size() + 2)).append("|\n");
            List<Row> sorted = new ArrayList<>(
                    rows.values().stream().filter(row -> row.kind == kind).toList());
            sorted.sort(Comparator.comparingLong(Row::runs).thenComparing(Row::name));
            for (Row row : sorted) {
                text.append("| `").append(row.name).append('`');
                scenarios.forEach(scenario -> text.append(" | ").append(row.runsByScenario.getOrDefault(scenario, 0L)));
                text.append(" | ")
                        .append(row.runs())
                        .append(" | ")
                        .append(row.hits[0])
                        .append(" |\n");
            }
            text.append('\n');
        }
        return text.toString();
    }
}
