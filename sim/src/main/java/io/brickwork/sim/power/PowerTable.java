package io.brickwork.sim.power;

import io.brickwork.core.defence.Defence;
import io.brickwork.sim.power.PlantedBug.Found;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How many seeds it took to find each planted bug, over several hunts. One thread. */
public final class PowerTable {
    private final int limit;
    private final EnumMap<Defence, List<@Nullable Found>> hunts = new EnumMap<>(Defence.class);

    /** @param limit of seeds in each hunt */
    public PowerTable(int limit) {
        this.limit = limit;
    }

    /** Takes in a hunt; null for one that found nothing. */
    public void add(Defence missing, @Nullable Found found) {
        hunts.computeIfAbsent(missing, d -> new ArrayList<>()).add(found);
    }

    /** Bugs that some hunt did not find. */
    public List<Defence> missed() {
        return hunts.entrySet().stream()
                .filter(entry -> entry.getValue().contains(null))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** For each bug the run that was found soonest. */
    public Map<Defence, RecordedSeeds.Run> soonest() {
        EnumMap<Defence, RecordedSeeds.Run> runs = new EnumMap<>(Defence.class);
        hunts.forEach((missing, founds) -> {
            Found best = null;
            for (Found found : founds) {
                if (found != null && (best == null || found.seeds() < best.seeds())) {
                    best = found;
                }
            }
            if (best != null) {
                runs.put(missing, new RecordedSeeds.Run(best.scenario(), best.seed()));
            }
        });
        return runs;
    }

    /** In Markdown: for each bug the median and the greatest number of seeds, and what noticed it how often. */
    public String format() {
        StringBuilder text = new StringBuilder("| rule left out | median | most | noticed as |\n|---|--:|--:|---|\n");
        hunts.forEach((missing, founds) -> {
            List<Integer> seeds = new ArrayList<>();
            TreeMap<String, Integer> signatures = new TreeMap<>();
            for (Found found : founds) {
                seeds.add(found == null ? Integer.MAX_VALUE : found.seeds());
                signatures.merge(found == null ? "nothing" : shortened(found.signature()), 1, Integer::sum);
            }
            seeds.sort(null);
            List<String> noticed = new ArrayList<>();
            signatures.forEach((signature, times) -> noticed.add(signature + " ×" + times));
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %s | %s |%n",
                    missing,
                    number(seeds.get((seeds.size() - 1) / 2)),
                    number(seeds.getLast()),
                    String.join("; ", noticed)));
        });
        return text.toString();
    }

    private String number(int seeds) {
        return seeds == Integer.MAX_VALUE ? "> " + limit : String.valueOf(seeds);
    }

    /** A crash is named by the invariant; a table has no room for its text. */
    private static String shortened(String signature) {
        String plain = signature
                .replace("crash never-crashes: io.brickwork.core.Check$InvariantBroken: ", "crash: ")
                .replace('|', '/');
        return plain.length() <= 70 ? plain : plain.substring(0, 69) + "…";
    }
}
