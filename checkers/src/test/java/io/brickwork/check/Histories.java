package io.brickwork.check;

import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes histories down in few words: operations are begun and ended in the order of the calls, a microsecond apart.
 */
final class Histories {
    final History history = new History();
    private final String partition;
    private long now;
    private long seq;

    Histories() {
        this("p");
    }

    Histories(String partition) {
        this.partition = partition;
    }

    int begin(Call call) {
        return history.invoke("c" + history.size(), partition, call, now += 1_000);
    }

    void end(int number, @Nullable String result) {
        end(number, result, new Version(1, ++seq));
    }

    void end(int number, @Nullable String result, Version version) {
        history.done(number, result, version, now += 1_000);
    }

    int done(Call call, @Nullable String result) {
        int number = begin(call);
        end(number, result);
        return number;
    }

    int done(Call call, @Nullable String result, Version version) {
        int number = begin(call);
        end(number, result, version);
        return number;
    }

    int unknown(Call call) {
        int number = begin(call);
        history.unknown(number);
        return number;
    }

    int didNotHappen(Call call) {
        int number = begin(call);
        history.didNotHappen(number, now += 1_000);
        return number;
    }

    static Call get(String key) {
        return Call.of(Call.Kind.GET, key);
    }

    static Call put(String key, String value) {
        return Call.of(Call.Kind.PUT, key, value);
    }

    static Call set(String key, String value) {
        return Call.of(Call.Kind.SET, key, value);
    }

    static Call append(String key, String value) {
        return Call.of(Call.Kind.APPEND, key, value);
    }

    static Call remove(String key) {
        return Call.of(Call.Kind.REMOVE, key);
    }

    static Call putIfAbsent(String key, String value) {
        return Call.of(Call.Kind.PUT_IF_ABSENT, key, value);
    }

    static Call replaceIf(String key, String expected, String value) {
        return new Call(Call.Kind.REPLACE_IF, key, value, expected);
    }

    /** Whether any order exists, by trying them all. Only for a handful of operations. */
    static boolean bruteForce(List<Observation> observations) {
        List<Observation> left = new ArrayList<>(observations);
        left.removeIf(o -> o.ending() == Observation.Ending.DID_NOT_HAPPEN);
        return bruteForce(left, null);
    }

    private static boolean bruteForce(List<Observation> left, @Nullable String state) {
        if (left.stream().noneMatch(Observation::isDone)) {
            return true;
        }
        for (Observation candidate : left) {
            // Nothing that ended before the candidate began may come after it.
            boolean mayBeFirst = left.stream().noneMatch(o -> o.endedAt() < candidate.invokedAt());
            boolean fits = !candidate.isDone()
                    || !candidate.call().kind().givesResult()
                    || java.util.Objects.equals(
                            candidate.result(), candidate.call().resultFor(state));
            if (mayBeFirst && fits) {
                List<Observation> rest = new ArrayList<>(left);
                rest.remove(candidate);
                if (bruteForce(rest, candidate.call().stateAfter(state))) {
                    return true;
                }
            }
        }
        return false;
    }
}
