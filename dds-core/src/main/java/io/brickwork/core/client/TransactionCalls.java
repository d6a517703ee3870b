package io.brickwork.core.client;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import java.util.List;
import java.util.TreeMap;

/**
 * The transactions of a client: begins their attempts, opens the calls that those want opened, and tells the callers.
 *
 * <p>Each attempt is a {@link Coordinator}'s; what is decided there is carried out here.
 */
final class TransactionCalls implements Coordinator.Host {
    /** Stands for "no single partition" in outcomes of transactions. */
    private static final PartitionId NO_PARTITION = new PartitionId(0, 0);

    private final Router router;
    private final CallRunner runner;
    private final RetryPauses pauses;
    private final Reasons reasons;
    private final Defences defences;
    private final ClientOutbox outbox;
    /** Counts down: callers name their calls by positive numbers. */
    private long lastOwnCall;

    TransactionCalls(
            Router router,
            CallRunner runner,
            RetryPauses pauses,
            Reasons reasons,
            Defences defences,
            ClientOutbox outbox) {
        this.router = router;
        this.runner = runner;
        this.pauses = pauses;
        this.reasons = reasons;
        this.defences = defences;
        this.outbox = outbox;
    }

    // ── what callers want ──

    /** A caller wants a transaction committed. */
    void onTransact(ClientInput.Transact transact) {
        List<Minitransaction.Item> items = transact.transaction().items();
        if (items.isEmpty()) {
            outbox.complete(transact.call(), new Outcome.Done(NO_PARTITION, Version.NONE, Bytes.EMPTY));
            return;
        }
        Failures.Subject subject = new Failures.Subject(
                transact.name(), items.getFirst().structure().name() + (items.size() == 1 ? "" : "' and others"), null);
        GivenUp end = runner.end();
        if (end != null) {
            outbox.complete(transact.call(), new Outcome.Failed(reasons.noMoreCalls(subject, end)));
            return;
        }
        TransactionCall lead = new TransactionCall(
                transact.call(),
                transact.transaction(),
                transact.age(),
                subject,
                runner.nowNanos(),
                transact.deadlineNanos());
        runner.open(lead);
        launch(lead);
    }

    /** Makes the transaction's next step: the next attempt, or the end of the pause before its caller is told. */
    void advance(TransactionCall lead) {
        Outcome outcome = lead.outcome();
        if (outcome != null) {
            tell(lead, outcome);
        } else {
            launch(lead);
        }
    }

    /** Asks the partitions that the transaction is about, as far as is known; or has it wait for a number. */
    private void launch(TransactionCall lead) {
        TreeMap<PartitionId, Part> parts =
                Coordinator.parts(lead.transaction, item -> router.partition(item.structure(), item.key()));
        if (parts.size() > Participant.AT_MOST) {
            lead.number().giveBack();
            runner.fail(lead, Failures.tooManyParticipants(lead.subject(), parts.size(), Participant.AT_MOST));
        } else if (Coordinator.needsNoLocks(parts, lead.age())) {
            lead.number().giveBack(); // partitions may have been merged while it waited for the number
            begin(lead, parts);
        } else if (lead.number().id() != null) {
            begin(lead, parts);
        } else {
            runner.number(lead);
        }
    }

    private void begin(TransactionCall lead, TreeMap<PartitionId, Part> parts) {
        Coordinator coordinator = new Coordinator(this, lead);
        lead.begin(coordinator);
        Session session = lead.number().session();
        OperationId id = lead.number().id();
        if (parts.size() > 1 && session != null && id != null) {
            session.decide(id.number());
        }
        coordinator.begin(parts);
    }

    /** The caller waits no longer: it is told what is certain. */
    void giveUp(TransactionCall lead, GivenUp cause) {
        Outcome outcome = lead.outcome();
        Coordinator coordinator = lead.coordinator();
        if (outcome != null) {
            tell(lead, outcome);
        } else if (coordinator != null) {
            giveUp(lead, coordinator, cause);
        } else {
            runner.fail(lead, reasons.notUnderWay(lead, cause, runner.nowNanos()));
        }
    }

    private void giveUp(TransactionCall lead, Coordinator coordinator, GivenUp cause) {
        PartitionCall whole = coordinator.whole();
        if (whole != null) {
            runner.giveUp(whole, cause); // which tells the transaction
            return;
        }
        if (coordinator.isCertainlyNotDone()) {
            DdsException why = reasons.notCommitted(lead, cause, runner.nowNanos());
            if (cause.leavesClientOpen()) {
                coordinator.abort(why);
            } else {
                coordinator.abandon(new Outcome.Failed(why));
            }
            return;
        }
        OperationId id = Check.present(lead.number().id(), "call %d has no number", lead.id);
        Session session = Check.present(lead.number().session(), "%s is of no session", id);
        Outcome unknown = new Outcome.Failed(reasons.undecided(lead, id, cause, runner.nowNanos()));
        if (!cause.leavesClientOpen()) {
            coordinator.abandon(unknown);
            return;
        }
        Session.Unsettled left = new Session.Unsettled(id, NO_PARTITION, Bytes.EMPTY, lead.subject());
        left.isTransaction = true;
        left.coordinator = coordinator;
        session.keep(left);
        coordinator.goOnAlone(left);
        tell(lead, unknown);
    }

    /** A question of a transaction was refused so that nothing came of it. */
    void onSentAway(PartitionCall question, Refusal refusal) {
        Coordinator coordinator = Check.present(question.coordinator, "call %d is of no transaction", question.id);
        if (refusal.reason() != Reason.NOT_YET) {
            coordinator.lead.growOlder(); // so that it waits for what it may still have locked under this number
        }
        coordinator.lead.noteRefusal(question.refusedBy(), refusal);
        question.onTold(false); // nothing of it was taken, so nobody asks for its number any more
        coordinator.onSentAway(question);
    }

    // ── what attempts want ──

    @Override
    public void begin(PartitionCall call) {
        runner.open(call);
        runner.advance(call);
    }

    @Override
    public void drop(PartitionCall call) {
        runner.drop(call);
    }

    @Override
    public void insist(PartitionCall call) {
        call.account.onlyAsk();
        runner.advanceLater(call);
    }

    @Override
    public void tell(Coordinator coordinator, Outcome outcome) {
        if (!defences.has(Defence.KEEP_COMMITS)) {
            settled(coordinator);
        }
        Session.Unsettled left = coordinator.leftBehind;
        if (left == null) {
            tellOrPause(coordinator.lead, outcome);
            return;
        }
        left.learn(outcome);
        left.coordinator = null;
        coordinator.inquirers.stream().filter(call -> !call.isOver()).forEach(call -> runner.finish(call, outcome));
    }

    /**
     * The caller is told; after a pause if the transaction conflicts with others, since the caller is about to begin
     * anew.
     */
    private void tellOrPause(TransactionCall lead, Outcome outcome) {
        boolean isConflict =
                outcome instanceof Outcome.Failed failed && failed.failure() instanceof DdsException.Conflict;
        if (isConflict && runner.end() == null) {
            lead.decide(outcome);
            runner.actAfter(lead, pauses.beforeConflictIsToldNanos(lead.age()));
        } else {
            tell(lead, outcome);
        }
    }

    private void tell(TransactionCall lead, Outcome outcome) {
        runner.drop(lead);
        outbox.complete(lead.id, reasons.ofTransaction(lead, outcome, runner.nowNanos()));
    }

    @Override
    public void again(Coordinator coordinator) {
        TransactionCall lead = coordinator.lead;
        lead.beginAnew();
        runner.actAfter(lead, pauses.beforeNextNumberNanos(lead.nextFailure()));
    }

    @Override
    public void settled(Coordinator coordinator) {
        Session session = coordinator.session;
        OperationId id = coordinator.id;
        if (session != null && id != null) {
            session.onDecided(id.number());
        }
        runner.admit();
    }

    @Override
    public long nextCall() {
        return --lastOwnCall;
    }
}
