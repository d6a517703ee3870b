package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.client.RefusalPolicy.Known;
import io.brickwork.core.client.RefusalPolicy.Verdict;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.group.View;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import java.util.LinkedHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client: one {@link Session} at a time, one {@link Router}, and the open {@linkplain Call calls}.
 *
 * <p>It owes every call one outcome, at the latest one tick after its deadline, and the outcome is true: {@code Done}
 * if the write took effect, once; a failure that certainly did not happen only if every attempt was refused before it
 * was taken, or a rejection is stored; else unknown (T57). Reads have no effect, so they are repeated freely and never
 * end as unknown.
 *
 * <p>A refused attempt is followed by another, with the same operation id and a new ticket, after a pause that doubles
 * ({@link RefusalPolicy}); one that is not answered for long is followed by another without being forgotten
 * ({@link ResendTimer}). An answer to any attempt of an operation is the operation's stored answer and ends the call.
 * What may be told of a call whose attempts were lost is the business of its {@link AttemptAccount}.
 *
 * <p>Everything is bounded: operations by the session's window, requests by the credits of each link; who waits for
 * either waits in a queue of at most {@link #WAITING_AT_MOST}, first come first served.
 *
 * <p>This class takes inputs apart and hands them to those who decide. One thread at a time. Calls of the outbox must
 * not lead back into {@link #step}.
 */
public final class ClientMachine {
    /** How often {@link ClientInput.Tick} should come while calls are open. */
    public static final long TICK_NANOS = 10_000_000;
    /** How often it should come while none is, for the sake of the session. */
    public static final long IDLE_TICK_NANOS = 250_000_000;
    /** How many calls may wait for a number of the session, and how many for a credit of one link. */
    public static final int WAITING_AT_MOST = 4096;

    private final Defences defences;
    private final ClientOutbox outbox;
    private final Router router;
    private final Attempts attempts;
    private final SessionKeeper keeper;
    private final Reasons reasons;
    private final CallTable calls = new CallTable();
    private final CallRunner runner;
    private final TransactionCalls transactions;

    /** A client that spreads its reads over all members. */
    public ClientMachine(long nonce, StructureTypes types, RandomGenerator jitter, ClientOutbox outbox) {
        this(nonce, types, null, jitter, outbox);
    }

    /**
     * @param nonce random; marks the client's sessions
     * @param preferred the brick to ask for reads wherever it is a member, such as one in the same process; null for
     *     none
     * @param jitter spreads pauses; seeded by whoever wants repeatable runs
     */
    public ClientMachine(
            long nonce,
            StructureTypes types,
            @Nullable BrickId preferred,
            RandomGenerator jitter,
            ClientOutbox outbox) {
        this(nonce, types, preferred, Defences.ALL, jitter, outbox);
    }

    /** As above, with a rule left out: for simulations. */
    public ClientMachine(
            long nonce,
            StructureTypes types,
            @Nullable BrickId preferred,
            Defences defences,
            RandomGenerator jitter,
            ClientOutbox outbox) {
        this.defences = defences;
        this.outbox = outbox;
        router = new Router(types);
        attempts = new Attempts(router, preferred, defences, outbox);
        keeper = new SessionKeeper(nonce, attempts, outbox);
        reasons = new Reasons(router, keeper, defences);
        RetryPauses pauses = new RetryPauses(jitter);
        runner = new CallRunner(
                attempts, calls, new WindowQueue(keeper), pauses, reasons, outbox, this::advanceTransaction);
        transactions = new TransactionCalls(router, runner, pauses, reasons, defences, outbox);
    }

    private void advanceTransaction(TransactionCall lead) {
        transactions.advance(lead);
    }

    /**
     * Takes one input.
     *
     * @param nowNanos on the client's monotonic clock; never less than in the step before
     */
    public void step(ClientInput input, long nowNanos) {
        runner.at(nowNanos);
        switch (input) {
            case ClientInput.Submit submit -> onSubmit(submit);
            case ClientInput.Inquire inquire -> onInquire(inquire);
            case ClientInput.Transact transact -> {
                checkIsNew(transact.call());
                transactions.onTransact(transact);
            }
            case ClientInput.Received received -> onReceived(received.from(), received.message());
            case ClientInput.LinkUp up -> onLinkUp(up);
            case ClientInput.LinkDown down -> onLinkDown(down.brick());
            case ClientInput.LinkDrained drained -> serveInTurn(attempts.link(drained.brick()));
            case ClientInput.Abandon abandon -> {
                Call call = calls.get(abandon.call());
                if (call != null) {
                    giveUp(call, GivenUp.INTERRUPT);
                }
            }
            case ClientInput.Tick tick -> onTick();
            case ClientInput.TokenRefused refused -> giveUpOpenCalls(GivenUp.tokenRefused(refused.why()));
            case ClientInput.Ended end -> giveUpAll(GivenUp.ended(end.why()));
            case ClientInput.Close close -> {
                giveUpAll(GivenUp.CLOSE);
                keeper.close();
            }
        }
    }

    /** How many calls have no outcome yet, or are about to tell a transaction's. */
    public int openCalls() {
        return calls.size();
    }

    // ── what callers want ──

    private void checkIsNew(long call) {
        Check.invariant(!calls.contains(call), "call %d is submitted twice", call);
    }

    private void onSubmit(ClientInput.Submit submit) {
        checkIsNew(submit.call());
        StructureInfo structure = submit.structure();
        GivenUp end = runner.end();
        if (end != null) {
            Failures.Subject subject = new Failures.Subject(submit.name(), structure.name(), null);
            outbox.complete(submit.call(), new Outcome.Failed(reasons.noMoreCalls(subject, end)));
            return;
        }
        PartitionId partition = router.partition(structure, submit.routingKey());
        Failures.Subject subject = new Failures.Subject(submit.name(), structure.name(), partition);
        if (submit.read()) {
            ReadCall read = new ReadCall(
                    submit.call(),
                    partition,
                    submit.routingKey(),
                    submit.body(),
                    submit.reads(),
                    null,
                    subject,
                    runner.nowNanos(),
                    submit.deadlineNanos());
            runner.open(read);
            runner.advance(read);
        } else {
            WriteCall write = new WriteCall(
                    submit.call(),
                    partition,
                    submit.routingKey(),
                    submit.body(),
                    subject,
                    runner.nowNanos(),
                    submit.deadlineNanos());
            runner.open(write);
            runner.number(write);
        }
    }

    private void onInquire(ClientInput.Inquire inquire) {
        Session session = keeper.session();
        Session.Unsettled operation = session == null ? null : session.unsettled(inquire.operation());
        if (session == null || operation == null) {
            outbox.complete(inquire.call(), new Outcome.Failed(Failures.forgotten(inquire.operation())));
            return;
        }
        InquiryCall call =
                new InquiryCall(inquire.call(), session, operation, runner.nowNanos(), inquire.deadlineNanos());
        runner.open(call);
        Outcome late = operation.late;
        Coordinator coordinator = operation.coordinator;
        GivenUp end = runner.end();
        if (late != null) {
            runner.finish(call, late);
        } else if (end != null) {
            runner.giveUp(call, end);
        } else if (coordinator != null) {
            coordinator.inquirers.add(call);
        } else {
            runner.advance(call);
        }
    }

    // ── what bricks say ──

    private void onReceived(BrickId from, CallMessage message) {
        if (message instanceof CallMessage.SessionState state) {
            keeper.onState(from, state, runner.nowNanos());
            runner.admit();
            serveInTurn(attempts.link(from));
            return;
        }
        Attempt attempt = attempts.take(from, message.ticket());
        if (attempt == null) {
            return; // a late answer over a link that was lost: T12
        }
        switch (message) {
            case CallMessage.Answer answer -> onAnswer(attempt, answer);
            case CallMessage.Refusal refusal -> onRefusal(attempt, refusal);
            case CallMessage.Request request -> retryAfterNonsense(attempt);
            case CallMessage.AskStatus ask -> retryAfterNonsense(attempt);
            case CallMessage.Status status -> retryAfterNonsense(attempt);
            case CallMessage.AskMetadata ask -> retryAfterNonsense(attempt);
            case CallMessage.Metadata metadata -> retryAfterNonsense(attempt);
            case CallMessage.Instruct instruct -> retryAfterNonsense(attempt);
            case CallMessage.Instructed instructed -> retryAfterNonsense(attempt);
            case CallMessage.OpenSession open -> retryAfterNonsense(attempt);
            case CallMessage.KeepSession keep -> retryAfterNonsense(attempt);
            case CallMessage.CloseSession close -> retryAfterNonsense(attempt);
            case CallMessage.SessionState state -> retryAfterNonsense(attempt);
        }
        serveInTurn(attempt.link);
    }

    private void onAnswer(Attempt attempt, CallMessage.Answer answer) {
        PartitionCall call = attempt.call;
        Outcome outcome = call.outcome(answer);
        if (!call.isOver()) {
            call.drop(attempt);
            runner.finish(call, outcome);
        } else if (call instanceof WriteCall write) {
            write.onAnsweredLate(outcome);
        }
    }

    private void onRefusal(Attempt attempt, Refusal refusal) {
        PartitionCall call = attempt.call;
        learn(call, refusal);
        if (call.isOver()) {
            return;
        }
        call.onRefused(attempt, refusal);
        PartitionId owner = router.owner(call.partition().structure(), call.routingKey);
        Verdict verdict = RefusalPolicy.verdict(call, refusal.reason(), known(attempt, owner));
        switch (verdict) {
            case FAIL -> runner.fail(call, reasons.refused(call, refusal, runner.nowNanos()));
            case FAIL_AS_UNKNOWN -> {
                noteExpiry(call, refusal);
                runner.fail(call, reasons.untold(call, refusal, runner.nowNanos()));
            }
            case ASK_FOR_OUTCOME -> {
                call.account.onlyAsk();
                runner.advanceLater(call);
            }
            case AGAIN_NOW -> {
                call.beginRound();
                runner.advance(call);
            }
            case NEXT_MEMBER -> runner.advance(call);
            case AGAIN_LATER -> runner.advanceLater(call);
            case ELSEWHERE -> moveTo(call, owner);
            case ASK_ELSEWHERE -> {
                call.account.onlyAsk();
                moveTo(call, owner);
            }
            case NEW_SESSION -> {
                noteExpiry(call, refusal);
                runner.renumber((WriteCall) call);
            }
            case NEW_TRANSACTION -> {
                noteExpiry(call, refusal);
                transactions.onSentAway(call, refusal);
            }
        }
    }

    /** What is known besides the refusal of an attempt. */
    private Known known(Attempt attempt, PartitionId owner) {
        PartitionCall call = attempt.call;
        ReadCall read = call instanceof ReadCall one ? one : null;
        return new Known(
                call.account.isCertainlyNotDone(defences),
                !owner.equals(call.partition()),
                attempt.epoch < router.epoch(call.partition()),
                read != null && attempts.hasUntriedMember(read),
                read != null && isCorruptEverywhere(read));
    }

    private boolean isCorruptEverywhere(ReadCall read) {
        View view = router.view(read.partition());
        return view != null && read.corruptMembers() >= view.members().size();
    }

    /** Takes in what the refusal tells of partitions and views. */
    private void learn(PartitionCall call, Refusal refusal) {
        KeyRange range = refusal.range();
        View told = refusal.view();
        boolean isOfStructure =
                refusal.partition().structure() == call.partition().structure();
        if (range != null && isOfStructure) {
            router.learn(refusal.partition(), range);
        }
        if (told != null
                && isOfStructure
                && (range != null || refusal.partition().equals(call.partition()))) {
            router.learn(refusal.partition(), told);
        }
    }

    private void noteExpiry(PartitionCall call, Refusal refusal) {
        OperationId id = call.operation();
        if (refusal.reason() == Reason.EXPIRED && id != null) {
            keeper.onOver(id.session());
            if (!call.account.isCertainlyNotDone()) {
                defences.reached(Situation.EXPIRY_WITH_OPEN_ATTEMPT);
            }
        }
    }

    private void moveTo(PartitionCall call, PartitionId owner) {
        if (call.moveTo(owner)) {
            call.beginRound();
            runner.advance(call);
        } else {
            runner.advanceLater(call);
        }
    }

    /** A brick answered a request with something that is not an answer. Nobody can say whether it took it. */
    private void retryAfterNonsense(Attempt attempt) {
        if (!attempt.call.isOver()) {
            attempt.call.drop(attempt);
            runner.advanceLater(attempt.call);
        }
    }

    // ── links ──

    private void onLinkUp(ClientInput.LinkUp up) {
        onLinkDown(up.brick()); // a link that comes up anew has been down, whether or not anyone said so
        router.onMembers(up.members());
        attempts.onLinkUp(up.brick(), up.credits());
        keeper.onLinkUp(runner.nowNanos());
        for (Call call : calls.snapshot()) {
            if (call instanceof PartitionCall one && one.waitsForLink && attempts.isWantedBy(up.brick(), one)) {
                runner.advance(one);
            }
        }
    }

    private void onLinkDown(BrickId brick) {
        CreditLink link = attempts.onLinkDown(brick);
        if (link == null) {
            return;
        }
        // Each call once, however many of its attempts were on the link: one death is one death (T45).
        LinkedHashMap<Long, PartitionCall> bereft = new LinkedHashMap<>();
        for (Attempt attempt : attempts.takeLost(link)) {
            PartitionCall call = attempt.call;
            if (!call.isOver()) {
                call.drop(attempt);
                if (attempt.mayTakeEffect && attempt.isAtPrimary && !bereft.containsKey(call.id)) {
                    call.account.onLinkLost();
                }
                bereft.put(call.id, call);
            }
        }
        for (PartitionCall call = link.poll(); call != null; call = link.poll()) {
            bereft.put(call.id, call);
        }
        bereft.values().forEach(runner::advance);
        keeper.onLinkDown(link, runner.nowNanos());
    }

    /** Gives the credits that a link has got back to those who wait for them. */
    private void serveInTurn(@Nullable CreditLink link) {
        if (link == null || !attempts.isUp(link)) {
            return;
        }
        for (PartitionCall call = attempts.nextInTurn(link); call != null; call = attempts.nextInTurn(link)) {
            runner.advanceInTurn(call);
        }
    }

    // ── time ──

    private void onTick() {
        long nowNanos = runner.nowNanos();
        keeper.onTick(nowNanos);
        if (!calls.mayBeDue(nowNanos)) {
            return;
        }
        for (Call call : calls.due(nowNanos)) {
            if (call.isOver()) {
                continue;
            }
            if (call.deadlineNanos <= nowNanos) {
                giveUp(call, GivenUp.DEADLINE);
            } else if (call.actAtNanos <= nowNanos) {
                runner.advance(call);
            } else if (call instanceof PartitionCall one && one.resend.dueNanos() <= nowNanos) {
                runner.resend(one);
            }
        }
        calls.findNextDue();
    }

    // ── the end of calls that are not answered ──

    private void giveUp(Call call, GivenUp cause) {
        switch (call) {
            case TransactionCall lead -> transactions.giveUp(lead, cause);
            case PartitionCall one -> runner.giveUp(one, cause);
        }
    }

    private void giveUpOpenCalls(GivenUp cause) {
        for (Call call : calls.snapshot()) {
            boolean isCallers = !(call instanceof PartitionCall one) || one.coordinator == null;
            if (isCallers && !call.isOver()) {
                giveUp(call, cause);
            }
        }
    }

    private void giveUpAll(GivenUp cause) {
        runner.end(cause);
        giveUpOpenCalls(cause);
        for (Call call : calls.snapshot()) { // what transactions are about still, though their callers know
            if (call instanceof PartitionCall one && one.coordinator != null && !one.isOver()) {
                one.coordinator.abandon(new Outcome.Failed(reasons.unknown(one, cause, runner.nowNanos())));
            }
        }
    }
}
