package io.brickwork.check;

import static io.brickwork.check.Histories.append;
import static io.brickwork.check.Histories.get;
import static io.brickwork.check.Histories.put;
import static io.brickwork.check.Histories.remove;
import static io.brickwork.check.Histories.replaceIf;
import static io.brickwork.check.Histories.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the two linear checks of versions accept and reject, and whether they agree with their definitions on small
 * random histories.
 */
class VersionChecksTest {
    private static final int RUNS = 10_000;

    private final Histories h = new Histories();

    private static Version v(long seq) {
        return new Version(1, seq);
    }

    @Test
    void answersThatShowTheVersionTheyNameAreGood() {
        h.done(get("k"), null, v(0));
        h.done(put("k", "a"), null, v(1));
        h.done(put("k", "b"), "a", v(2));
        h.done(get("k"), "a", v(1)); // late, which is for another checker to say
        h.done(replaceIf("k", "b", "c"), "true", v(4));
        h.done(remove("k"), "c", v(6));
        h.done(get("k"), null, v(9));
        assertThat(VersionReplay.check(h.history)).isEmpty();
    }

    @Test
    void aReadThatShowsMoreThanItsVersionIsRejected() {
        h.done(set("k", "a"), null, v(1));
        h.done(set("k", "b"), null, v(2));
        h.done(get("k"), "b", v(1));
        assertThat(VersionReplay.check(h.history))
                .singleElement()
                .asString()
                .contains("get(k) -> b", "(1,1)", "set(k, a)");
    }

    @Test
    void aReadThatShowsLessThanItsVersionIsRejected() {
        h.done(set("k", "a"), null, v(1));
        h.done(set("k", "b"), null, v(2));
        h.done(get("k"), "a", v(3));
        assertThat(VersionReplay.check(h.history)).singleElement().asString().contains("set(k, b)");
    }

    @Test
    void anUpdateThatWasEvaluatedAgainstAnOlderValueIsRejected() {
        h.done(set("k", "a"), null, v(1));
        h.done(set("k", "b"), null, v(2));
        h.done(put("k", "c"), "a", v(3));
        assertThat(VersionReplay.check(h.history)).hasSize(1);
    }

    @Test
    void aConditionThatHeldForAValueLongGoneIsRejected() {
        h.done(set("k", "a"), null, v(1));
        h.done(set("k", "b"), null, v(2));
        h.done(replaceIf("k", "a", "c"), "true", v(3));
        assertThat(VersionReplay.check(h.history)).hasSize(1);
    }

    @Test
    void anAppendThatIsMissingFromWhatItsVersionCoversIsRejected() {
        h.done(append("k", "1"), null, v(1));
        h.done(append("k", "2"), null, v(2));
        h.done(get("k"), ",1", v(2));
        assertThat(VersionReplay.check(h.history)).hasSize(1);
    }

    @Test
    void whatAnUnknownOperationMayHaveDoneIsAccepted() {
        h.done(set("k", "a"), null, v(1));
        h.unknown(set("k", "b"));
        h.done(get("k"), "b", v(2));
        h.unknown(remove("k"));
        h.done(get("k"), null, v(3));
        assertThat(VersionReplay.check(h.history)).isEmpty();
    }

    @Test
    void whatDidNotHappenIsNotAccepted() {
        h.done(set("k", "a"), null, v(1));
        h.didNotHappen(set("k", "b"));
        h.done(get("k"), "b", v(2));
        assertThat(VersionReplay.check(h.history)).hasSize(1);
    }

    /**
     * With every outcome known, the answers are right if and only if applying the writes by number gives each of them.
     */
    @Test
    void replayAgreesWithApplyingAllWritesByNumber() {
        SplittableRandom random = new SplittableRandom(0x5e9);
        int good = 0;
        for (int run = 0; run < RUNS; run++) {
            List<Observation> drawn = numbered(random, 2 + random.nextInt(5));
            Histories written = new Histories();
            drawn.forEach(o -> written.done(o.call(), o.result(), o.version()));
            boolean expected = isReplay(drawn);
            assertThat(VersionReplay.check(written.history).isEmpty())
                    .as("run %d: %s", run, drawn)
                    .isEqualTo(expected);
            good += expected ? 1 : 0;
        }
        assertThat(good).isBetween(RUNS / 10, RUNS * 9 / 10);
    }

    /** Operations in the order of their numbers, some reads between; mostly one answer is of a time that was drawn. */
    private static List<Observation> numbered(SplittableRandom random, int count) {
        List<Observation> drawn = new ArrayList<>();
        String state = null;
        long seq = 0;
        int wrong = random.nextInt(8) == 0 ? -1 : random.nextInt(count);
        List<@Nullable String> states = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            states.add(state);
            Call call = switch (random.nextInt(4)) {
                case 0 -> remove("k");
                case 1 -> get("k");
                default -> put("k", "v" + i);
            };
            String from = i == wrong ? states.get(random.nextInt(states.size())) : state;
            seq += call.isRead() ? 0 : 1;
            drawn.add(new Observation(
                    i,
                    "c",
                    "p",
                    call,
                    2L * i + 1,
                    i,
                    2L * i + 2,
                    i,
                    Observation.Ending.DONE,
                    call.resultFor(from),
                    v(seq)));
            state = call.stateAfter(state);
        }
        return drawn;
    }

    private static boolean isReplay(List<Observation> observations) {
        TreeMap<Long, @Nullable String> states = new TreeMap<>();
        states.put(0L, null);
        List<Observation> writes = observations.stream()
                .filter(o -> !o.call().isRead())
                .sorted(Comparator.comparing(Observation::version))
                .toList();
        boolean isRight = true;
        for (Observation write : writes) {
            String before = states.lastEntry().getValue();
            isRight &= Objects.equals(write.result(), write.call().resultFor(before));
            states.put(write.version().seq(), write.call().stateAfter(before));
        }
        for (Observation read : observations) {
            isRight &= !read.call().isRead()
                    || Objects.equals(
                            read.result(),
                            states.floorEntry(read.version().seq()).getValue());
        }
        return isRight;
    }

    /** The order of versions, compared with looking at every pair. */
    @Test
    void orderAgreesWithLookingAtEveryPair() {
        SplittableRandom random = new SplittableRandom(0x0bde);
        int good = 0;
        for (int run = 0; run < RUNS; run++) {
            History history = overlapping(random, 2 + random.nextInt(5));
            boolean expected = isEveryPairInOrder(history.all());
            assertThat(VersionOrder.check(history).isEmpty())
                    .as("run %d: %s", run, history.all())
                    .isEqualTo(expected);
            good += expected ? 1 : 0;
        }
        assertThat(good).isBetween(RUNS / 5, RUNS * 4 / 5);
    }

    private static History overlapping(SplittableRandom random, int count) {
        History history = new History();
        List<Integer> open = new ArrayList<>();
        int begun = 0;
        long seq = 1;
        while (begun < count || !open.isEmpty()) {
            if (begun < count && (open.isEmpty() || random.nextBoolean())) {
                String key = "k" + random.nextInt(2);
                Call call = random.nextInt(3) == 0 ? get(key) : set(key, "v" + begun);
                open.add(history.invoke("c" + begun++, "p", call, begun));
                continue;
            }
            int number = open.remove(random.nextInt(open.size()));
            boolean isRead = history.get(number).call().isRead();
            long drawn = random.nextInt(5) == 0 ? random.nextLong(1, seq + 1) : isRead ? seq : ++seq;
            if (random.nextInt(8) == 0) {
                history.unknown(number);
            } else {
                history.done(number, null, v(drawn), begun);
            }
        }
        return history;
    }

    private static boolean isEveryPairInOrder(List<Observation> observations) {
        boolean isRight = true;
        List<Observation> done =
                observations.stream().filter(Observation::isDone).toList();
        for (Observation one : done) {
            for (Observation two : done) {
                if (one.number() == two.number()) {
                    continue;
                }
                boolean isBefore = one.endedAt() < two.invokedAt();
                boolean sameKey = one.call().key().equals(two.call().key());
                int compared = one.version().compareTo(two.version());
                if (two.call().isRead()) {
                    isRight &= !(isBefore && sameKey && !one.call().isRead() && compared > 0);
                } else {
                    isRight &= !(isBefore && compared >= 0);
                    isRight &= one.call().isRead() || compared != 0;
                }
            }
        }
        return isRight;
    }
}
