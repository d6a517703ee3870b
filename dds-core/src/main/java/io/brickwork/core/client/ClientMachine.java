package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.client.Attempts.Dispatch;
import io.brickwork.core.client.OpenCall.Attempt;
import io.brickwork.core.client.OpenCall.Kind;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.group.View;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.RecordAccess;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client: one {@link Session} at a time, one {@link Router}, and the open calls.
 *
 * <p>It owes every call one outcome, at the latest one tick after its deadline, and the outcome is true: {@code Done} if
 * the write took effect, once; a failure that certainly did not happen only if every attempt was refused before it was
 * taken, or a rejection is stored; else unknown (T57). Reads have no effect, so they are repeated freely and never end as
 * unknown.
 *
 * <p>A refused attempt is followed by another, with the same operation id and a new ticket, after a pause that doubles; one
 * that is not answered for long is followed by another without being forgotten. An answer to any attempt of an operation
 * is the operation's stored answer and ends the call. If the link is lost twice under attempts of the same operation, the
 * operation may be what kills its primaries (T45): it is not sent again, only its outcome is asked for. That a primary has
 * never seen it proves nothing, since an attempt may still sit in a buffer.
 *
 * <p>Everything is bounded: operations by the session's window, requests by the credits of each link; who waits for
 * either waits in a queue of at most {@link #WAITING_AT_MOST}, first come first served.
 *
 * <p>One thread at a time. Calls of the outbox must not lead back into {@link #step}.
 */
public final class ClientMachine {
    /** How often {@link ClientInput.Tick} should come while calls are open. */
    public static final long TICK_NANOS = 10_000_000;
    /** How often it should come while none is, for the sake of the session. */
    public static final long IDLE_TICK_NANOS = 250_000_000;
    /** How many calls may wait for a number of the session, and how many for a credit of one link. */
    public static final int WAITING_AT_MOST = 4096;

    /** The first pause after a refusal; doubled each time. */
    static final long PAUSE_NANOS = 5_000_000;
    /** The longest pause after a refusal. */
    static final long PAUSE_AT_MOST_NANOS = 200_000_000;
    /** The longest pause after the first conflict of a transaction; doubled with each, up to {@link #PAUSES} times. */
    static final long LOST_PAUSE_NANOS = 2_000_000;

    static final int PAUSES = 3;
    /** How long an attempt may go unanswered before another brick is asked; before the same brick is asked again, doubled each time. */
    static final long RESEND_NANOS = 1_000_000_000;
    /** How often other bricks are asked, while a primary does not answer, whether there is another primary by now. */
    static final long DETOUR_NANOS = 500_000_000;

    static final long RESEND_AT_MOST_NANOS = 10_000_000_000L;
    /** After so many failures a write whose primary has no link is tried at another member, which may know a new primary. */
    static final int FAILURES_BEFORE_DETOUR = 3;
    /** An operation is not sent again once its links were lost so often. */
    static final int LINKS_LOST_AT_MOST = 2;

    /** Of what concerns several. */
    private static final PartitionId NO_PARTITION = new PartitionId(0, 0);

    /** Why a call ends without an answer. */
    private enum GivenUp {
        DEADLINE("the deadline passed"),
        INTERRUPT("the caller was interrupted"),
        ENDED("no brick will answer any more"),
        CLOSE("the client was closed");

        final String text;

        GivenUp(String text) {
            this.text = text;
        }
    }

    private final RandomGenerator jitter;
    private final Defences defences;
    private final ClientOutbox outbox;
    private final Router router;
    private final Attempts attempts;
    private final SessionKeeper keeper;
    private final TransactionHost transactions = new TransactionHost();
    /** Open calls in the order of their submission. */
    private final LinkedHashMap<Long, OpenCall> calls = new LinkedHashMap<>();
    /** Writes that wait for a number, in order; those that are over are passed over. */
    private final ArrayDeque<OpenCall> windowQueue = new ArrayDeque<>();
    /** Nothing is due before this moment; something may be at it. */
    private long nothingDueBeforeNanos = OpenCall.NEVER;

    /** Counts down: callers name theirs by positive numbers. */
    private long lastOwnCall;

    private long nowNanos;
    private boolean isClosed;
    /** Why no brick will answer any more; null while one may. */
    private @Nullable String ended;

    /** A client that spreads its reads over all members. */
    public ClientMachine(long drawn, StructureTypes types, RandomGenerator jitter, ClientOutbox outbox) {
        this(drawn, types, null, jitter, outbox);
    }

    /**
     * @param drawn at random; marks the client's sessions
     * @param preferred the brick to ask for reads wherever it is a member, such as one in the same process; null for none
     * @param jitter spreads pauses; seeded by whoever wants repeatable runs
     */
    public ClientMachine(
            long drawn,
            StructureTypes types,
            @Nullable BrickId preferred,
            RandomGenerator jitter,
            ClientOutbox outbox) {
        this(drawn, types, preferred, Defences.ALL, jitter, outbox);
    }

    /** As above, with a rule left out: for simulations. */
    public ClientMachine(
            long drawn,
            StructureTypes types,
            @Nullable BrickId preferred,
            Defences defences,
            RandomGenerator jitter,
            ClientOutbox outbox) {
        this.defences = defences;
        this.jitter = jitter;
        this.outbox = outbox;
        this.router = new Router(types);
        this.attempts = new Attempts(router, preferred, defences, outbox);
        this.keeper = new SessionKeeper(drawn, attempts, outbox);
    }

    /**
     * Takes one input.
     *
     * @param nowNanos on the client's monotonic clock; never less than in the step before
     */
    public void step(ClientInput input, long nowNanos) {
        this.nowNanos = nowNanos;
        switch (input) {
            case ClientInput.Submit submit -> onSubmit(submit);
            case ClientInput.Inquire inquire -> onInquire(inquire);
            case ClientInput.Transact transact -> onTransact(transact);
            case ClientInput.Received received -> onReceived(received.from(), received.message());
            case ClientInput.LinkUp up -> onLinkUp(up);
            case ClientInput.LinkDown down -> onLinkDown(down.brick());
            case ClientInput.LinkDrained drained -> {
                CreditLink link = attempts.link(drained.brick());
                if (link != null) {
                    serveInTurn(link);
                }
            }
            case ClientInput.Abandon abandon -> {
                OpenCall call = calls.get(abandon.call());
                if (call != null) {
                    giveUp(call, GivenUp.INTERRUPT);
                }
            }
            case ClientInput.Tick tick -> onTick();
            case ClientInput.Ended end -> {
                ended = end.why();
                giveUpAll(GivenUp.ENDED);
            }
            case ClientInput.Close close -> {
                isClosed = true;
                giveUpAll(GivenUp.CLOSE);
                keeper.close();
            }
        }
    }

    private void giveUpAll(GivenUp cause) {
        for (OpenCall call : List.copyOf(calls.values())) {
            if (call.coordinator == null && !call.isOver()) {
                giveUp(call, cause);
            }
        }
        for (OpenCall call :
                List.copyOf(calls.values())) { // what transactions are about still, though their callers know
            Coordinator coordinator = call.coordinator;
            if (coordinator != null && !call.isOver()) {
                coordinator.abandon(new Outcome.Failed(unknown(call, cause)));
            }
        }
    }

    /** How many calls have no outcome yet, or are about to tell a transaction's. */
    public int openCalls() {
        return calls.size();
    }

    // ── what callers want ──

    private void onSubmit(ClientInput.Submit submit) {
        Check.invariant(!calls.containsKey(submit.call()), "call %d is submitted twice", submit.call());
        StructureInfo structure = submit.structure();
        if (!takesCalls(submit.call(), new Failures.Subject(submit.name(), structure.name(), null))) {
            return;
        }
        PartitionId partition = router.partition(structure, submit.routingKey());
        OpenCall call = new OpenCall(
                submit.read() ? Kind.READ : Kind.WRITE,
                submit.call(),
                partition,
                submit.routingKey(),
                submit.body(),
                submit.reads(),
                new Failures.Subject(submit.name(), structure.name(), partition),
                nowNanos,
                submit.deadlineNanos());
        open(call);
        if (call.isRead()) {
            advance(call, false);
        } else if (windowQueue.size() < WAITING_AT_MOST) {
            number(call);
        } else {
            fail(call, windowFull(call));
        }
    }

    /** Whether anything can still be done; else the call has been told. */
    private boolean takesCalls(long call, Failures.Subject subject) {
        String why = ended;
        if (isClosed) {
            outbox.complete(call, new Outcome.Failed(Failures.closed(subject)));
        } else if (why != null) {
            outbox.complete(call, new Outcome.Failed(Failures.unavailable(subject, why, 0)));
        }
        return !isClosed && why == null;
    }

    // ── transactions ──

    private void onTransact(ClientInput.Transact transact) {
        Check.invariant(!calls.containsKey(transact.call()), "call %d is submitted twice", transact.call());
        List<Minitransaction.Item> items = transact.transaction().items();
        if (items.isEmpty()) {
            outbox.complete(transact.call(), new Outcome.Done(NO_PARTITION, Version.NONE, Bytes.EMPTY));
            return;
        }
        Failures.Subject subject = new Failures.Subject(
                transact.name(), items.getFirst().structure().name() + (items.size() == 1 ? "" : "' and others"), null);
        if (!takesCalls(transact.call(), subject)) {
            return;
        }
        OpenCall lead = new OpenCall(
                Kind.TRANSACTION,
                transact.call(),
                NO_PARTITION,
                Bytes.EMPTY,
                Bytes.EMPTY,
                ReadMode.LINEARIZABLE,
                subject,
                nowNanos,
                transact.deadlineNanos());
        lead.transaction = transact.transaction();
        lead.age = transact.age();
        open(lead);
        launch(lead);
    }

    /** Asks the partitions that it is about, as far as is known; or has it wait for a name. */
    private void launch(OpenCall lead) {
        Minitransaction transaction = Check.present(lead.transaction, "call %d is no transaction", lead.call);
        TreeMap<PartitionId, Part> parts =
                Coordinator.parts(transaction, item -> router.partition(item.structure(), item.key()));
        if (parts.size() > Participant.AT_MOST) {
            fail(lead, Failures.tooManyParticipants(lead.subject, parts.size(), Participant.AT_MOST));
        } else if (lead.operation != null || Coordinator.needsNoLocks(parts, lead.age)) {
            Coordinator coordinator = new Coordinator(transactions, lead);
            lead.attempt = coordinator;
            lead.forgetRefusal();
            Session session = lead.session;
            OperationId id = lead.operation;
            if (parts.size() > 1 && session != null && id != null) {
                session.decide(id.number());
            }
            coordinator.begin(parts);
        } else if (windowQueue.size() < WAITING_AT_MOST) {
            number(lead);
        } else {
            fail(lead, windowFull(lead));
        }
    }

    /** What transactions ask of this machine. */
    private final class TransactionHost implements Coordinator.Host {
        @Override
        public void begin(OpenCall call) {
            open(call);
            advance(call, false);
        }

        @Override
        public void drop(OpenCall call) {
            calls.remove(call.call);
            stopWaiting(call);
            call.markOver();
        }

        @Override
        public void insist(OpenCall call) {
            call.onlyAsk();
            advanceLater(call);
        }

        @Override
        public void tell(Coordinator coordinator, Outcome outcome) {
            if (!defences.has(Defence.KEEP_COMMITS)) {
                settled(coordinator);
            }
            Session.Unsettled left = coordinator.leftBehind;
            if (left == null) {
                endOrPause(coordinator.lead, outcome);
                return;
            }
            left.learn(outcome);
            left.coordinator = null;
            coordinator.inquirers.stream().filter(call -> !call.isOver()).forEach(call -> finish(call, outcome));
        }

        @Override
        public void again(Coordinator coordinator) {
            OpenCall lead = coordinator.lead;
            lead.attempt = null;
            lead.session = null;
            lead.operation = null;
            long pause = PAUSE_NANOS << Math.min(lead.nextFailure(), PAUSES);
            lead.actAtNanos = nowNanos + pause / 2 + jitter.nextLong(pause);
            noteDue(lead);
        }

        @Override
        public void settled(Coordinator coordinator) {
            Session session = coordinator.session;
            OperationId id = coordinator.id;
            if (session != null && id != null) {
                session.onDecided(id.number());
            }
            admitFromWindowQueue();
        }

        @Override
        public long nextCall() {
            return --lastOwnCall;
        }
    }

    /** A transaction's caller is told; after a pause if others were faster, since it is about to begin anew. Who has tried often does not wait: a turn is kept for it. */
    private void endOrPause(OpenCall lead, Outcome outcome) {
        boolean isLost = outcome instanceof Outcome.Failed failed && failed.failure() instanceof DdsException.Conflict;
        if (!isLost || isClosed || ended != null) {
            end(lead, outcome);
            return;
        }
        lead.told = outcome;
        lead.attempt = null;
        long pause = lead.age < PAUSES ? LOST_PAUSE_NANOS << lead.age : LOST_PAUSE_NANOS / 2;
        lead.actAtNanos = nowNanos + jitter.nextLong(pause);
        noteDue(lead);
    }

    /** A transaction's caller is told. */
    private void end(OpenCall lead, Outcome outcome) {
        calls.remove(lead.call);
        stopWaiting(lead);
        lead.markOver();
        outbox.complete(lead.call, ofReadOnly(lead, outcome));
    }

    /** What writes nothing has no effect that could be unknown, whatever becomes of the votes it has asked for. */
    private Outcome ofReadOnly(OpenCall lead, Outcome outcome) {
        boolean isReadOnly = lead.transaction != null && lead.transaction.isReadOnly();
        return isReadOnly && outcome instanceof Outcome.Failed(DdsException failure) && !failure.certainlyDidNotHappen()
                ? new Outcome.Failed(Failures.notValidated(lead.subject, failure, waited(lead)))
                : outcome;
    }

    /** The caller of a transaction that is under way waits no longer. */
    private void giveUp(OpenCall lead, Coordinator coordinator, GivenUp cause) {
        OpenCall whole = coordinator.whole();
        if (whole != null) {
            giveUp(whole, cause); // which tells the transaction
            return;
        }
        boolean isCalledOff = cause == GivenUp.ENDED || cause == GivenUp.CLOSE;
        if (coordinator.isCertainlyNotDone()) {
            DdsException why = cause == GivenUp.CLOSE
                    ? Failures.closed(lead.subject)
                    : Failures.unavailable(
                            lead.subject, because(cause) + " before all of its partitions had answered", waited(lead));
            if (isCalledOff) {
                coordinator.abandon(new Outcome.Failed(why));
            } else {
                coordinator.abort(why);
            }
            return;
        }
        OperationId id = lead.operationId();
        Session session = Check.present(lead.session, "%s is of no session", id);
        DdsException unknown = Failures.unknown(
                lead.subject,
                id,
                because(cause) + ", and not all of its partitions have told where they stand",
                waited(lead));
        if (isCalledOff) {
            coordinator.abandon(new Outcome.Failed(unknown));
            return;
        }
        Session.Unsettled left = new Session.Unsettled(id, lead.partition, Bytes.EMPTY, lead.subject);
        left.isTransaction = true;
        left.coordinator = coordinator;
        session.keep(left);
        coordinator.goOnAlone(left);
        end(lead, new Outcome.Failed(unknown));
    }

    /** The write is sent once it has a number. */
    private void number(OpenCall call) {
        call.awaitNumber();
        windowQueue.add(call);
        admitFromWindowQueue();
    }

    private void onInquire(ClientInput.Inquire inquire) {
        Session session = keeper.session();
        Session.Unsettled operation = session == null ? null : session.unsettled(inquire.operation());
        if (session == null || operation == null) {
            outbox.complete(inquire.call(), new Outcome.Failed(Failures.forgotten(inquire.operation())));
            return;
        }
        OpenCall call = new OpenCall(
                Kind.INQUIRY,
                inquire.call(),
                operation.partition,
                operation.routingKey,
                Bytes.EMPTY,
                ReadMode.LINEARIZABLE,
                operation.subject,
                nowNanos,
                inquire.deadlineNanos());
        call.session = session;
        call.operation = operation.id;
        call.inquired = operation;
        open(call);
        Outcome late = operation.late;
        Coordinator coordinator = operation.coordinator;
        if (late != null) {
            finish(call, late);
        } else if (coordinator != null && !isClosed && ended == null) {
            coordinator.inquirers.add(call);
        } else if (isClosed) {
            giveUp(call, GivenUp.CLOSE);
        } else if (ended != null) {
            giveUp(call, GivenUp.ENDED);
        } else {
            advance(call, false);
        }
    }

    private void open(OpenCall call) {
        calls.put(call.call, call);
        noteDue(call);
    }

    // ── what bricks say ──

    private void onReceived(BrickId from, CallMessage message) {
        if (message instanceof CallMessage.SessionState state) {
            onSessionState(from, state);
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

    private void onSessionState(BrickId from, CallMessage.SessionState state) {
        keeper.onState(from, state, nowNanos);
        admitFromWindowQueue();
        CreditLink link = attempts.link(from);
        if (link != null) {
            serveInTurn(link);
        }
    }

    private void onAnswer(Attempt attempt, CallMessage.Answer answer) {
        OpenCall call = attempt.call;
        Outcome outcome = outcome(call, answer);
        if (!call.isOver()) {
            call.drop(attempt);
            finish(call, outcome);
        } else if (call.leftBehind != null) {
            call.leftBehind.learn(outcome);
        }
    }

    private Outcome outcome(OpenCall call, CallMessage.Answer answer) {
        if (answer.status() != Completion.Status.DONE) {
            return new Outcome.Failed(Failures.rejected(call.subject, answer.result()));
        }
        Session.Unsettled inquired = call.inquired;
        boolean isWhole = call.kind == Kind.INQUIRY
                ? inquired != null && inquired.isTransaction
                : call.coordinator != null && (call.kind == Kind.WRITE || call.kind == Kind.READ);
        String conflict = isWhole ? RecordAccess.conflict(answer.result()) : null;
        if (call.kind == Kind.PREPARE && !isYes(answer.result())) {
            conflict = "it was aborted";
        }
        return conflict == null
                ? new Outcome.Done(answer.partition(), answer.version(), answer.result())
                : new Outcome.Failed(Failures.conflict(call.subject, conflict));
    }

    private static boolean isYes(Bytes state) {
        TransactionRecord.State stands = TransactionRecord.State.of(state.isEmpty() ? 0 : state.at(0));
        return stands == TransactionRecord.State.PREPARED || stands == TransactionRecord.State.COMMITTED;
    }

    private void onRefusal(Attempt attempt, Refusal refusal) {
        OpenCall call = attempt.call;
        learn(call, refusal);
        if (call.isOver()) {
            return;
        }
        call.onRefused(attempt, refusal);
        PartitionId owner = router.owner(call.partition.structure(), call.routingKey);
        Coordinator coordinator = call.coordinator;
        boolean isMoved = !owner.equals(call.partition) || refusal.reason() == Reason.WRONG_PARTITION;
        if (coordinator != null
                && call.kind != Kind.DECIDE
                && (isMoved || refusal.reason() == Reason.EXPIRED || refusal.reason() == Reason.NOT_YET)
                && isCertainlyNotDone(call)) {
            if (refusal.reason() == Reason.EXPIRED && call.operation != null) {
                keeper.onOver(call.operation.session());
            }
            if (refusal.reason() != Reason.NOT_YET) {
                coordinator.lead.age++; // so that it waits for what it may still have locked under this name
            }
            coordinator.lead.noteSentAway(attempt.link.brick, refusal);
            coordinator.onSentAway(call);
            return;
        }
        if (!owner.equals(call.partition)) {
            if (call.kind == Kind.PREPARE) {
                call.onlyAsk(); // whoever has the key has what the other may have said
            }
            moveTo(call, owner);
            return;
        }
        if (refusal.reason() == Reason.EXPIRED && call.operation != null) {
            onExpired(call, call.operation);
        } else if (refusal.reason() == Reason.FORGOTTEN) {
            fail(call, refused(call, refusal));
        } else if (call.kind == Kind.DECIDE) {
            advanceLater(call);
        } else if (call.asks() && call.kind != Kind.INQUIRY && isCertainlyNotDone(call)) {
            fail(call, refused(call, refusal)); // the last attempt that might have been taken was not
        } else if (call.asks()) {
            onRefusedQuestion(call, refusal);
        } else if (Failures.isFinal(refusal.reason(), call.isRead())) {
            onFinalRefusal(call, refusal);
        } else if (attempt.epoch < router.epoch(call.partition)) {
            call.beginRound(); // the map has been repaired since it was sent, so nothing speaks against trying at once
            advance(call, false);
        } else if (call.isRead() && attempts.hasUntriedMember(call)) {
            advance(call, false);
        } else if (isCorruptEverywhere(call)) {
            fail(call, refused(call, refusal));
        } else {
            advanceLater(call);
        }
    }

    /** Takes in what the refusal tells of partitions and views. */
    private void learn(OpenCall call, Refusal refusal) {
        KeyRange range = refusal.range();
        View told = refusal.view();
        boolean isOfStructure = refusal.partition().structure() == call.partition.structure();
        if (range != null && isOfStructure) {
            router.learn(refusal.partition(), range);
        }
        if (told != null
                && isOfStructure
                && (range != null || refusal.partition().equals(call.partition))) {
            router.learn(refusal.partition(), told);
        }
    }

    /** The key lies in another partition than was thought. The one that was asked has not taken the operation, nor will: it is the same operation that is sent to the other. */
    private void moveTo(OpenCall call, PartitionId owner) {
        Session.Unsettled inquired = call.inquired;
        if (inquired != null) {
            inquired.partition = owner;
        }
        if (call.moveTo(owner)) {
            call.beginRound();
            advance(call, false);
        } else {
            advanceLater(call);
        }
    }

    /** Nobody can say any more what became of the operation, unless nothing of it was ever taken: then it is done in another session. */
    private void onExpired(OpenCall call, OperationId id) {
        keeper.onOver(id.session());
        if (call.kind == Kind.WRITE && !call.asks() && isCertainlyNotDone(call)) {
            stopWaiting(call);
            number(call);
        } else {
            String why = "session %s had expired before its outcome was known".formatted(id.session());
            fail(call, Failures.unknown(call.subject, id, why, waited(call)));
        }
    }

    private void onFinalRefusal(OpenCall call, Refusal refusal) {
        if (isCertainlyNotDone(call)) {
            fail(call, refused(call, refusal));
        } else {
            call.onlyAsk(); // this attempt failed for good; what became of the others?
            advanceLater(call);
        }
    }

    private void onRefusedQuestion(OpenCall call, Refusal refusal) {
        boolean isFinal = refusal.reason() == Reason.NEVER_SEEN || Failures.isFinal(refusal.reason(), false);
        Session.Unsettled inquired = call.inquired;
        if (isFinal && inquired != null) {
            String why = refusal.reason() == Reason.NEVER_SEEN
                    ? "its primary has not seen it, but an attempt may still be on its way"
                    : "its primary does not tell (" + refusal.reason() + ": " + refusal.detail() + ")";
            fail(call, Failures.unknown(call.subject, inquired.id, why, waited(call)));
        } else {
            advanceLater(call);
        }
    }

    private boolean isCorruptEverywhere(OpenCall call) {
        View view = router.view(call.partition);
        return call.isRead()
                && view != null
                && call.corruptMembers() >= view.members().size();
    }

    /** A brick answered a request with something that is not an answer. Nobody can say whether it took it. */
    private void retryAfterNonsense(Attempt attempt) {
        if (!attempt.call.isOver()) {
            attempt.call.drop(attempt);
            advanceLater(attempt.call);
        }
    }

    // ── links ──

    private void onLinkUp(ClientInput.LinkUp up) {
        onLinkDown(up.brick()); // a link that comes up anew has been down, whether or not anyone said so
        router.onMembers(up.members());
        attempts.onLinkUp(up.brick(), up.credits());
        keeper.onLinkUp(nowNanos);
        List.copyOf(calls.values()).stream()
                .filter(call -> call.waitsForLink && attempts.isWantedBy(up.brick(), call))
                .forEach(call -> advance(call, false));
    }

    private void onLinkDown(BrickId brick) {
        CreditLink link = attempts.onLinkDown(brick);
        if (link == null) {
            return;
        }
        // Each call once, however many of its attempts were on the link: one death is one death (T45).
        LinkedHashMap<Long, OpenCall> bereft = new LinkedHashMap<>();
        for (Attempt attempt : attempts.takeLost(link)) {
            OpenCall call = attempt.call;
            if (!call.isOver()) {
                call.drop(attempt);
                if (attempt.mayTakeEffect && attempt.isAtPrimary && !bereft.containsKey(call.call)) {
                    call.onLinkLost();
                }
                bereft.put(call.call, call);
            }
        }
        for (OpenCall call = link.poll(); call != null; call = link.poll()) {
            bereft.put(call.call, call);
        }
        bereft.values().forEach(call -> advance(call, false));
        keeper.onLinkDown(link, nowNanos);
    }

    /** Gives the credits that a link has got back to those who wait for them. */
    private void serveInTurn(CreditLink link) {
        if (!attempts.isUp(link)) {
            return;
        }
        for (OpenCall call = attempts.nextInTurn(link); call != null; call = attempts.nextInTurn(link)) {
            advance(call, true);
        }
    }

    // ── attempts ──

    /** Makes the next attempt, as far as that is possible. */
    private void advance(OpenCall call, boolean isItsTurn) {
        stopWaiting(call);
        if (call.kind == Kind.TRANSACTION) {
            Outcome told = call.told;
            if (told != null) {
                end(call, told);
            } else {
                launch(call);
            }
            return;
        }
        Dispatch dispatch = attempts.dispatch(call, isItsTurn, nowNanos);
        switch (dispatch) {
            case SENT, WAITS_FOR_CREDIT -> noteDue(call);
            case UNDER_WAY -> {
                call.resendAtNanos = nowNanos + DETOUR_NANOS;
                noteDue(call);
            }
            case NO_ROOM -> advanceLater(call);
            case NO_LINK -> {
                call.waitsForLink = true;
                advanceLater(call);
            }
        }
    }

    /** Makes the next attempt after a pause: it doubles with each failure, and half of it is drawn, so that callers spread. */
    private void advanceLater(OpenCall call) {
        long doubled = Math.min(PAUSE_NANOS << Math.min(call.nextFailure(), 10), PAUSE_AT_MOST_NANOS);
        Refusal last = call.refusal();
        boolean isSoon = last != null && last.reason() == Reason.SPLITTING;
        long pause = isSoon ? 2 * PAUSE_NANOS : doubled;
        call.actAtNanos = nowNanos + pause / 2 + jitter.nextLong(pause / 2 + 1);
        noteDue(call);
    }

    private void stopWaiting(OpenCall call) {
        call.actAtNanos = OpenCall.NEVER;
        call.waitsForLink = false;
        if (call.waitsAt != null) {
            call.waitsAt.remove(call);
            call.waitsAt = null;
        }
        if (call.waitsForWindow) {
            call.waitsForWindow = false;
            windowQueue.remove(call);
        }
    }

    // ── time ──

    private void noteDue(OpenCall call) {
        nothingDueBeforeNanos = Math.min(nothingDueBeforeNanos, call.dueNanos());
    }

    private void onTick() {
        keeper.onTick(nowNanos);
        if (nowNanos < nothingDueBeforeNanos) {
            return;
        }
        List<OpenCall> due = new ArrayList<>();
        for (OpenCall call : calls.values()) {
            if (call.dueNanos() <= nowNanos) {
                due.add(call);
            }
        }
        for (OpenCall call : due) {
            if (call.isOver()) {
                continue;
            }
            if (call.deadlineNanos <= nowNanos) {
                giveUp(call, GivenUp.DEADLINE);
            } else if (call.actAtNanos <= nowNanos) {
                advance(call, false);
            } else if (call.resendAtNanos <= nowNanos) {
                resend(call);
            }
        }
        nothingDueBeforeNanos = OpenCall.NEVER;
        calls.values().forEach(this::noteDue);
    }

    /** An attempt has gone unanswered for long; it stays in the account. */
    private void resend(OpenCall call) {
        call.resendAtNanos = OpenCall.NEVER;
        call.detour();
        if (call.waitsAt == null && call.actAtNanos == OpenCall.NEVER) {
            advance(call, false);
        }
    }

    // ── outcomes ──

    /** Ends the call without an answer, with what is certain. */
    private void giveUp(OpenCall call, GivenUp cause) {
        Outcome told = call.told;
        if (told != null) {
            end(call, told);
            return;
        }
        Coordinator under = call.attempt;
        if (under != null) {
            giveUp(call, under, cause);
            return;
        }
        fail(
                call,
                switch (call.kind) {
                    case READ -> notDone(call, cause);
                    case TRANSACTION -> notDone(call, cause);
                    case WRITE, PREPARE, DECIDE ->
                        isCertainlyNotDone(call) ? notDone(call, cause) : unknown(call, cause);
                    case INQUIRY -> unknown(call, cause);
                });
    }

    private DdsException unknown(OpenCall call, GivenUp cause) {
        String because = because(cause);
        String why = call.kind == Kind.INQUIRY
                ? because + " before its primary told"
                : because + ", and " + call.unanswered();
        return Failures.unknown(call.subject, call.operationId(), why, waited(call));
    }

    /** Nothing that was sent can have taken effect. */
    private DdsException notDone(OpenCall call, GivenUp cause) {
        if (cause == GivenUp.CLOSE) {
            return Failures.closed(call.subject);
        }
        Refusal refusal = call.refusal();
        if (cause == GivenUp.DEADLINE && refusal != null && !call.hasOutstanding()) {
            return refused(call, refusal);
        }
        if (call.waitsForWindow && keeper.session() == null && router.view(call.partition) != null) {
            return Failures.unavailable(call.subject, because(cause) + ", and " + keeper.whyNone(), waited(call));
        }
        if (cause == GivenUp.DEADLINE && call.waitsForWindow && keeper.session() != null) {
            return windowFull(call);
        }
        CreditLink waitsAt = call.waitsAt;
        if (cause == GivenUp.DEADLINE && waitsAt != null && !call.hasOutstanding()) {
            return Failures.overloaded(
                    call.subject,
                    "brick " + waitsAt.brick
                            + " has too many unanswered requests of this client to take more; others wait before it",
                    WAITING_AT_MOST,
                    waited(call));
        }
        return Failures.unavailable(call.subject, because(cause) + " " + whatItWaitedFor(call), waited(call));
    }

    private String because(GivenUp cause) {
        return cause == GivenUp.ENDED && ended != null ? ended : cause.text;
    }

    private boolean isCertainlyNotDone(OpenCall call) {
        return defences.has(Defence.COUNT_LOST_ATTEMPTS) ? call.isCertainlyNotDone() : !call.hasOutstanding();
    }

    private String whatItWaitedFor(OpenCall call) {
        if (call.hasOutstanding()) {
            return "and " + call.unanswered();
        }
        View view = router.view(call.partition);
        if (view == null) {
            return "before any brick could be reached";
        }
        return call.isRead()
                ? "before any of the bricks %s could be asked".formatted(view.members())
                : "before its primary, brick %s, could be asked".formatted(view.primary());
    }

    private DdsException windowFull(OpenCall call) {
        return Failures.overloaded(
                call.subject, "operations of its session are open", Limits.SESSION_WINDOW_OPERATIONS, waited(call));
    }

    private DdsException refused(OpenCall call, Refusal refusal) {
        return Failures.refused(call.subject, call.refusedBy(), refusal, waited(call));
    }

    private void fail(OpenCall call, DdsException failure) {
        finish(call, new Outcome.Failed(failure));
    }

    /** Tells the outcome; only then may the low-water mark pass the operation (see {@link Session}). */
    private void finish(OpenCall call, Outcome outcome) {
        calls.remove(call.call);
        stopWaiting(call);
        call.markOver();
        Coordinator coordinator = call.coordinator;
        if (coordinator == null) {
            outbox.complete(call.call, outcome);
        }
        boolean isUnknown =
                outcome instanceof Outcome.Failed failed && failed.failure() instanceof DdsException.UnknownOutcome;
        OperationId id = call.operation;
        Session session = call.session;
        if (session == null || id == null) {
            // it has no number that anybody waits for
        } else if (call.kind == Kind.WRITE) {
            if (isUnknown) {
                Session.Unsettled left = new Session.Unsettled(id, call.partition, call.routingKey, call.subject);
                left.isTransaction = coordinator != null;
                call.leftBehind = left;
                session.keep(left);
            } else {
                session.settle(id.number());
            }
        } else if (call.kind == Kind.INQUIRY && !isUnknown && session.unsettled(id) != null) {
            session.forget(id.number());
        }
        if (coordinator != null) {
            coordinator.onAnswered(call, outcome);
        }
        admitFromWindowQueue();
    }

    private void admitFromWindowQueue() {
        Session session = keeper.session();
        while (session != null && !windowQueue.isEmpty() && session.hasRoom()) {
            OpenCall call = windowQueue.remove();
            call.begin(session);
            advance(call, false);
            session = keeper.session();
        }
        if (!windowQueue.isEmpty() && session != null && !session.hasRoom() && session.isHeldByTransaction()) {
            keeper.onOver(session.id()); // it lasts as long as it is kept; what is under way in it goes on
        }
        if (!windowQueue.isEmpty()) {
            keeper.want(nowNanos);
        }
    }

    private long waited(OpenCall call) {
        return nowNanos - call.startedNanos;
    }
}
