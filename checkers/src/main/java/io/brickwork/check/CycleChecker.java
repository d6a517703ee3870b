package io.brickwork.check;

import io.brickwork.check.TransactionHistory.Append;
import io.brickwork.check.TransactionHistory.Ending;
import io.brickwork.check.TransactionHistory.Read;
import io.brickwork.check.TransactionHistory.Step;
import io.brickwork.check.TransactionHistory.Transaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Strict serializability of transactions on lists: all of them could have been done one after the other, each between
 * its beginning and its end.
 *
 * <p>What was read tells the order in which values were appended to each list, and so who wrote before whom (ww), who
 * read what whom had written (wr), and who read what was there before another wrote (rw); who ended before another
 * began is known from the clock (rt). There is a serial order if, and only if, these have no cycle. A cycle is named
 * after the edges that it needs, by Adya's names: G0 (writes alone), G1c (writes and reads), G-single (one
 * anti-dependency: read skew, lost update), G2 (several: write skew), each with "-realtime" if it takes the clock.
 * Besides: G1a (a read of what was aborted), G1b (of what was not yet finished), values that are there twice, and lists
 * that grew in two ways.
 *
 * <p>Sound: whatever it names is wrong. Complete as far as values were read: what nobody read has no order.
 *
 * <p>Source: Kingsbury and Alvaro 2020 (Elle); Adya 1999.
 */
public final class CycleChecker {
    /** Why one transaction comes before another. */
    private enum Why {
        WW,
        WR,
        RW,
        RT
    }

    private record Edge(int from, int to, Why why, String key, String text) {}

    private final List<Transaction> all;
    private final List<Finding> findings = new ArrayList<>();
    /** Who appended each value. */
    private final TreeMap<String, Transaction> writers = new TreeMap<>();
    /** Each list as long as anybody saw it. */
    private final TreeMap<String, List<String>> longest = new TreeMap<>();

    private final TreeMap<Integer, List<Edge>> edges = new TreeMap<>();

    private CycleChecker(List<Transaction> all) {
        this.all = all;
    }

    /** Everything that is wrong; empty if there is a serial order. */
    public static List<Finding> check(TransactionHistory history) {
        CycleChecker checker = new CycleChecker(history.transactions());
        checker.run();
        return checker.findings;
    }

    private void run() {
        for (Transaction one : all) {
            for (Step step : one.steps()) {
                if (step instanceof Append append) {
                    writers.put(append.value(), one);
                }
            }
        }
        for (Transaction one : all) {
            if (one.ending() == Ending.COMMITTED) {
                checkReads(one);
            }
        }
        if (findings.isEmpty()) {
            connect();
            findCycle();
        }
    }

    // ---- single reads

    private void checkReads(Transaction reader) {
        TreeMap<String, List<String>> own = new TreeMap<>();
        for (Step step : reader.steps()) {
            switch (step) {
                case Append append ->
                    own.computeIfAbsent(append.key(), key -> new ArrayList<>()).add(append.value());
                case Read read -> checkRead(reader, read, own.getOrDefault(read.key(), List.of()));
            }
        }
    }

    private void checkRead(Transaction reader, Read read, List<String> own) {
        List<String> values = read.values();
        if (new TreeSet<>(values).size() != values.size()) {
            find("duplicate", "%s: a value is there twice", read, reader);
        }
        if (values.size() < own.size()
                || !values.subList(values.size() - own.size(), values.size()).equals(own)) {
            find("internal", "%s: it does not end with what the transaction itself had appended, " + own, read, reader);
        }
        for (String value : values) {
            Transaction writer = writers.get(value);
            if (writer == null) {
                find("garbage", "%s: nobody ever appended " + value, read, reader);
            } else if (writer.ending() == Ending.ABORTED) {
                find("G1a", "%s: " + value + " was appended by " + writer + ", which was aborted", read, reader);
            }
        }
        checkWhole(reader, read);
        List<String> before = longest.getOrDefault(read.key(), List.of());
        List<String> shorter = before.size() <= values.size() ? before : values;
        List<String> longer = before.size() <= values.size() ? values : before;
        if (!longer.subList(0, shorter.size()).equals(shorter)) {
            find("incompatible-order", "%s: another transaction read " + before, read, reader);
        }
        longest.put(read.key(), longer);
    }

    /** What a transaction appends is there whole. */
    private void checkWhole(Transaction reader, Read read) {
        if (read.values().isEmpty()) {
            return;
        }
        Transaction writer = writers.get(read.values().getLast());
        if (writer == null || writer.number() == reader.number()) {
            return;
        }
        for (Step step : writer.steps()) {
            if (step instanceof Append append
                    && append.key().equals(read.key())
                    && !read.values().contains(append.value())) {
                find("G1b", "%s: " + writer + " had not appended " + append.value() + " yet", read, reader);
            }
        }
    }

    private void find(String anomaly, String text, Read read, Transaction reader) {
        findings.add(new Finding("serializable", anomaly + ": " + text.formatted(reader + " read " + read)));
    }

    // ---- who comes before whom

    private boolean counts(Transaction one) {
        return one.ending() == Ending.COMMITTED
                || (one.ending() == Ending.UNKNOWN
                        && one.steps().stream()
                                .anyMatch(step -> step instanceof Append append
                                        && longest.getOrDefault(append.key(), List.of())
                                                .contains(append.value())));
    }

    private void connect() {
        longest.forEach((key, values) -> {
            for (int i = 1; i < values.size(); i++) {
                Transaction first = writer(values.get(i - 1));
                Transaction second = writer(values.get(i));
                add(
                        first,
                        second,
                        Why.WW,
                        key,
                        values.get(i) + " was appended to " + key + " behind " + values.get(i - 1));
            }
        });
        for (Transaction one : all) {
            if (one.ending() == Ending.COMMITTED) {
                TreeSet<String> appended = new TreeSet<>();
                for (Step step : one.steps()) {
                    if (step instanceof Read read && !appended.contains(read.key())) {
                        connect(one, read);
                    } else if (step instanceof Append append) {
                        appended.add(append.key());
                    }
                }
            }
        }
        connectByTime();
    }

    private void connect(Transaction reader, Read read) {
        List<String> values = read.values();
        if (!values.isEmpty()) {
            add(
                    writer(values.getLast()),
                    reader,
                    Why.WR,
                    read.key(),
                    values.getLast() + " was read from " + read.key());
        }
        List<String> all = longest.getOrDefault(read.key(), List.of());
        if (all.size() > values.size()) {
            String next = all.get(values.size());
            add(reader, writer(next), Why.RW, read.key(), read.key() + " was read without " + next);
        }
    }

    private Transaction writer(String value) {
        Transaction writer = writers.get(value);
        if (writer == null) {
            throw new IllegalStateException("nobody appended " + value);
        }
        return writer;
    }

    /** Each is joined to those that ended last before it began: what ended earlier still is before one of them. */
    private void connectByTime() {
        List<Transaction> byEnd = all.stream()
                .filter(one -> one.ending() == Ending.COMMITTED)
                .sorted(Comparator.comparingLong(Transaction::endedAt))
                .toList();
        List<Transaction> byBegin = all.stream()
                .filter(this::counts)
                .sorted(Comparator.comparingLong(Transaction::invokedAt))
                .toList();
        List<Transaction> latest = new ArrayList<>();
        int ended = 0;
        for (Transaction one : byBegin) {
            while (ended < byEnd.size() && byEnd.get(ended).endedAt() < one.invokedAt()) {
                Transaction before = byEnd.get(ended++);
                latest.removeIf(earlier -> earlier.endedAt() < before.invokedAt());
                latest.add(before);
            }
            for (Transaction before : latest) {
                add(before, one, Why.RT, "", "it ended before the other began");
            }
        }
    }

    private void add(Transaction from, Transaction to, Why why, String key, String text) {
        if (from.number() != to.number() && counts(from) && counts(to)) {
            edges.computeIfAbsent(from.number(), number -> new ArrayList<>())
                    .add(new Edge(from.number(), to.number(), why, key, text));
        }
    }

    // ---- cycles

    private void findCycle() {
        record Search(String name, Set<Why> of, Set<Why> once) {}
        Set<Why> none = EnumSet.noneOf(Why.class);
        List<Search> searches = List.of(
                new Search("G0", EnumSet.of(Why.WW), none),
                new Search("G1c", EnumSet.of(Why.WW, Why.WR), none),
                new Search("G-single", EnumSet.of(Why.WW, Why.WR), EnumSet.of(Why.RW)),
                new Search("G2", EnumSet.of(Why.WW, Why.WR, Why.RW), none),
                new Search("G0-realtime", EnumSet.of(Why.WW, Why.RT), none),
                new Search("G1c-realtime", EnumSet.of(Why.WW, Why.WR, Why.RT), none),
                new Search("G-single-realtime", EnumSet.of(Why.WW, Why.WR, Why.RT), EnumSet.of(Why.RW)),
                new Search("G2-realtime", EnumSet.allOf(Why.class), none));
        for (Search search : searches) {
            List<Edge> cycle = shortest(search.of, search.once);
            if (cycle != null) {
                findings.add(new Finding("serializable", name(search.name, cycle) + ": " + sentence(cycle)));
                return;
            }
        }
    }

    /** The shortest cycle of these edges, which takes one of the others if there are any. */
    private @Nullable List<Edge> shortest(Set<Why> of, Set<Why> once) {
        List<Edge> best = null;
        for (List<Edge> from : edges.values()) {
            for (Edge first : from) {
                if ((once.isEmpty() ? of : once).contains(first.why)) {
                    List<Edge> back =
                            path(first.to, first.from, of, best == null ? Integer.MAX_VALUE : best.size() - 2);
                    if (back != null) {
                        List<Edge> cycle = new ArrayList<>(List.of(first));
                        cycle.addAll(back);
                        best = cycle;
                    }
                }
            }
            if (best != null && best.size() == 2) {
                return best;
            }
        }
        return best;
    }

    private @Nullable List<Edge> path(int from, int to, Set<Why> of, int atMost) {
        TreeMap<Integer, Edge> reachedBy = new TreeMap<>();
        ArrayDeque<Integer> frontier = new ArrayDeque<>(List.of(from));
        for (int length = 0; !frontier.isEmpty() && length < atMost; length++) {
            ArrayDeque<Integer> next = new ArrayDeque<>();
            for (int at : frontier) {
                for (Edge edge : edges.getOrDefault(at, List.of())) {
                    if (of.contains(edge.why) && edge.to != from && reachedBy.putIfAbsent(edge.to, edge) == null) {
                        next.add(edge.to);
                        if (edge.to == to) {
                            return backtrack(reachedBy, from, to);
                        }
                    }
                }
            }
            frontier = next;
        }
        return null;
    }

    private static List<Edge> backtrack(TreeMap<Integer, Edge> reachedBy, int from, int to) {
        List<Edge> path = new ArrayList<>();
        for (int at = to; at != from; ) {
            Edge edge = reachedBy.get(at);
            if (edge == null) {
                throw new IllegalStateException("no way back to " + from);
            }
            path.addFirst(edge);
            at = edge.from;
        }
        return path;
    }

    private static String name(String name, List<Edge> cycle) {
        Set<Why> whys = cycle.stream().map(Edge::why).collect(Collectors.toCollection(() -> EnumSet.noneOf(Why.class)));
        boolean isOnOneKey = cycle.stream().map(Edge::key).distinct().count() == 1;
        if (cycle.size() == 2 && isOnOneKey && whys.equals(EnumSet.of(Why.WW, Why.RW))) {
            return name + " (lost update)";
        }
        return name.equals("G2") && cycle.stream().allMatch(edge -> edge.why == Why.RW) ? name + " (write skew)" : name;
    }

    private String sentence(List<Edge> cycle) {
        StringBuilder text = new StringBuilder();
        for (Edge edge : cycle) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append("T")
                    .append(edge.from)
                    .append(" comes before T")
                    .append(edge.to)
                    .append(", since ")
                    .append(edge.text);
        }
        text.append("; all of them cannot be.");
        new TreeSet<>(cycle.stream().map(Edge::from).toList())
                .forEach(number -> text.append("\n    ").append(all.get(number)));
        return text.toString();
    }
}
