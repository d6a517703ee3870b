package io.brickwork.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Operations of many callers, judged by a model of the object. */
class ModelCheckerTest {
    /** What is asked of queues. */
    private sealed interface Ask {
        String queue();

        record Put(String queue, int value) implements Ask {}

        record Take(String queue) implements Ask {}
    }

    /** Queues by name; who takes from an empty one is answered -1, who puts is answered the number of elements. */
    private static final Model<List<Integer>, Ask, Integer> QUEUE = new Model<>() {
        @Override
        public List<Integer> initial() {
            return List.of();
        }

        @Override
        public Step<List<Integer>, Integer> apply(List<Integer> state, Ask input) {
            return switch (input) {
                case Ask.Put put -> {
                    List<Integer> longer = new ArrayList<>(state);
                    longer.add(put.value());
                    yield new Step<>(List.copyOf(longer), longer.size());
                }
                case Ask.Take take ->
                    state.isEmpty()
                            ? new Step<>(state, -1)
                            : new Step<>(List.copyOf(state.subList(1, state.size())), state.getFirst());
            };
        }

        @Override
        public Object part(Ask input) {
            return "queue " + input.queue();
        }
    };

    /** A key of a map, in the words that {@link LinearizabilityChecker} knows. */
    private static final Model<Optional<String>, Call, @Nullable String> KEY = new Model<>() {
        @Override
        public Optional<String> initial() {
            return Optional.empty();
        }

        @Override
        public Step<Optional<String>, @Nullable String> apply(Optional<String> state, Call call) {
            String value = state.orElse(null);
            String answer = call.kind().givesResult() ? call.resultFor(value) : null;
            return new Step<>(Optional.ofNullable(call.stateAfter(value)), answer);
        }
    };

    private final List<ModelCall<Ask, Integer>> calls = new ArrayList<>();
    private long place;

    private int begin(Ask ask) {
        calls.add(ModelCall.begun("c" + calls.size(), ask, place, place * 1_000));
        place++;
        return calls.size() - 1;
    }

    private void end(int number, int answer) {
        calls.set(number, calls.get(number).answered(answer, place, place * 1_000));
        place++;
    }

    private void done(Ask ask, int answer) {
        end(begin(ask), answer);
    }

    private ModelChecker.Verdict verdict() {
        return new ModelChecker<>(QUEUE, 100_000).check(calls);
    }

    private String explanation() {
        return verdict() instanceof ModelChecker.Verdict.Violation violation ? violation.explanation() : "none";
    }

    @Test
    void operationsOneAfterTheOther() {
        done(new Ask.Put("a", 1), 1);
        done(new Ask.Put("a", 2), 2);
        done(new Ask.Take("a"), 1);
        done(new Ask.Take("a"), 2);
        done(new Ask.Take("a"), -1);
        assertThat(verdict()).isInstanceOf(ModelChecker.Verdict.Linearizable.class);
    }

    @Test
    void operationsAtTheSameTimeMayTakeEffectInAnyOrder() {
        int one = begin(new Ask.Put("a", 1));
        int two = begin(new Ask.Put("a", 2));
        end(one, 2);
        end(two, 1);
        done(new Ask.Take("a"), 2);
        assertThat(verdict()).isInstanceOf(ModelChecker.Verdict.Linearizable.class);
    }

    @Test
    void anAnswerThatNoOrderExplainsIsTold() {
        done(new Ask.Put("a", 1), 1);
        int two = begin(new Ask.Put("a", 2));
        done(new Ask.Take("a"), 2);
        end(two, 2);
        assertThat(explanation())
                .startsWith("no order of the operations on queue a explains this answer:\n  c2 [")
                .contains("Take[queue=a] -> 2")
                .contains("right would have been: 1\n")
                .contains("under way at the same time:\n  c1 [")
                .contains("before it:\n  c0 [");
    }

    /** The operation of unknown outcome explains the first answer, and cannot explain the second one as well. */
    @Test
    void anOpenOperationTakesEffectOnceOrNever() {
        begin(new Ask.Put("a", 7));
        done(new Ask.Take("a"), -1);
        done(new Ask.Take("a"), 7);
        assertThat(verdict()).isInstanceOf(ModelChecker.Verdict.Linearizable.class);
        done(new Ask.Take("a"), 7);
        assertThat(explanation()).contains("right would have been: -1\n");
    }

    @Test
    void anOpenOperationTakesNoEffectBeforeItBegins() {
        done(new Ask.Take("a"), 7);
        begin(new Ask.Put("a", 7));
        assertThat(explanation()).contains("right would have been: -1");
    }

    @Test
    void partsAreJudgedApart() {
        done(new Ask.Put("a", 1), 1);
        done(new Ask.Take("b"), -1);
        assertThat(verdict()).isInstanceOf(ModelChecker.Verdict.Linearizable.class);
        done(new Ask.Take("b"), 1);
        assertThat(explanation()).startsWith("no order of the operations on queue b");
    }

    @Test
    void aSearchThatTakesTooLongIsNoVerdict() {
        List<Integer> begun = new ArrayList<>();
        for (int value = 0; value < 12; value++) {
            begun.add(begin(new Ask.Put("a", value)));
        }
        begun.forEach(number -> end(number, 5));
        assertThat(new ModelChecker<>(QUEUE, 5).check(calls))
                .isEqualTo(new ModelChecker.Verdict.Undecided("queue a", 12));
    }

    /** On thousands of small histories, right ones and wrong ones, it says what the checker for maps says. */
    @Test
    void agreesWithTheCheckerForMaps() {
        int right = 0;
        for (long seed = 0; seed < 4_000; seed++) {
            List<Observation> observations = observations(new Random(seed));
            boolean isRight = new LinearizabilityChecker(1_000_000).check(observations)
                    instanceof LinearizabilityChecker.Verdict.Linearizable;
            List<ModelCall<Call, @Nullable String>> same = observations.stream()
                    .filter(one -> one.ending() != Observation.Ending.DID_NOT_HAPPEN)
                    .map(ModelCheckerTest::asModelCall)
                    .toList();
            assertThat(new ModelChecker<>(KEY, 1_000_000).check(same) instanceof ModelChecker.Verdict.Linearizable)
                    .as("seed %d: %s", seed, observations)
                    .isEqualTo(isRight);
            right += isRight ? 1 : 0;
        }
        assertThat(right).isBetween(400, 3_600);
    }

    private static ModelCall<Call, @Nullable String> asModelCall(Observation one) {
        ModelCall<Call, @Nullable String> begun =
                ModelCall.begun(one.client(), one.call(), one.invokedAt(), one.invokedNanos());
        return one.isDone()
                ? begun.answered(one.call().kind().givesResult() ? one.result() : null, one.endedAt(), one.endedNanos())
                : begun;
    }

    /** Three callers at one key. Most of them are answered what the key would give at that moment. */
    private static List<Observation> observations(Random random) {
        Histories histories = new Histories();
        List<Integer> open = new ArrayList<>();
        String value = null;
        for (int step = 0; step < 14; step++) {
            if (open.size() < 3 && random.nextBoolean()) {
                open.add(histories.begin(call(random)));
            } else if (!open.isEmpty()) {
                int number = open.remove(random.nextInt(open.size()));
                Call call = histories.history.get(number).call();
                if (random.nextInt(6) == 0) {
                    histories.history.unknown(number);
                    value = random.nextBoolean() ? call.stateAfter(value) : value;
                } else {
                    boolean isWrong = random.nextInt(12) == 0;
                    String result = call.resultFor(isWrong ? "v" + random.nextInt(3) : value);
                    histories.end(number, call.kind().givesResult() ? result : null);
                    value = call.stateAfter(value);
                }
            }
        }
        open.forEach(histories.history::unknown);
        return histories.history.all();
    }

    private static Call call(Random random) {
        String value = "v" + random.nextInt(3);
        return switch (random.nextInt(5)) {
            case 0 -> Histories.put("k", value);
            case 1 -> Histories.remove("k");
            case 2 -> Histories.putIfAbsent("k", value);
            case 3 -> Histories.replaceIf("k", "v" + random.nextInt(3), value);
            default -> Histories.get("k");
        };
    }
}
