package io.brickwork.sim.scenario;

import io.brickwork.check.AckedNeverLost;
import io.brickwork.check.Bank;
import io.brickwork.check.Convergence;
import io.brickwork.check.ExactlyOnce;
import io.brickwork.check.Finding;
import io.brickwork.check.History;
import io.brickwork.check.LinearizabilityChecker;
import io.brickwork.check.Replica;
import io.brickwork.check.ScanOracle;
import io.brickwork.check.ScanSeen;
import io.brickwork.check.VersionOrder;
import io.brickwork.check.VersionReplay;
import io.brickwork.core.Bytes;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.world.SimFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a run promises. Gives what was seen (a history, replicas, scans) to the checkers, and throws a
 * {@link SimFailure} that names the broken promise.
 *
 * <p>Knows no world. Who looks at one is {@link ClusterInspector}.
 */
final class Promises {
    /** Placements that a linearizability search may try for one key. */
    private static final long CHECK_STEPS = 500_000;
    /** A failure shows at most so many findings; the rest is counted. */
    private static final int FINDINGS_SHOWN = 5;

    private final History history;
    private final Function<String, Bytes> recordKeys;
    private final UnaryOperator<String> owners;

    /**
     * @param history what callers of the structure saw; it may still grow
     * @param recordKeys the record key of a key
     * @param owners the name of the partition that has a key now, empty if none is known to have it
     */
    Promises(History history, Function<String, Bytes> recordKeys, UnaryOperator<String> owners) {
        this.history = history;
        this.recordKeys = recordKeys;
        this.owners = owners;
    }

    /** At any time: replicas of a partition that have applied equally much hold the same. */
    static void requireEqualPositions(List<Replica> replicas) {
        require(Convergence.checkEqualPositions(replicas));
    }

    /**
     * Whether replicas are already as they must be at the end of a run: all the same, with all acknowledged writes, and
     * nothing locked.
     */
    boolean areSettled(List<Replica> replicas) {
        return Convergence.check(replicas).isEmpty()
                && AckedNeverLost.check(history, replicas, owners).isEmpty()
                && Bank.checkLocks(replicas).isEmpty();
    }

    /**
     * When nothing changes any more, a scan of the whole structure ends and shows just what the tables hold.
     *
     * @param seen the scan; null if it showed nothing at all
     */
    void requireWholeScan(@Nullable ScanSeen seen, List<Replica> replicas) {
        if (seen == null || !seen.isWhole()) {
            throw new SimFailure(SimFailure.Kind.LIVENESS, "heals: a scan at rest came to no end: " + seen);
        }
        TreeMap<Bytes, String> held = new TreeMap<>();
        for (Replica replica : replicas) {
            replica.records().forEach((key, value) -> held.put(recordKeys.apply(key), value.value()));
        }
        TreeMap<Bytes, String> scanned = new TreeMap<>();
        seen.pages().forEach(page -> page.rows().forEach(row -> scanned.put(row.recordKey(), row.value())));
        if (!scanned.equals(held)) {
            throw new SimFailure(
                    SimFailure.Kind.SAFETY, "scan: at rest %s shows %s, tables hold %s".formatted(seen, scanned, held));
        }
    }

    /**
     * At the end of a run: all checkers.
     *
     * @param replicas what the tables hold, at rest
     * @param scans all of the run
     * @param further what else is wrong with the run
     * @return for how many keys the search for a linearization gave up
     */
    int requireAll(List<Replica> replicas, List<ScanSeen> scans, List<Finding> further) {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(AckedNeverLost.check(history, replicas, owners));
        findings.addAll(ExactlyOnce.check(history, replicas, owners, Caller.APPENDED));
        findings.addAll(VersionOrder.check(history));
        findings.addAll(VersionReplay.check(history));
        findings.addAll(Convergence.check(replicas));
        findings.addAll(ScanOracle.check(history, scans, recordKeys));
        findings.addAll(Bank.checkLocks(replicas));
        findings.addAll(further);
        LinearizabilityChecker checker = new LinearizabilityChecker(CHECK_STEPS);
        int undecided = 0;
        for (var entry : history.byKey().entrySet()) {
            switch (checker.check(entry.getValue())) {
                case LinearizabilityChecker.Verdict.Linearizable ok -> {}
                case LinearizabilityChecker.Verdict.Undecided gaveUp -> undecided++;
                case LinearizabilityChecker.Verdict.Violation violation ->
                    findings.add(new Finding("linearizable", violation.explanation()));
            }
        }
        require(findings);
        return undecided;
    }

    private static void require(List<Finding> findings) {
        if (!findings.isEmpty()) {
            StringBuilder text = new StringBuilder(findings.getFirst().toString());
            for (Finding finding : findings.subList(1, Math.min(findings.size(), FINDINGS_SHOWN))) {
                text.append("\n  also ").append(finding);
            }
            if (findings.size() > FINDINGS_SHOWN) {
                text.append("\n  and ").append(findings.size() - FINDINGS_SHOWN).append(" more");
            }
            throw new SimFailure(SimFailure.Kind.SAFETY, text.toString());
        }
    }
}
