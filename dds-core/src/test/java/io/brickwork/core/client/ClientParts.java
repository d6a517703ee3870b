package io.brickwork.core.client;

import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.B;
import static io.brickwork.core.client.ScriptedClient.C;
import static io.brickwork.core.client.ScriptedClient.MEMBERS;
import static io.brickwork.core.client.ScriptedClient.TABLE;
import static io.brickwork.core.client.ScriptedClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DdsException;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.client.ScriptedClient.Sent;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.CallMessage.Refusal;
import io.brickwork.core.outcome.Failures;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Minitransaction;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The parts of a client, each built by itself, and calls to try them with. What they send and tell is kept for
 * inspection.
 */
final class ClientParts implements ClientOutbox {
    static final long NOW = 1_000_000_000;
    static final long DEADLINE = NOW + 10_000_000_000L;
    static final PartitionId PARTITION = new PartitionId(TABLE.id(), 0);
    static final PartitionId OTHER_PARTITION = new PartitionId(TABLE.id(), 1);
    static final Failures.Subject SUBJECT = new Failures.Subject("put", "orders", PARTITION);

    final ArrayDeque<Sent> sent = new ArrayDeque<>();
    final TreeMap<Long, Outcome> outcomes = new TreeMap<>();
    final List<TransactionCall> advanced = new ArrayList<>();
    final Router router = new Router(new StructureTypes(List.of(new ScriptedClient.ByFirstByte())));
    final Attempts attempts = new Attempts(router, null, Defences.ALL, this);
    final SessionKeeper keeper = new SessionKeeper(ScriptedClient.SESSION.drawn(), attempts, this);
    final Reasons reasons = new Reasons(router, keeper, Defences.ALL);
    final CallTable calls = new CallTable();
    final WindowQueue window = new WindowQueue(keeper);
    final RetryPauses pauses = new RetryPauses(() -> 0L);
    final CallRunner runner = new CallRunner(attempts, calls, window, pauses, reasons, this, advanced::add);
    private long lastCall;
    private long lastTicket;

    ClientParts() {
        router.partition(TABLE, key(0));
        runner.at(NOW);
    }

    @Override
    public void send(BrickId to, CallMessage message) {
        sent.add(new Sent(to, message));
    }

    @Override
    public void complete(long call, Outcome outcome) {
        assertThat(outcomes.put(call, outcome)).isNull();
    }

    /** All three bricks have links with so many credits. */
    ClientParts linked(int credits) {
        router.onMembers(MEMBERS);
        List.of(A, B, C).forEach(brick -> attempts.onLinkUp(brick, credits));
        return this;
    }

    /** A session is open. */
    ClientParts inSession() {
        keeper.want(NOW);
        Sent asked = sent.removeLast();
        keeper.onState(
                asked.to(),
                new CallMessage.SessionState(
                        asked.message().ticket(), ScriptedClient.SESSION, ScriptedClient.SESSION_TIMEOUT, ""),
                NOW);
        assertThat(keeper.session()).isNotNull();
        return this;
    }

    <E extends DdsException> E failure(long call, Class<E> type) {
        assertThat(outcomes.get(call)).isInstanceOf(Outcome.Failed.class);
        DdsException failure = ((Outcome.Failed) outcomes.get(call)).failure();
        assertThat(failure).isInstanceOf(type);
        return type.cast(failure);
    }

    // ── calls ──

    ReadCall read() {
        return new ReadCall(
                ++lastCall, PARTITION, key(0), Bytes.utf8("body"), ReadMode.LINEARIZABLE, null, SUBJECT, NOW, DEADLINE);
    }

    /** Asks whether what a transaction has read is still so. */
    ReadCall validation() {
        return new ReadCall(
                ++lastCall,
                PARTITION,
                key(0),
                Bytes.utf8("body"),
                ReadMode.LINEARIZABLE,
                coordinator(new SilentHost()),
                SUBJECT,
                NOW,
                DEADLINE);
    }

    /** A write that has no number yet. */
    WriteCall write() {
        return new WriteCall(++lastCall, PARTITION, key(0), Bytes.utf8("body"), SUBJECT, NOW, DEADLINE);
    }

    /** A write that has the next number of the session. */
    WriteCall write(Session session) {
        WriteCall write = write();
        write.number().begin(session);
        return write;
    }

    /** All of a transaction that concerns one partition. */
    WriteCall whole() {
        Coordinator coordinator = coordinator(new SilentHost());
        return new WriteCall(
                ++lastCall,
                PARTITION,
                key(0),
                Bytes.utf8("body"),
                new SessionNumber(coordinator.session, coordinator.id),
                coordinator,
                SUBJECT,
                NOW,
                DEADLINE);
    }

    VoteCall vote() {
        Coordinator coordinator = coordinator(new SilentHost());
        Participant participant = new Participant(PARTITION, key(0));
        Participant other = new Participant(OTHER_PARTITION, key(1));
        return new VoteCall(
                ++lastCall,
                coordinator,
                Check.present(coordinator.session, "no session"),
                Check.present(coordinator.id, "no number"),
                participant,
                new Part(List.of(), List.of(new Effect(key(0), Bytes.utf8("x")))),
                List.of(participant, other),
                SUBJECT);
    }

    DecisionCall decision(boolean isCommit) {
        VoteCall vote = vote();
        return new DecisionCall(++lastCall, Check.present(vote.coordinator, "no attempt"), vote, isCommit);
    }

    /** Asks what became of a write of the session. */
    InquiryCall inquiry(Session session) {
        Session.Unsettled unsettled = new Session.Unsettled(session.begin(), PARTITION, key(0), SUBJECT);
        session.keep(unsettled);
        return new InquiryCall(++lastCall, session, unsettled, NOW, DEADLINE);
    }

    /** A transaction that writes to two partitions. */
    TransactionCall transaction() {
        return transaction(
                new Minitransaction.Write(TABLE, new Effect(key(0), Bytes.utf8("x"))),
                new Minitransaction.Write(TABLE, new Effect(key(1), Bytes.utf8("x"))));
    }

    /** A transaction that writes nothing. */
    TransactionCall readOnlyTransaction() {
        return transaction(
                new Minitransaction.Expect(TABLE, new Compare.Absent(key(0))),
                new Minitransaction.Expect(TABLE, new Compare.Absent(key(1))));
    }

    TransactionCall transaction(Minitransaction.Item... items) {
        return new TransactionCall(++lastCall, new Minitransaction(List.of(items)), 0, SUBJECT, NOW, DEADLINE);
    }

    /** An attempt of a transaction, with a number of a session of its own. */
    Coordinator coordinator(Coordinator.Host host) {
        TransactionCall lead = transaction();
        lead.number().begin(new Session(ScriptedClient.SESSION));
        return new Coordinator(host, lead);
    }

    // ── attempts ──

    /** An attempt of the call was sent to the brick, which is taken for the primary. */
    Attempt attempt(PartitionCall call, CreditLink link) {
        return new Attempt(++lastTicket, call, link, call.mayTakeEffect(), true, 1);
    }

    /** An attempt of the call was sent to the brick, and refused. */
    Refusal refused(PartitionCall call, BrickId by, Reason reason) {
        Attempt attempt = attempt(call, new CreditLink(by, 1));
        Refusal refusal = new Refusal(attempt.ticket, PARTITION, reason, "so it is", null);
        call.onSent(attempt, NOW);
        call.onRefused(attempt, refusal);
        return refusal;
    }

    /** A host that does nothing: for calls that are looked at by themselves. */
    private static final class SilentHost implements Coordinator.Host {
        private long lastCall;

        @Override
        public void begin(PartitionCall call) {}

        @Override
        public void drop(PartitionCall call) {}

        @Override
        public void insist(PartitionCall call) {}

        @Override
        public void tell(Coordinator coordinator, Outcome outcome) {}

        @Override
        public void again(Coordinator coordinator) {}

        @Override
        public void settled(Coordinator coordinator) {}

        @Override
        public long nextCall() {
            return --lastCall;
        }
    }
}
