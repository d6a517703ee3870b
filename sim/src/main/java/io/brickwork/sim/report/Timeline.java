package io.brickwork.sim.report;

import com.google.gson.Gson;
import io.brickwork.core.effect.Event;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.sim.world.FaultOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A page that shows a run: nodes as lanes, messages as arrows, faults as bands, operations as bars, and the ones at
 * fault marked. One file, which needs nothing else and asks no network.
 */
final class Timeline {
    private static final int TEXT_CHARS = 700;
    private static final String PLACE = "\"@DATA@\"";

    private Timeline() {}

    /**
     * What the page's script reads. Times are virtual nanoseconds; nodes are indexes into {@code nodes}, -1 is the
     * world.
     */
    private record Data(
            String title,
            String seed,
            String block,
            String kind,
            List<String> story,
            long endNanos,
            long omitted,
            List<Node> nodes,
            List<Object[]> messages,
            List<Object[]> bands,
            List<Object[]> marks,
            List<Object[]> operations) {}

    private record Node(String name, String kind) {}

    /** The page for a failed run. */
    static String page(FailedRun run) {
        // The escapes that Gson makes for HTML keep a value from ending the script.
        return template().replace(PLACE, new Gson().toJson(data(run)));
    }

    private static Data data(FailedRun run) {
        Recording recording = run.recording();
        TreeMap<Integer, Integer> index = new TreeMap<>();
        List<Node> nodes = new ArrayList<>();
        for (FailedRun.Lane lane : run.lanes()) {
            index.put(lane.node(), nodes.size());
            nodes.add(new Node(lane.name(), lane.kind().name().toLowerCase(Locale.ROOT)));
        }
        List<Object[]> messages = new ArrayList<>();
        for (Recording.Flight flight : recording.flights()) {
            messages.add(new Object[] {
                index.get(flight.from),
                index.get(flight.to),
                flight.sentNanos,
                flight.arrivedNanos,
                text(flight.message.toString()),
                isHeartbeat(flight.message) ? 1 : 0
            });
        }
        List<Object[]> bands = new ArrayList<>();
        for (Recording.Band band : recording.bands()) {
            bands.add(new Object[] {
                index.get(band.node()),
                band.what(),
                index.getOrDefault(band.peer(), -1),
                band.fromNanos(),
                band.toNanos()
            });
        }
        List<Object[]> marks = new ArrayList<>();
        for (Recording.Mark mark : recording.marks()) {
            marks.add(new Object[] {
                index.getOrDefault(mark.node(), -1), mark.nanos(), kind(mark.what()), words(mark.what())
            });
        }
        List<Object[]> operations = new ArrayList<>();
        for (FailedRun.Bar bar : run.operations()) {
            operations.add(new Object[] {
                index.getOrDefault(bar.node(), -1),
                bar.fromNanos(),
                bar.toNanos(),
                bar.ending(),
                text(bar.text()),
                bar.isAtFault() ? 1 : 0,
                text(bar.label())
            });
        }
        return new Data(
                run.title(),
                String.format(Locale.ROOT, "0x%016x", run.world().seed()),
                run.failure().block(),
                run.failure().kind().toString(),
                run.story(),
                run.world().queue().nowNanos(),
                recording.omitted(),
                nodes,
                messages,
                bands,
                marks,
                operations);
    }

    /** Whether it only says that somebody is there: there are so many of these that they hide the rest. */
    private static boolean isHeartbeat(Object message) {
        return message instanceof LeaseMessage
                || message instanceof LinkMessage
                || message instanceof PaxosMessage.Heartbeat
                || message instanceof PaxosMessage.HeartbeatAnswer
                || message instanceof CallMessage.KeepSession;
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
                ? "fault " + strike.number() + " " + strike.fault() + ": "
                        + FaultOptions.Fault.valueOf(strike.fault()).description()
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
