package io.brickwork.sim.power;

import io.brickwork.core.defence.Defence;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * For each planted bug one run that shows it, kept with the sources. A change of the world or of its mix makes other
 * runs of all seeds, and the file is then written anew, by {@code ./dds sim power --record}.
 */
public final class RecordedSeeds {
    /** Where they are kept, as a resource. */
    public static final String RESOURCE = "power-seeds.txt";

    private RecordedSeeds() {}

    /** A run. */
    public record Run(String scenario, long seed) {}

    /** Reads what is kept; bugs that nobody has recorded are missing. */
    public static Map<Defence, Run> read() {
        EnumMap<Defence, Run> runs = new EnumMap<>(Defence.class);
        try (InputStream in = RecordedSeeds.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + RESOURCE + " is missing");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.split(" +", -1);
                    if (parts.length != 3) {
                        throw new IllegalStateException(RESOURCE + ": '" + line + "' is not 'RULE scenario seed'");
                    }
                    runs.put(Defence.valueOf(parts[0]), new Run(parts[1], Long.parseUnsignedLong(parts[2])));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return runs;
    }

    /** What the file says for these runs. */
    public static String format(Map<Defence, Run> runs) {
        StringBuilder text = new StringBuilder(
                "# For each rule that can be left out, a run that fails without it. Written by ./dds sim power --record.\n");
        new EnumMap<>(runs)
                .forEach((defence, run) -> text.append(String.format(
                        Locale.ROOT, "%s %s %s%n", defence, run.scenario(), Long.toUnsignedString(run.seed()))));
        return text.toString();
    }
}
