package io.brickwork.sim.report;

import com.google.gson.Gson;
import io.brickwork.check.Observation;
import io.brickwork.core.effect.Event;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.SimFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A page that shows a run: nodes as lanes, messages as arrows, faults as bands, operations as bars, and the ones at fault marked. One file, which needs nothing else and asks no
 * network.
 */
final class Timeline {
    private static final int TEXT_CHARS = 400;
    private static final String PLACE = "\"@DATA@\"";

    private Timeline() {}

    /** What the page's script reads. Times are virtual nanoseconds; nodes are indexes into {@code nodes}, -1 is the world. */
    private record Data(
            String scenario,
            String seed,
            String block,
            String kind,
            long endNanos,
            long omitted,
            List<Node> nodes,
            List<Object[]> messages,
            List<Object[]> bands,
            List<Object[]> marks,
            List<Object[]> operations) {}

    private record Node(String name, boolean isBrick) {}

    /** The page for a failed run. */
    static String page(SimRun run, Recording recording, SimFailure failure) {
        // The escapes that Gson makes for HTML keep a value from ending the script.
        return template().replace(PLACE, new Gson().toJson(data(run, recording, failure)));
    }

    private static Data data(SimRun run, Recording recording, SimFailure failure) {
        TreeMap<Integer, Node> byNumber = new TreeMap<>();
        TreeMap<String, Integer> clients = new TreeMap<>();
        for (SimBrick brick : run.world().bricks()) {
            byNumber.put(brick.node(), new Node(brick.name(), true));
        }
        for (SimClient client : run.world().clients()) {
            byNumber.put(client.node(), new Node(client.name(), false));
            clients.put(client.name(), client.node());
        }
        List<Object[]> messages = new ArrayList<>();
        for (Recording.Flight flight : recording.flights()) {
            messages.add(new Object[] {
                flight.from, flight.to, flight.sentNanos, flight.arrivedNanos, text(flight.message.toString())
            });
        }
        List<Object[]> bands = new ArrayList<>();
        for (Recording.Band band : recording.bands()) {
            bands.add(new Object[] {band.node(), band.what(), band.peer(), band.fromNanos(), band.toNanos()});
        }
        List<Object[]> marks = new ArrayList<>();
        for (Recording.Mark mark : recording.marks()) {
            marks.add(new Object[] {mark.node(), mark.nanos(), kind(mark.what()), words(mark.what())});
        }
        List<Object[]> operations = new ArrayList<>();
        List<Observation> offenders = offenders(run, failure);
        for (Observation observation : run.history().all()) {
            operations.add(new Object[] {
                clients.getOrDefault(observation.client(), -1),
                observation.invokedNanos(),
                observation.endedNanos() == Long.MAX_VALUE ? -1 : observation.endedNanos(),
                observation.ending().name(),
                text(observation.toString()),
                offenders.contains(observation) ? 1 : 0,
                observation.call().kind() + " " + observation.call().key()
            });
        }
        return new Data(
                run.scenario(),
                String.format(Locale.ROOT, "0x%016x", run.world().seed()),
                failure.block(),
                failure.kind().toString(),
                run.world().queue().nowNanos(),
                recording.omitted(),
                List.copyOf(byNumber.values()),
                messages,
                bands,
                marks,
                operations);
    }

    /** The operations that the failure names, else those that were open when it came. */
    static List<Observation> offenders(SimRun run, SimFailure failure) {
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

    private static String kind(Object what) {
        return switch (what) {
            case Event.EntryCommitted committed -> "commit";
            case Event.ViewOpened opened -> "view";
            case Event.Fenced fenced -> "fence";
            case Event.LevelChosen chosen -> "level";
            case Event.WasCut cut -> "cut";
            case Event other -> "event";
            case Recording.Strike strike -> "fault";
            default -> "note";
        };
    }

    private static String words(Object what) {
        return what instanceof Recording.Strike strike
                ? "fault " + strike.number() + " " + strike.fault()
                : text(what.toString());
    }

    private static String text(String text) {
        return text.length() <= TEXT_CHARS ? text : text.substring(0, TEXT_CHARS) + "…";
    }

    private static String template() {
        try (InputStream in = Timeline.class.getResourceAsStream("timeline.html")) {
            if (in == null) {
                throw new IllegalStateException("timeline.html is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException("timeline.html cannot be read", failure);
        }
    }
}
