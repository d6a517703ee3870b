package io.brickwork.cli;

import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Subcommands of other modules. Those on the class path are added; those that are not stand in the list of commands all
 * the same, because the launcher finds their modules.
 */
final class Elsewhere {
    private record Place(String name, String description) {}

    private static final List<Place> PLACES = List.of(
            new Place(
                    "demo",
                    "Load WordNet into three bricks under crashes, and check every entry (see ./dds demo --help)."),
            new Place("bench", "Measure bricks, each figure beside its floor (see ./dds bench --help)."),
            new Place("sim", "Run whole clusters in virtual time, under faults, checked (see ./dds sim --help)."),
            new Place(
                    "torture",
                    "Run brick and client processes under real faults, checked (see ./dds torture --help)."));

    private Elsewhere() {}

    static void addTo(CommandLine dds) {
        ServiceLoader.load(Subcommand.class, Subcommand.class.getClassLoader()).forEach(dds::addSubcommand);
        for (Place place : PLACES) {
            if (!dds.getSubcommands().containsKey(place.name())) {
                CommandLine absent = new CommandLine(new Absent());
                absent.getCommandSpec().usageMessage().description(place.description());
                dds.addSubcommand(place.name(), absent);
            }
        }
    }

    /** Says how to start it. */
    @Command
    private static final class Absent implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            String name = spec == null ? "COMMAND" : spec.name();
            throw new CommandFailed("'%s' is a program of its own: start it with './dds %s'".formatted(name, name));
        }
    }
}
