package io.brickwork.sim.cli;

import io.brickwork.sim.scenario.Scenario;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Scenarios by name; a name that is wrong is answered with the nearest right one. */
final class ScenarioConverter implements ITypeConverter<Scenario> {
    private final List<Scenario> scenarios;

    ScenarioConverter(List<Scenario> scenarios) {
        this.scenarios = scenarios;
    }

    @Override
    public Scenario convert(String name) {
        for (Scenario scenario : scenarios) {
            if (scenario.name().equals(name)) {
                return scenario;
            }
        }
        String nearest = scenarios.stream()
                .map(Scenario::name)
                .min(Comparator.comparingInt(right -> distance(name, right)))
                .orElse("none");
        throw new TypeConversionException(
                "there is no scenario '" + name + "'; did you mean '" + nearest + "'? './dds sim list' shows them all");
    }

    /** How many letters must be added, dropped or changed (Levenshtein 1966). */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
