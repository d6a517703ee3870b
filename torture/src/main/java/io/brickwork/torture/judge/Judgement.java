package io.brickwork.torture.judge;

import io.brickwork.check.AckedNeverLost;
import io.brickwork.check.ExactlyOnce;
import io.brickwork.check.Finding;
import io.brickwork.check.History;
import io.brickwork.check.LinearizabilityChecker;
import io.brickwork.check.Observation;
import io.brickwork.check.Replica;
import io.brickwork.check.VersionOrder;
import io.brickwork.check.VersionReplay;
import io.brickwork.sim.workload.Caller;
import java.util.ArrayList;
import java.util.List;

/**
 * What the checkers say of a history.
 *
 * @param findings broken promises
 * @param lost how many of the findings say that something acknowledged is gone
 * @param keys how many keys were looked at
 * @param undecided for how many of them the search for an order gave up
 */
public record Judgement(
        List<Finding> findings, int lost, int keys, int undecided, long acknowledged, long unknown, long failed) {
    private static final long MOST_STEPS = 400_000;
    /** Of a hundred keys, so many may stay undecided before a run shows too little. */
    private static final int MOST_UNDECIDED_PERCENT = 5;

    public Judgement {
        findings = List.copyOf(findings);
    }

    /** Findings that are not losses. */
    public int violations() {
        return findings.size() - lost;
    }

    /** Whether too many keys stayed undecided for the others to say much. */
    public boolean isVague() {
        return undecided * 100L > keys * (long) MOST_UNDECIDED_PERCENT;
    }

    /** Looks at everything: each key by itself, each partition's versions, and what every brick had at the end. */
    public static Judgement of(History history) {
        List<Finding> findings = new ArrayList<>();
        LinearizabilityChecker checker = new LinearizabilityChecker(MOST_STEPS);
        int keys = 0;
        int undecided = 0;
        for (List<Observation> ofKey : history.byKey().values()) {
            keys++;
            switch (checker.check(ofKey)) {
                case LinearizabilityChecker.Verdict.Linearizable good -> {}
                case LinearizabilityChecker.Verdict.Undecided gaveUp -> undecided++;
                case LinearizabilityChecker.Verdict.Violation violation ->
                    findings.add(new Finding("linearizability", violation.explanation()));
            }
        }
        findings.addAll(VersionOrder.check(history));
        findings.addAll(VersionReplay.check(history));
        List<Replica> replicas = FinalState.replicas(history);
        List<Finding> lost = AckedNeverLost.check(history, replicas);
        findings.addAll(lost);
        findings.addAll(ExactlyOnce.check(history, replicas, Caller.APPENDED));
        return new Judgement(
                findings,
                lost.size(),
                keys,
                undecided,
                load(history, Observation.Ending.DONE),
                load(history, Observation.Ending.UNKNOWN),
                load(history, Observation.Ending.DID_NOT_HAPPEN));
    }

    private static long load(History history, Observation.Ending ending) {
        return history.all().stream()
                .filter(o -> o.ending() == ending && !FinalState.isFinalRead(o))
                .count();
    }
}
