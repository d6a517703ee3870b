package io.brickwork.core.group;

import io.brickwork.core.Check;
import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.List;

/**
 * In which epoch each entry of a partition's log was made, as runs of consecutive entries.
 *
 * <p>Two logs that have an entry of the same epoch under the same number agree on it and on all before it, since an
 * epoch has one primary and it opens only when all are level. So the last such number is where two logs part (compare
 * Raft §5.3 and Kafka's leader epochs). The first run is the base, a single entry: of what lies below, the epochs are
 * forgotten. That everything up to the base is committed here says nothing of another's log, which may hold entries
 * under the same numbers that were given up since: only equal epochs do.
 */
public final class EpochRuns {
    /** Ascending in both parts; the first is the base. */
    private final ArrayList<EpochRun> runs = new ArrayList<>();

    public EpochRuns(Version base) {
        runs.add(new EpochRun(base.epoch(), base.seq()));
    }

    private EpochRuns(List<EpochRun> runs) {
        this.runs.addAll(runs);
    }

    /** Runs as a member reported them. */
    public static EpochRuns reported(List<EpochRun> runs) {
        Check.argument(!runs.isEmpty(), "a report without runs");
        for (int i = 1; i < runs.size(); i++) {
            EpochRun before = runs.get(i - 1);
            EpochRun run = runs.get(i);
            Check.argument(
                    before.epoch() <= run.epoch() && before.lastSeq() < run.lastSeq(), "%s follows %s", run, before);
        }
        return new EpochRuns(runs);
    }

    /** Takes in the entry that follows the last one. */
    public void add(Version version) {
        EpochRun last = runs.getLast();
        Check.invariant(
                version.seq() == last.lastSeq() + 1 && version.epoch() >= last.epoch(), "%s follows %s", version, last);
        if (runs.size() > 1 && last.epoch() == version.epoch()) {
            runs.set(runs.size() - 1, new EpochRun(version.epoch(), version.seq()));
        } else {
            runs.add(new EpochRun(version.epoch(), version.seq()));
        }
    }

    /** Entries above {@code seq} are no more. */
    public void cut(long seq) {
        Check.invariant(seq >= runs.getFirst().lastSeq(), "cut above %d, committed up to %s", seq, runs.getFirst());
        while (runs.size() > 1 && runs.get(runs.size() - 2).lastSeq() >= seq) {
            runs.removeLast();
        }
        if (runs.getLast().lastSeq() > seq) {
            runs.set(runs.size() - 1, new EpochRun(runs.getLast().epoch(), seq));
        }
    }

    /** The log holds nothing up to this number any more, and nobody can be told of it. */
    public void forget(long seq) {
        if (seq <= runs.getFirst().lastSeq()) {
            return;
        }
        EpochRun base = new EpochRun(epochAt(seq), seq);
        while (runs.size() > 1 && runs.get(1).lastSeq() <= seq) {
            runs.remove(1);
        }
        runs.set(0, base);
    }

    /** The version of the last entry; {@link Version#NONE} without any. */
    public Version last() {
        EpochRun last = runs.getLast();
        return last.lastSeq() == 0 ? Version.NONE : new Version(last.epoch(), last.lastSeq());
    }

    public List<EpochRun> toList() {
        return List.copyOf(runs);
    }

    /**
     * The last number up to which both logs hold the same entries; -1 if they part, or end, where one of them has
     * forgotten the epochs.
     */
    public long commonSeq(EpochRuns other) {
        long seq = Math.min(last().seq(), other.last().seq());
        long floor = Math.max(runs.getFirst().lastSeq(), other.runs.getFirst().lastSeq());
        while (seq > floor && epochAt(seq) != other.epochAt(seq)) {
            seq = Math.max(floor, Math.max(beginOfRun(seq), other.beginOfRun(seq)) - 1);
        }
        return seq >= floor && epochAt(seq) == other.epochAt(seq) ? seq : -1;
    }

    private long epochAt(long seq) {
        return runs.get(runAt(seq)).epoch();
    }

    private long beginOfRun(long seq) {
        int run = runAt(seq);
        return run == 0 ? 1 : runs.get(run - 1).lastSeq() + 1;
    }

    private int runAt(long seq) {
        int run = 0;
        while (runs.get(run).lastSeq() < seq) {
            run++;
        }
        return run;
    }
}
