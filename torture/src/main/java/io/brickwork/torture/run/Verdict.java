package io.brickwork.torture.run;

import io.brickwork.check.Finding;
import io.brickwork.check.History;
import io.brickwork.torture.history.RecordedHistory;
import io.brickwork.torture.judge.Judgement;
import io.brickwork.torture.judge.Unavailability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * How a run ended.
 *
 * @param judgement what the checkers say of its history
 * @param unavailability the longest one
 * @param wrong what else went wrong: processes that ended by themselves, bricks that did not come back, keys that could
 *     not be read; each a line
 */
record Verdict(Judgement judgement, Unavailability unavailability, List<String> wrong) {
    private static final int SHOWN = 10;

    Verdict {
        wrong = List.copyOf(wrong);
    }

    /** Judges the history in a run's directory. */
    static Verdict of(Path directory, RunFile run, List<String> wrong) throws IOException {
        History history = RecordedHistory.read(directory, run.zeroNanos());
        return new Verdict(
                Judgement.of(history),
                Unavailability.longest(history, run.beginNanos() - run.zeroNanos(), run.endNanos() - run.zeroNanos()),
                wrong);
    }

    /** Whether every promise was kept and the run shows it. */
    boolean isGood() {
        return judgement.findings().isEmpty()
                && wrong.isEmpty()
                && !judgement.isVague()
                && judgement.acknowledged() > 0;
    }

    /** The findings and whatever else went wrong; the first of each kind, to the teller. */
    void tell(Teller teller) {
        judgement.findings().stream().limit(SHOWN).map(Finding::toString).forEach(teller::plain);
        if (judgement.findings().size() > SHOWN) {
            teller.plain("and %d more findings".formatted(judgement.findings().size() - SHOWN));
        }
        wrong.stream().limit(SHOWN).map(text -> "wrong: " + text).forEach(teller::plain);
        if (judgement.isVague()) {
            teller.plain("wrong: %d of %d keys stayed undecided, which is too many for the others to say much"
                    .formatted(judgement.undecided(), judgement.keys()));
        }
        if (judgement.acknowledged() == 0) {
            teller.plain("wrong: nothing was acknowledged at all");
        }
        if (unavailability.nanos() > 0) {
            teller.plain("No write of partition %s was acknowledged for %.1f s from %.1f s on"
                    .formatted(
                            unavailability.partition(),
                            unavailability.nanos() / 1e9,
                            unavailability.fromNanos() / 1e9));
        }
    }

    /** The first and the last of the figures that stand in the last line. */
    String figures(String faults) {
        return String.format(
                Locale.ROOT,
                "torture: acknowledged=%d unknown=%d failed=%d lost=%d violations=%d undecided=%d %slongest-unavailability=%.1fs",
                judgement.acknowledged(),
                judgement.unknown(),
                judgement.failed(),
                judgement.lost(),
                judgement.violations(),
                judgement.undecided(),
                faults,
                unavailability.nanos() / 1e9);
    }
}
