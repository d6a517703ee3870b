package io.brickwork.sim.report;

import io.brickwork.check.Observation;
import io.brickwork.sim.kernel.Recorder;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.SimFailure;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run that failed and was recorded, as its folder and its page show it: of a scenario, or of a user's test.
 *
 * @param title the scenario or the test
 * @param lanes who has a lane on the page
 * @param operations bars on the lanes, by their beginnings
 * @param options everything that the seed has drawn, as text
 * @param history every operation as its caller saw it, as text
 * @param story what happened, in words; empty for scenarios
 */
record FailedRun(
        String title,
        World world,
        Recording recording,
        SimFailure failure,
        List<Lane> lanes,
        List<Bar> operations,
        String options,
        String history,
        List<String> story) {
    /** Somebody to whom things happen, by number. */
    record Lane(int node, String name, Kind kind) {
        enum Kind {
            BRICK,
            CLIENT,
            /** A node that runs code of the user. */
            SERVICE
        }
    }

    /**
     * An operation.
     *
     * @param node of its caller
     * @param toNanos -1 if nothing told its caller how it ended
     * @param isAtFault whether the failure is about it
     */
    record Bar(int node, long fromNanos, long toNanos, String ending, String label, String text, boolean isAtFault) {}

    /** A run of a scenario. */
    static FailedRun of(SimRun run, Recording recording, SimFailure failure) {
        List<Observation> offenders = offenders(run, failure);
        TreeMap<String, Integer> clients = new TreeMap<>();
        run.world().clients().forEach(client -> clients.put(client.name(), client.node()));
        List<Bar> bars = new ArrayList<>();
        StringBuilder history = new StringBuilder(
                "number client [invoked, answered] in virtual seconds, call -> result (epoch, seq)\n");
        for (Observation observation : run.history().all()) {
            boolean isAtFault = offenders.contains(observation);
            bars.add(new Bar(
                    clients.getOrDefault(observation.client(), Recorder.WORLD),
                    observation.invokedNanos(),
                    observation.endedNanos() == Long.MAX_VALUE ? -1 : observation.endedNanos(),
                    observation.ending().name(),
                    observation.call().kind() + " " + observation.call().key(),
                    observation.toString(),
                    isAtFault));
            history.append(isAtFault ? ">>> " : "    ").append(observation).append('\n');
        }
        String options = header("scenario", run.scenario(), run.world())
                + OptionsText.of(run.options())
                + OptionsText.of(run.drawn())
                + "faults that happened: " + run.nemesis().counts() + "\n";
        return new FailedRun(
                run.scenario(),
                run.world(),
                recording,
                failure,
                lanes(run.world(), Map.of()),
                bars,
                options,
                history.toString(),
                List.of());
    }

    /**
     * A run of a user's test.
     *
     * @param services the nodes that ran code of the user, by number
     */
    static FailedRun of(
            String test, World world, Recording recording, SimFailure failure, Map<Integer, String> services) {
        List<Lane> lanes = lanes(world, services);
        Story story = Story.of(recording, failure, lanes, world.queue().nowNanos());
        List<Bar> bars = new ArrayList<>();
        StringBuilder history = new StringBuilder(
                "number service [asked, told] in virtual seconds, call -> answer, and the lines of code that made it\n");
        for (UserCall call : recording.calls()) {
            boolean isAtFault = story.named().contains(call);
            String text = String.format(
                    Locale.ROOT,
                    "#%d %s [%s] %s%s",
                    call.number(),
                    call.thread(),
                    call.times(),
                    call.details(),
                    call.codeLines());
            bars.add(new Bar(
                    call.service(),
                    call.beganNanos(),
                    call.endedNanos(),
                    call.ending().name(),
                    call.request().words(),
                    text,
                    isAtFault));
            history.append(isAtFault ? ">>> " : "    ").append(text).append('\n');
        }
        return new FailedRun(
                test,
                world,
                recording,
                failure,
                lanes,
                bars,
                header("test", test, world) + OptionsText.of(world.options()),
                history.toString(),
                story.lines());
    }

    private static String header(String what, String name, World world) {
        return String.format(
                Locale.ROOT,
                "%s: %s%nseed: 0x%016x%n%s%n",
                what,
                name,
                world.seed(),
                traceLine(world.trace().hash()));
    }

    /** The line of the options that says which run it was. */
    static String traceLine(long hash) {
        return String.format(Locale.ROOT, "trace: %016x", hash);
    }

    private static List<Lane> lanes(World world, Map<Integer, String> services) {
        List<Lane> lanes = new ArrayList<>();
        for (SimBrick brick : world.bricks()) {
            lanes.add(new Lane(brick.node(), brick.name(), Lane.Kind.BRICK));
        }
        for (SimClient client : world.clients()) {
            lanes.add(new Lane(client.node(), client.name(), Lane.Kind.CLIENT));
        }
        new TreeMap<>(services)
                .descendingMap()
                .forEach((number, name) -> lanes.add(new Lane(number, name, Lane.Kind.SERVICE)));
        return lanes;
    }

    /** The operations that the failure names, else those that were open when it came. */
    private static List<Observation> offenders(SimRun run, SimFailure failure) {
        List<Observation> all = run.history().all();
        List<Observation> named =
                all.stream().filter(o -> failure.what().contains(o.toString())).toList();
        return !named.isEmpty() || failure.kind() == SimFailure.Kind.SAFETY
                ? named
                : all.stream()
                        .filter(o -> o.ending() == Observation.Ending.UNKNOWN
                                && o.endedNanos() == Long.MAX_VALUE
                                && failure.kind() == SimFailure.Kind.LIVENESS)
                        .toList();
    }
}
