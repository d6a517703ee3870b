package io.brickwork.core.brick;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Replication;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureTypes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One brick driven by hand, with a {@link Transcript} of its inputs and effects. Other bricks are played by the script;
 * alone, it is its own cluster. Of its talk with the metadata log the transcript shows what was decided and proposed,
 * no more.
 */
final class ScriptedBrick implements Outbox {
    static final BrickId A = new BrickId("A");
    static final BrickId B = new BrickId("B");
    static final BrickId C = new BrickId("C");
    static final BrickId D = new BrickId("D");
    static final Endpoint.Caller CALLER = new Endpoint.Caller(1);
    static final Endpoint.Caller OPERATOR = Endpoint.Caller.operator(2);
    /** Of the caller, who writes. */
    static final SessionId SESSION = new SessionId(6, 7);

    static final PartitionId REGISTERS = new PartitionId(1, 0);

    MemoryLog log;
    MemoryTable table;
    private final BrickId self;
    private final List<BrickId> members;
    private final Defences defences;
    final ScriptedMetadata metadata;
    private BrickMachine machine;
    private int starts;
    private int disks;
    private int powerLosses;
    private @Nullable GroupView first;
    private final ArrayDeque<Message> toMetadata = new ArrayDeque<>();
    private long nowNanos;
    private final Transcript transcript = new Transcript();
    final List<Message> sent = new ArrayList<>();
    final List<Event> events = new ArrayList<>();
    final List<Endpoint> hungUp = new ArrayList<>();

    ScriptedBrick(BrickId self, List<BrickId> members) {
        this(self, members, 0);
    }

    /** @param nowNanos what the clock shows at first */
    ScriptedBrick(BrickId self, List<BrickId> members, long nowNanos) {
        this(self, members, nowNanos, Defences.ALL);
    }

    /** One that leaves some rules out, to show that a test would notice. */
    ScriptedBrick(BrickId self, List<BrickId> members, Defences defences) {
        this(self, members, 0, defences);
    }

    private ScriptedBrick(BrickId self, List<BrickId> members, long nowNanos, Defences defences) {
        this(
                self,
                members,
                nowNanos,
                defences,
                new ScriptedMetadata(
                        members.stream().filter(other -> !other.equals(self)).toList()));
    }

    /** One of several bricks that a test drives, all of the same cluster. */
    ScriptedBrick(BrickId self, List<BrickId> members, long nowNanos, Defences defences, ScriptedMetadata metadata) {
        this.nowNanos = nowNanos;
        this.self = self;
        this.members = members;
        this.defences = defences;
        this.metadata = metadata;
        log = new MemoryLog();
        table = new MemoryTable();
        start();
    }

    private boolean isAlone() {
        return members.size() == 1;
    }

    private void start() {
        BrickConfig.Drawn drawn = new BrickConfig.Drawn(
                new DiskId(self.name().charAt(0), disks), Bytes.utf8("c"), boot(), new Random(++starts));
        List<BrickId> founders = isAlone() ? members : List.of(ScriptedMetadata.M);
        BrickConfig config = new BrickConfig(
                self,
                "h",
                1,
                founders,
                isAlone() ? List.of() : founders,
                drawn,
                BrickConfig.OVERLAY_BYTES,
                BrickConfig.WINDOW_BYTES,
                BrickConfig.UNCOMMITTED_BYTES,
                BrickConfig.WAITING_BYTES,
                TableChunk.BYTES,
                BrickConfig.FULL_PERMILLE,
                MetadataState.LEASE_TERM_NANOS,
                BrickConfig.SESSION_TIMEOUT_NANOS,
                GrowthLimits.DEFAULT,
                defences);
        machine = new BrickMachine(
                config,
                new StructureTypes(List.of(RegisterType.INSTANCE)),
                log,
                new TracedTable(table, transcript),
                this);
        transcript.input("recover");
        machine.recover(nowNanos);
        endTurn();
    }

    private String boot() {
        return "boot " + powerLosses;
    }

    /** Lets the brick register, whatever it takes. */
    void register() {
        quietly(() -> {
            for (int i = 0; machine.member() == null; i++) {
                assertThat(i).as("rounds until the brick is registered").isLessThan(200);
                round();
            }
        });
        transcript.input("registered as " + member().incarnation().start());
    }

    /** Lets the brick hear what is decided, some time pass, and the disk sync. */
    void round() {
        learn();
        pass(10);
        sync();
    }

    /** This life of the brick, which is registered. */
    Member member() {
        return Check.present(machine.member(), "%s is not registered", self);
    }

    /** The brick hears of everything that is decided. */
    void learn() {
        if (!isAlone()) {
            metadata.news().forEach(this::fromMetadata);
            talk();
        }
    }

    /** The structure is created, with all bricks as members and the first of them as primary. */
    void create(Durability durability) {
        create(durability, Replication.TWO_PHASE);
    }

    void create(Durability durability, Replication replication) {
        transcript.input("registers are created");
        if (isAlone()) {
            createRegisters(durability);
        } else {
            openSession(
                    () -> ((MetadataAnswer.Session) metadata.apply(new MetadataCommand.OpenSession(SESSION.drawn())))
                            .session());
            metadata.create(durability, replication);
            first = newest();
            learn();
        }
    }

    /** A view is decided, and the brick hears of it. */
    GroupView decide(BrickId primary, List<BrickId> views, List<BrickId> learners) {
        GroupView view = metadata.decide(REGISTERS, primary, views, learners);
        transcript.input("decided: epoch " + view.epoch() + ", primary " + primary + ", members " + views
                + (learners.isEmpty() ? "" : ", learners " + learners));
        learn();
        return view;
    }

    /** The metadata log decides this, and the brick hears of it. */
    void decide(MetadataCommand command) {
        metadata.decide(command);
        transcript.input("decided: " + command);
        learn();
    }

    /** Brings the first view of the registers to be open, with this brick as its primary. */
    void openAsPrimary() {
        List<BrickId> others = newest().members().stream()
                .map(Member::brick)
                .filter(other -> !other.equals(self))
                .toList();
        sync();
        others.forEach(other -> from(other, report(REGISTERS, 1, Version.NONE)));
        others.forEach(other -> from(other, new ReplicaMessage.Levelled(REGISTERS, 1, 0)));
    }

    /** Brings the first view of the registers to be open at this brick, with A as its primary. */
    void openAsMember() {
        from(A, new ReplicaMessage.Fence(REGISTERS, newest()));
        sync();
        from(A, new ReplicaMessage.Level(REGISTERS, 1, 0, false, 0, List.of()));
        from(A, new ReplicaMessage.Open(REGISTERS, 1, 0));
    }

    /** The view in which the structure was created. */
    GroupView firstView() {
        return Check.present(first, "nothing is created");
    }

    GroupView newest() {
        return metadata.group(REGISTERS).newest();
    }

    private void fromMetadata(Message message) {
        machine.step(new BrickInput.Received(new Endpoint.Peer(ScriptedMetadata.M), message), nowNanos);
        endTurn();
    }

    /** What the brick has to say to the metadata log is said, and answered. */
    private void talk() {
        while (!toMetadata.isEmpty()) {
            metadata.answers(self, toMetadata.removeFirst()).forEach(this::fromMetadata);
        }
    }

    /** Of what happens nothing comes into the transcript. */
    void quietly(Runnable what) {
        transcript.hide(what);
    }

    void say(String text) {
        transcript.remark(text);
    }

    void kill() {
        transcript.input("killed");
        log.kill();
        start();
    }

    void losePower() {
        transcript.input("power lost");
        log.losePower();
        powerLosses++;
        start();
    }

    /** The machine is dead; somebody puts an empty disk into another. */
    void loseDisk() {
        transcript.input("disk lost");
        disks++;
        powerLosses++;
        log = new MemoryLog();
        table = new MemoryTable();
        start();
    }

    /** The process is killed, and somebody puts this in place of the log. */
    void putBack(MemoryLog image) {
        transcript.input("an image put back");
        log = image;
        start();
    }

    void from(BrickId brick, ReplicaMessage message) {
        input(new BrickInput.Received(new Endpoint.Peer(brick), message));
    }

    void request(CallMessage message) {
        input(new BrickInput.Received(message instanceof CallMessage.Instruct ? OPERATOR : CALLER, message));
    }

    void sync() {
        transcript.input("synced");
        machine.step(new BrickInput.Synced(log.sync()), nowNanos);
        endTurn();
        talk();
    }

    void apply() {
        long number = table.applyNow();
        if (number > 0) {
            input(new BrickInput.Applied(number));
        }
    }

    /** Lets pass what it takes until all that can be applied is in the table. */
    void applyAll() {
        for (int i = 0; i < 20; i++) {
            pass(100);
            sync();
            apply();
        }
    }

    void input(BrickInput input) {
        transcript.input(TraceText.of(input));
        machine.step(input, nowNanos);
        endTurn();
        talk();
    }

    /** Lets time pass, tick by tick; nothing else happens. */
    void pass(long millis) {
        transcript.input(millis + " ms pass");
        for (long passed = 0; passed < millis; passed += 10) {
            nowNanos += BrickMachine.TICK_NANOS;
            machine.step(new BrickInput.Tick(), nowNanos);
            endTurn();
            talk();
        }
    }

    private void endTurn() {
        long before;
        do {
            log.write();
            before = log.writtenPosition();
            machine.step(new BrickInput.Written(before), nowNanos);
            log.write();
        } while (log.writtenPosition() > before);
    }

    BrickMachine machine() {
        return machine;
    }

    // ---- ready-made things

    /** The caller's session is opened, in the slot that its name says. */
    private void openSession(Supplier<SessionId> another) {
        if (metadata.state().isOpen(SESSION) || machine.metadata().isOpen(SESSION)) {
            return;
        }
        SessionId opened;
        do {
            opened = another.get();
            assertThat(opened.slot()).isLessThanOrEqualTo(SESSION.slot());
        } while (!opened.equals(SESSION));
    }

    private SessionId openSessionAlone() {
        sent.clear();
        request(new CallMessage.OpenSession(98, SESSION.drawn()));
        for (int i = 0; sent.stream().noneMatch(CallMessage.SessionState.class::isInstance); i++) {
            assertThat(i).as("rounds until a session is open").isLessThan(200);
            round();
        }
        return Check.present(((CallMessage.SessionState) sent.getLast()).session(), "no session is opened");
    }

    /** Brings the brick, alone in its group, to an open view of the registers. */
    void openAlone(Durability durability) {
        register();
        quietly(() -> openSession(this::openSessionAlone));
        transcript.input("a session is opened");
        createRegisters(durability);
        transcript.input("until it is open");
        transcript.hideInputs(() -> {
            for (int i = 0; machine.statuses().stream().noneMatch(CallMessage.ReplicaStatus::isOpen); i++) {
                assertThat(i).as("rounds until the view is open").isLessThan(200);
                round();
            }
        });
    }

    private void createRegisters(Durability durability) {
        request(new CallMessage.Write(
                99,
                new PartitionId(0, 0),
                0,
                new OperationId(new SessionId(1, 1), 1),
                1,
                1,
                Bytes.EMPTY,
                Catalog.create(
                                "registers",
                                new StructureSpec("register", "k", "v", 1, 3, durability, Replication.TWO_PHASE))
                        .body()));
    }

    static CallMessage.Write write(long ticket, long number, String operation) {
        return write(REGISTERS, ticket, number, operation);
    }

    static CallMessage.Write write(PartitionId partition, long ticket, long number, String operation) {
        return new CallMessage.Write(
                ticket,
                partition,
                0,
                new OperationId(SESSION, number),
                1,
                number,
                keyOf(operation),
                Bytes.utf8(operation));
    }

    static CallMessage.Read read(long ticket, String operation) {
        return new CallMessage.Read(
                ticket, REGISTERS, 0, ReadMode.LINEARIZABLE, keyOf(operation), Bytes.utf8(operation));
    }

    /** The key that an operation on registers is about; the empty one if there is none. */
    private static Bytes keyOf(String operation) {
        String[] words = operation.split(" ");
        return Bytes.utf8(words.length > 1 ? words[1] : "");
    }

    /** What a member says that has stored entries up to this one, all of them in one epoch. */
    static ReplicaMessage.FenceReport report(PartitionId partition, long epoch, Version last) {
        return new ReplicaMessage.FenceReport(
                partition, epoch, last, List.of(new EpochRun(last.epoch(), last.seq())), false);
    }

    /** An entry as a primary might have made it. */
    static Entry entry(PartitionId partition, long epoch, long seq, String key, String value) {
        Version version = new Version(epoch, seq);
        return EntryCodec.encode(
                Entry.Kind.WRITE,
                partition,
                version,
                new Completion(new OperationId(SESSION, seq), version, Completion.Status.DONE, Bytes.EMPTY),
                1,
                List.of(new Effect(Bytes.utf8(key), Bytes.utf8(value))));
    }

    // ---- transcript

    @Override
    public void send(Endpoint to, Message message) {
        if (to.equals(new Endpoint.Peer(ScriptedMetadata.M))) {
            toMetadata.addLast(message);
            if (message instanceof PaxosMessage.Propose propose) {
                transcript.effect("proposes " + MetadataCodec.decodeCommand(propose.command()));
            }
            return;
        }
        sent.add(message);
        transcript.effect(TraceText.of(to) + " <- " + TraceText.of(message));
    }

    @Override
    public void replyBefore(Endpoint to, long deadlineNanos, Message answer, Message otherwise) {
        send(to, answer);
    }

    @Override
    public void hangUp(Endpoint from, String reason) {
        hungUp.add(from);
    }

    @Override
    public void note(Event event) {
        events.add(event);
        if (event instanceof Event.OfPartition || event instanceof Event.MustJoinAsNew) {
            transcript.effect("note " + event);
        }
    }

    void assertTranscript(String name) {
        transcript.assertEqualsTrace(name);
    }
}
