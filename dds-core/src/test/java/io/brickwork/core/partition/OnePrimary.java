package io.brickwork.core.partition;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.SessionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.metadata.Creations;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.partition.execute.Sequencer;
import io.brickwork.core.partition.execute.SessionTable;
import io.brickwork.core.partition.execute.Waiters;
import io.brickwork.core.partition.execute.Writes;
import io.brickwork.core.partition.replicate.twophase.TwoPhasePrimary;
import io.brickwork.core.partition.transact.DrainGate;
import io.brickwork.core.partition.transact.LockGate;
import io.brickwork.core.partition.transact.Participation;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.table.Table;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The rooms of the primary of an open view at brick A, on {@link OneReplica}, with a metadata state that knows the
 * view, two structures and a session. B and C are its backups, played by {@link #commit}.
 */
public final class OnePrimary {
    public static final Endpoint CALLER = new Endpoint.Caller(1);
    /** The other participant of every transaction, of the second structure. */
    public static final PartitionId OTHER = new PartitionId(2, 0);

    public final OneReplica replica = new OneReplica(Durability.REPLICATED);
    public SessionId session;
    public final GroupView view;
    public final Waiters waiters = new Waiters();
    public final SessionTable sessions;
    public final TwoPhasePrimary replicator;
    public final Sequencer sequencer;
    public final LockGate gate;
    public final DrainGate drain;
    public final Participation participation;
    public final Writes writes;
    private long slot;
    private long batches;

    public OnePrimary() {
        for (BrickId brick : List.of(A, B, C)) {
            decide(new MetadataCommand.RegisterBrick(
                    brick, null, OneReplica.member(brick).incarnation(), brick.name(), 7000, true));
        }
        decide(Creations.create("registers", spec()));
        decide(Creations.create("others", spec()));
        decide(new MetadataCommand.OpenView(PARTITION, 1, List.of()));
        session = openSession();
        view = group().newest();
        assertThat(view.primary()).isEqualTo(A);
        replica.promised(view);
        replica.tenure.decided(group());
        replica.tenure.open(true);
        sessions = new SessionTable(PARTITION, replica.ports, replica.log.overlay());
        replicator = new TwoPhasePrimary(
                replica.tenure,
                replica.log,
                replica.extent,
                replica.commitPoint,
                replica.storage,
                replica.repairs,
                replica.ports,
                0,
                true);
        replicator.begin(0);
        sequencer = new Sequencer(
                replica.tenure,
                replica.log,
                replica.extent,
                replica.commitPoint,
                replica.storage,
                waiters,
                sessions,
                replicator,
                replica.refusals,
                replica.repairs,
                replica.ports,
                true);
        gate = new LockGate(replica.log.locks(), replica.extent, replica.refusals, replica.brick, this::onRequest);
        drain = new DrainGate(replica.log.locks(), replica.brick);
        participation = new Participation(
                PARTITION,
                sequencer,
                sessions,
                gate,
                drain,
                replica.log,
                replica.commitPoint,
                waiters,
                replica.refusals,
                replica.ports);
        writes = new Writes(
                sequencer, gate, replica.tenure, replica.extent, replica.log, replica.refusals, replica.ports);
        replica.sent.clear();
    }

    private static StructureSpec spec() {
        return new StructureSpec(
                "register", "string/1", "string/1", 1, 3, Durability.REPLICATED, Replication.TWO_PHASE);
    }

    // ---- what happens

    /** The metadata log decides this, and brick A has learned of it. */
    public MetadataAnswer decide(MetadataCommand command) {
        Bytes answer = replica.metadata.apply(++slot, MetadataCodec.encode(command));
        return MetadataCodec.decodeAnswer(answer);
    }

    public SessionId openSession() {
        return ((MetadataAnswer.Session) decide(new MetadataCommand.OpenSession(slot))).session();
    }

    /** A later view is decided, and not known to the replica yet. */
    public void decideNextView() {
        decide(new MetadataCommand.ChangeView(PARTITION, view.epoch(), view.epoch(), B, view.members(), List.of()));
    }

    /** The replica hears what the metadata log says of its group. */
    public void learn() {
        replica.tenure.decided(group());
        replica.extent.update(group());
    }

    public void leaveOut(Defence defence) {
        replica.defences = Defences.without(defence);
    }

    /** A client's request arrives. */
    public void onRequest(Endpoint from, CallMessage.Request request, long nowNanos) {
        switch (request) {
            case CallMessage.Write write -> writes.onWrite(from, write, nowNanos);
            case CallMessage.OfTransaction one -> participation.onRequest(from, one, nowNanos);
            case CallMessage.Inquire inquire -> sequencer.onInquire(from, inquire);
            case CallMessage.Read read -> throw new IllegalArgumentException("a read: " + read);
        }
    }

    public void request(CallMessage.Request request) {
        onRequest(CALLER, request, 0);
    }

    /** Everything is stored at all members, and so committed; who waits for it is answered. */
    public void commit() {
        replica.write();
        replica.sync();
        long lastSeq = replica.log.lastSeq();
        replicator.onStored(0);
        replicator.onMessage(B, OneReplica.stored(view.epoch(), lastSeq), 0);
        replicator.onMessage(C, OneReplica.stored(view.epoch(), lastSeq), 0);
        assertThat(replica.commitPoint.seq()).isEqualTo(lastSeq);
        replica.log.locks().onCommitted(lastSeq);
        waiters.answerUpTo(lastSeq, replica.brick);
    }

    /** Everything that is stored gets into the table. */
    public void apply() {
        List<Entry> entries =
                replica.log.overlay().entries(replica.log.applied().seq() + 1, replica.log.lastSeq());
        replica.table.apply(new Table.Batch(++batches, List.of(new Table.Part(PARTITION, entries))));
        replica.table.applyNow();
        replica.log.onApplied(entries.getLast().version());
    }

    // ---- what has come of it

    public Group group() {
        return Objects.requireNonNull(replica.metadata.group(PARTITION));
    }

    /** The last entry that is stored. */
    public Entry last() {
        return replica.log.entryHere(replica.log.lastSeq());
    }

    public long lastSeq() {
        return replica.log.lastSeq();
    }

    /** Tickets that were answered or refused, in order, with the reason if it is a refusal; forgets them. */
    public List<String> takeAnswers() {
        List<String> taken = replica.answers.stream()
                .map(message -> switch (message) {
                    case CallMessage.Answer answer -> answer.ticket() + " " + answer.status();
                    case CallMessage.Refusal refusal -> refusal.ticket() + " " + refusal.reason();
                    default -> message.toString();
                })
                .toList();
        replica.answers.clear();
        return taken;
    }

    // ---- requests, each with a ticket of its caller's choice

    public OperationId operation(long number) {
        return new OperationId(session, number);
    }

    public CallMessage.Write write(long ticket, long number, String body) {
        return write(ticket, operation(number), 0, body);
    }

    public static CallMessage.Write write(long ticket, OperationId operation, long lowWater, String body) {
        Bytes key = Bytes.utf8(body.split(" ")[1]);
        return new CallMessage.Write(ticket, PARTITION, 0, operation, 1, lowWater, key, Bytes.utf8(body));
    }

    public CallMessage.Inquire inquire(long ticket, long number) {
        return new CallMessage.Inquire(ticket, PARTITION, 0, operation(number), Bytes.utf8("k"));
    }

    /** Asks for a vote on writing "new" under each of the keys. */
    public CallMessage.Prepare prepare(long ticket, long number, int age, String... keys) {
        return prepare(ticket, number, age, List.of(), keys);
    }

    public CallMessage.Prepare prepare(long ticket, long number, int age, List<Compare> compares, String... keys) {
        return new CallMessage.Prepare(
                ticket,
                PARTITION,
                0,
                operation(number),
                age,
                0,
                participants(),
                Bytes.utf8("k"),
                new Part(compares, writing(keys)));
    }

    public static List<Participant> participants() {
        return List.of(new Participant(PARTITION, Bytes.utf8("k")), new Participant(OTHER, Bytes.utf8("o")));
    }

    public static List<Effect> writing(String... keys) {
        return Stream.of(keys)
                .map(key -> new Effect(Bytes.utf8(key), Bytes.utf8("new")))
                .toList();
    }

    public CallMessage.Decide decide(long ticket, long number, boolean isCommit) {
        return new CallMessage.Decide(ticket, PARTITION, 0, operation(number), PARTITION, isCommit, Bytes.utf8("k"));
    }

    public CallMessage.Resolve resolve(long ticket, long number) {
        return new CallMessage.Resolve(ticket, PARTITION, 0, operation(number), PARTITION, Bytes.utf8("k"));
    }
}
