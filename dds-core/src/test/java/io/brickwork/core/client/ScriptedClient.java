package io.brickwork.core.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Replication;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion.Status;
import io.brickwork.core.group.View;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.message.LinkMessage.Member;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.structure.StructureTypes;
import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A {@link ClientMachine} under a script: virtual time, and its effects kept for inspection. */
final class ScriptedClient implements ClientOutbox {
    static final BrickId A = new BrickId("a");
    static final BrickId B = new BrickId("b");
    static final BrickId C = new BrickId("c");
    static final List<Member> MEMBERS = List.of(new Member(A, "", 1), new Member(B, "", 2), new Member(C, "", 3));
    static final SessionId SESSION = new SessionId(7, 7);
    static final long MILLIS = 1_000_000;
    static final long SESSION_TIMEOUT = 3_600_000 * MILLIS;
    static final long TIMEOUT = 10_000 * MILLIS;
    /** Three partitions on three bricks each: a key's first byte is its partition. */
    static final StructureInfo TABLE = new StructureInfo(
            5,
            "orders",
            new StructureSpec("by-first-byte", "k", "v", 4, 3, Durability.REPLICATED, Replication.TWO_PHASE));

    final ClientMachine machine;
    /** What was sent, in order, not yet looked at. */
    final ArrayDeque<Sent> sent = new ArrayDeque<>();

    /** Bricks whose links take no more just now. */
    final TreeSet<BrickId> full = new TreeSet<>();

    final TreeMap<Long, Outcome> outcomes = new TreeMap<>();
    /** Whether bricks answer openings of sessions without being told to. */
    boolean opensSessions = true;

    long now = 1_000_000_000;
    private long lastCall;

    record Sent(BrickId to, CallMessage message) {}

    ScriptedClient() {
        this(null, () -> 0L);
    }

    ScriptedClient(@Nullable BrickId preferred, RandomGenerator jitter) {
        machine = new ClientMachine(
                SESSION.drawn(), new StructureTypes(List.of(new ByFirstByte())), preferred, jitter, this);
    }

    @Override
    public void send(BrickId to, CallMessage message) {
        sent.add(new Sent(to, message));
    }

    @Override
    public boolean takesMore(BrickId to) {
        return !full.contains(to);
    }

    @Override
    public void complete(long call, Outcome outcome) {
        assertThat(outcomes.put(call, outcome))
                .as("an earlier outcome of call %d", call)
                .isNull();
    }

    ScriptedClient up(BrickId... bricks) {
        for (BrickId brick : bricks) {
            up(brick, 100);
        }
        return this;
    }

    void up(BrickId brick, int credits) {
        step(new ClientInput.LinkUp(brick, MEMBERS, credits));
    }

    void down(BrickId brick) {
        step(new ClientInput.LinkDown(brick));
    }

    void step(ClientInput input) {
        machine.step(input, now);
        answerOpening();
    }

    /**
     * A session is opened as soon as the client asks for one, unless the script {@linkplain #opensSessions does so
     * itself}.
     */
    private void answerOpening() {
        for (Sent one : List.copyOf(sent)) {
            if (opensSessions && one.message() instanceof CallMessage.OpenSession open) {
                sent.remove(one);
                receive(one.to(), new CallMessage.SessionState(open.ticket(), SESSION, SESSION_TIMEOUT, ""));
            }
        }
    }

    long write(int partition) {
        return submit(partition, false, TIMEOUT);
    }

    long read(int partition) {
        return submit(partition, true, TIMEOUT);
    }

    long submit(int partition, boolean read, long timeoutNanos) {
        long call = ++lastCall;
        Bytes key = key(partition);
        String name = read ? "get" : "put";
        step(new ClientInput.Submit(
                call, TABLE, key, read, Bytes.utf8("body" + call), ReadMode.LINEARIZABLE, now + timeoutNanos, name));
        return call;
    }

    long inquire(OperationId operation) {
        long call = ++lastCall;
        step(new ClientInput.Inquire(call, operation, now + TIMEOUT));
        return call;
    }

    /** Lets time pass, tick by tick. */
    void pass(long millis) {
        for (long end = now + millis * MILLIS; now < end; ) {
            now = Math.min(end, now + ClientMachine.TICK_NANOS);
            step(new ClientInput.Tick());
        }
    }

    /** The next message that was sent, which must be to this brick. */
    CallMessage next(BrickId to) {
        assertThat(sent).as("messages sent").isNotEmpty();
        Sent next = sent.remove();
        assertThat(next.to()).as("receiver of %s", next.message()).isEqualTo(to);
        return next.message();
    }

    CallMessage.Write nextWrite(BrickId to) {
        return (CallMessage.Write) next(to);
    }

    void nothingSent() {
        assertThat(sent).isEmpty();
    }

    void receive(BrickId from, CallMessage message) {
        step(new ClientInput.Received(from, message));
    }

    void answer(BrickId from, CallMessage request, String result) {
        receive(from, done(request, result));
    }

    void refuse(BrickId from, CallMessage request, Reason reason) {
        refuse(from, request, reason, null);
    }

    void refuse(BrickId from, CallMessage request, Reason reason, @Nullable View view) {
        receive(from, new CallMessage.Refusal(request.ticket(), partition(request), reason, "so it is", view));
    }

    static CallMessage.Answer done(CallMessage request, String result) {
        return new CallMessage.Answer(
                request.ticket(), partition(request), Status.DONE, new Version(1, 1), Bytes.utf8(result));
    }

    static PartitionId partition(CallMessage request) {
        return ((CallMessage.Request) request).partition();
    }

    static Bytes key(int partition) {
        return Bytes.wrap(new byte[] {(byte) partition});
    }

    static View view(long epoch, BrickId primary) {
        return new View(epoch, primary, List.of(A, B, C));
    }

    boolean isOpen(long call) {
        return !outcomes.containsKey(call);
    }

    String result(long call) {
        assertThat(outcomes.get(call)).isInstanceOf(Outcome.Done.class);
        return ((Outcome.Done) outcomes.get(call)).result().toUtf8();
    }

    <E extends DdsException> E failure(long call, Class<E> type) {
        assertThat(outcomes.get(call)).as("outcome of call %d", call).isInstanceOf(Outcome.Failed.class);
        DdsException failure = ((Outcome.Failed) outcomes.get(call)).failure();
        assertThat(failure).isInstanceOf(type);
        return type.cast(failure);
    }

    static final class ByFirstByte implements StructureType, PartitionMap {
        @Override
        public String name() {
            return "by-first-byte";
        }

        @Override
        public PartitionMap initialPartitions(StructureSpec spec) {
            return this;
        }

        @Override
        public int locate(Bytes recordKey) {
            return recordKey.at(0);
        }

        @Override
        public KeyRange range(int partition) {
            return new KeyRange(key(partition), key(partition + 1));
        }

        @Override
        public List<Integer> partitions() {
            return IntStream.range(0, 4).boxed().toList();
        }

        @Override
        public boolean isRead(Bytes body) {
            return false;
        }

        @Override
        public Bytes evaluate(Bytes body, Records records, Changes changes) {
            return body;
        }
    }
}
