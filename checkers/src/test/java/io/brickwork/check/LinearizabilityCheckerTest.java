package io.brickwork.check;

import static io.brickwork.check.Histories.append;
import static io.brickwork.check.Histories.get;
import static io.brickwork.check.Histories.put;
import static io.brickwork.check.Histories.putIfAbsent;
import static io.brickwork.check.Histories.remove;
import static io.brickwork.check.Histories.replaceIf;
import static io.brickwork.check.Histories.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.LinearizabilityChecker.Verdict;
import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
    private final LinearizabilityChecker checker = new LinearizabilityChecker(1_000_000);
    private final Histories h = new Histories();

    private Verdict verdict() {
        return checker.check(h.history.all());
    }

    private void assertGood() {
        assertThat(verdict()).isEqualTo(new Verdict.Linearizable());
    }

    private Verdict.Violation assertBad() {
        Verdict verdict = verdict();
        assertThat(verdict).isInstanceOf(Verdict.Violation.class);
        return (Verdict.Violation) verdict;
    }

    @Test
    void oneAfterTheOtherIsGood() {
        h.done(get("k"), null);
        h.done(put("k", "a"), null);
        h.done(put("k", "b"), "a");
        h.done(replaceIf("k", "b", "c"), "true");
        h.done(replaceIf("k", "b", "d"), "false");
        h.done(putIfAbsent("k", "e"), "c");
        h.done(remove("k"), "c");
        h.done(append("k", "1"), null);
        h.done(append("k", "2"), null);
        h.done(get("k"), ",1,2");
        assertGood();
    }

    @Test
    void aStaleReadIsRejectedAndNamed() {
        h.done(set("k", "a"), null);
        h.done(set("k", "b"), null);
        int read = h.done(get("k"), "a");
        h.done(get("k"), "b");
        Verdict.Violation violation = assertBad();
        assertThat(violation.culprit().number()).isEqualTo(read);
        assertThat(violation.explanation())
                .startsWith("key k: no order explains these 3 answers")
                .contains("get(k) -> a")
                .contains("set(k, b)")
                .contains("a comes from #0");
    }

    @Test
    void aLostWriteIsRejected() {
        h.done(set("k", "a"), null);
        h.done(get("k"), null);
        assertBad();
    }

    @Test
    void aValueThatNobodyWroteIsRejected() {
        h.done(get("k"), "ghost");
        assertThat(assertBad().explanation()).contains("nobody else ever wrote ghost");
    }

    @Test
    void concurrentReadsMaySeeEitherValueButNotGoBack() {
        int write = h.begin(set("k", "a"));
        h.done(get("k"), "a");
        h.done(get("k"), null);
        h.end(write, null);
        assertBad();
    }

    @Test
    void concurrentReadsMaySeeEitherValue() {
        int write = h.begin(set("k", "a"));
        h.done(get("k"), null);
        h.done(get("k"), "a");
        h.end(write, null);
        assertGood();
    }

    @Test
    void anUnknownWriteMayTakeEffectLateOrNever() {
        h.unknown(set("k", "late"));
        h.done(get("k"), null);
        h.done(set("k", "a"), null);
        h.done(get("k"), "a");
        h.done(get("k"), "late");
        assertGood();
    }

    @Test
    void anUnknownWriteTakesEffectAtMostOnce() {
        h.unknown(set("k", "late"));
        h.done(get("k"), "late");
        h.done(set("k", "a"), null);
        h.done(get("k"), "late");
        assertBad();
    }

    @Test
    void whatDidNotHappenMustNotBeSeen() {
        h.didNotHappen(set("k", "a"));
        h.done(get("k"), "a");
        assertThat(assertBad().explanation()).contains("certainly did not happen: #0");
    }

    @Test
    void twoConditionalWritesCannotBothWin() {
        int first = h.begin(putIfAbsent("k", "a"));
        int second = h.begin(putIfAbsent("k", "b"));
        h.end(first, null);
        h.end(second, null);
        assertBad();
    }

    @Test
    void aRepeatedAppendIsRejected() {
        h.done(append("k", "1"), null);
        h.done(get("k"), ",1,1");
        assertBad();
    }

    @Test
    void givingUpIsAVerdictOfItsOwn() {
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            h.done(replaceIf("k", "" + i, "x"), "false"); // so that the values count as different
        }
        for (int i = 0; i < 12; i++) {
            open.add(h.begin(set("k", "" + i)));
        }
        open.forEach(number -> h.end(number, null));
        h.done(get("k"), "nothing like it");
        assertThat(new LinearizabilityChecker(1_000).check(h.history.all())).isEqualTo(new Verdict.Undecided(1_000));
    }

    @Test
    void longHistoriesWithWideConcurrencyAreDecided() {
        SplittableRandom random = new SplittableRandom(5);
        String state = null;
        int[] open = new int[8];
        @Nullable String[] results = new String[8];
        for (int round = 0; round < 500; round++) {
            Call[] calls = new Call[8];
            for (int i = 0; i < 8; i++) {
                calls[i] = random.nextBoolean() ? get("k") : put("k", "v" + round + "." + i);
                open[i] = h.begin(calls[i]);
            }
            for (int i = 7; i >= 0; i--) {
                results[i] = calls[i].resultFor(state);
                state = calls[i].stateAfter(state);
            }
            for (int i = 0; i < 8; i++) {
                h.end(open[i], results[i]);
            }
        }
        assertGood();
    }

    /** Small random histories, of which many are right and many are not. */
    @Test
    void agreesWithBruteForce() {
        agreesWithBruteForce(List.of(Call.Kind.values()), 20_000, 3_000);
    }

    /** The rule for keys that are only appended to. */
    @Test
    void agreesWithBruteForceOnAppends() {
        agreesWithBruteForce(List.of(Call.Kind.APPEND, Call.Kind.GET), 20_000, 1_000);
    }

    /** The rule for open operations that nobody notices. */
    @Test
    void agreesWithBruteForceOnOverwrites() {
        agreesWithBruteForce(List.of(Call.Kind.SET, Call.Kind.PUT, Call.Kind.DELETE, Call.Kind.GET), 20_000, 1_000);
    }

    /** Half of the outcomes unknown, and more of them: what keeps open operations from multiplying. */
    @Test
    void agreesWithBruteForceWhereMuchIsUnknown() {
        agreesWithBruteForce(List.of(Call.Kind.values()), 5_000, 400, 7, 4);
    }

    @Test
    void agreesWithBruteForceOnUnknownConditions() {
        agreesWithBruteForce(
                List.of(Call.Kind.REPLACE_IF, Call.Kind.REMOVE_IF, Call.Kind.PUT_IF_ABSENT, Call.Kind.GET),
                5_000,
                500,
                7,
                3);
    }

    private void agreesWithBruteForce(List<Call.Kind> kinds, int runs, int atLeast) {
        agreesWithBruteForce(kinds, runs, atLeast, 6, 1);
    }

    private void agreesWithBruteForce(List<Call.Kind> kinds, int runs, int atLeast, int most, int unknownOf8) {
        SplittableRandom random = new SplittableRandom(0xb0b);
        int good = 0;
        int bad = 0;
        for (int run = 0; run < runs; run++) {
            List<Observation> observations = randomHistory(random, kinds, random.nextInt(2, most + 1), unknownOf8);
            boolean expected = Histories.bruteForce(observations);
            Verdict found = checker.check(observations);
            assertThat(found instanceof Verdict.Linearizable)
                    .as("run %d: %s, found %s", run, observations, found)
                    .isEqualTo(expected);
            assertThat(found).isNotInstanceOf(Verdict.Undecided.class);
            if (found instanceof Verdict.Violation violation) {
                assertThat(violation.offending()).contains(violation.culprit()).allMatch(Observation::isDone);
                assertThat(Histories.bruteForce(forgettingAllBut(violation.offending(), observations)))
                        .as("run %d: %s, explained by %s", run, observations, violation.explanation())
                        .isFalse();
            }
            good += expected ? 1 : 0;
            bad += expected ? 0 : 1;
        }
        assertThat(good).isGreaterThan(atLeast);
        assertThat(bad).isGreaterThan(atLeast);
    }

    /** The operations with no other answers known than the offending ones. */
    private static List<Observation> forgettingAllBut(List<Observation> offending, List<Observation> observations) {
        return observations.stream()
                .filter(o -> o.ending() != Observation.Ending.DID_NOT_HAPPEN)
                .map(o -> offending.contains(o) ? o : o.asOpen())
                .toList();
    }

    private static List<Observation> randomHistory(
            SplittableRandom random, List<Call.Kind> kinds, int count, int unknownOf8) {
        History history = new History();
        List<Integer> open = new ArrayList<>();
        String state = null;
        int begun = 0;
        long now = 0;
        long seq = 0;
        while (begun < count || !open.isEmpty()) {
            now += 1_000;
            if (begun < count && (open.isEmpty() || random.nextBoolean())) {
                open.add(history.invoke("c" + begun, "p", randomCall(random, kinds), now));
                begun++;
                continue;
            }
            int number = open.remove(random.nextInt(open.size()));
            Call call = history.get(number).call();
            if (random.nextInt(8) < unknownOf8) {
                history.unknown(number);
                state = random.nextBoolean() ? call.stateAfter(state) : state;
                continue;
            }
            switch (random.nextInt(8)) {
                case 1 -> history.didNotHappen(number, now);
                case 2 -> history.done(number, randomResult(random, call), new Version(1, ++seq), now);
                default -> {
                    history.done(number, call.resultFor(state), new Version(1, ++seq), now);
                    state = call.stateAfter(state);
                }
            }
        }
        return history.all();
    }

    private static @Nullable String randomResult(SplittableRandom random, Call call) {
        if (call.kind() == Call.Kind.REPLACE_IF || call.kind() == Call.Kind.REMOVE_IF) {
            return Boolean.toString(random.nextBoolean());
        }
        String value = random.nextInt(3) == 0 ? null : "v" + random.nextInt(2);
        return value != null && random.nextInt(4) == 0 ? "," + value : value;
    }

    private static Call randomCall(SplittableRandom random, List<Call.Kind> kinds) {
        Call.Kind kind = kinds.get(random.nextInt(kinds.size()));
        String argument = "v" + random.nextInt(2);
        String expected = "v" + random.nextInt(2);
        return switch (kind) {
            case GET, REMOVE, DELETE -> Call.of(kind, "k");
            case PUT, SET, PUT_IF_ABSENT, REPLACE, APPEND -> Call.of(kind, "k", argument);
            case REPLACE_IF -> new Call(kind, "k", argument, expected);
            case REMOVE_IF -> new Call(kind, "k", null, expected);
        };
    }
}
