package io.brickwork.core.brick;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Effect;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One brick driven by hand, with a transcript: each input as a line that begins with {@code >}, each effect as an indented line. Other bricks are played by the script.
 */
final class ScriptedBrick implements Outbox {
    static final BrickId A = new BrickId("A");
    static final BrickId B = new BrickId("B");
    static final BrickId C = new BrickId("C");
    static final PartitionId CATALOG = new PartitionId(0, 0);
    static final Endpoint.Caller CALLER = new Endpoint.Caller(1);
    static final SessionId SESSION = new SessionId(7, 7);
    static final PartitionId REGISTERS = new PartitionId(1, 0);

    final MemoryLog log;
    final MemoryTable table;
    private final BrickId self;
    private final List<BrickId> members;
    private BrickMachine machine;
    private long nowNanos;
    private final StringBuilder transcript = new StringBuilder();
    final List<Message> sent = new ArrayList<>();

    ScriptedBrick(BrickId self, List<BrickId> members) {
        this(self, members, 0);
    }

    /**
     * @param nowNanos what the clock shows at first
     */
    ScriptedBrick(BrickId self, List<BrickId> members, long nowNanos) {
        this.nowNanos = nowNanos;
        this.self = self;
        this.members = members;
        log = new MemoryLog();
        table = new MemoryTable();
        start();
    }

    private void start() {
        machine = new BrickMachine(
                BrickConfig.of(self, members), new StructureTypes(List.of(RegisterType.INSTANCE)), log, table, this);
        line("> recover");
        machine.recover(nowNanos);
        endTurn();
    }

    void say(String text) {
        line("# " + text);
    }

    void kill() {
        line("> killed");
        log.kill();
        start();
    }

    void losePower() {
        line("> power lost");
        log.losePower();
        start();
    }

    void from(BrickId brick, ReplicaMessage message) {
        input(new BrickInput.Received(new Endpoint.Peer(brick), message));
    }

    void request(CallMessage message) {
        input(new BrickInput.Received(CALLER, message));
    }

    void sync() {
        line("> synced");
        machine.step(new BrickInput.Synced(log.sync()), nowNanos);
        endTurn();
    }

    void apply() {
        long number = table.applyNow();
        if (number > 0) {
            input(new BrickInput.Applied(number));
        }
    }

    void input(BrickInput input) {
        line("> " + (input instanceof BrickInput.Received received ? describe(received) : input.toString()));
        machine.step(input, nowNanos);
        endTurn();
    }

    /** Lets time pass, tick by tick; nothing else happens. */
    void pass(long millis) {
        line("> " + millis + " ms pass");
        for (long passed = 0; passed < millis; passed += 10) {
            nowNanos += BrickMachine.TICK_NANOS;
            machine.step(new BrickInput.Tick(), nowNanos);
            endTurn();
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

    /** Brings the brick, alone in its group, to an open view of catalog and registers. */
    void openAlone(Durability durability) {
        sync();
        createRegisters(durability);
        sync();
        pass(60);
        sync();
    }

    void createRegisters(Durability durability) {
        request(new CallMessage.Write(
                99,
                CATALOG,
                0,
                new OperationId(new SessionId(1, 1), 1),
                1,
                1,
                Bytes.EMPTY,
                Catalog.create(
                                "registers",
                                new StructureSpec(
                                        "register", "k", "v", 1, 3, durability, StructureSpec.Protocol.TWO_PHASE))
                        .body()));
    }

    static CallMessage.Write write(long ticket, long number, String operation) {
        return write(REGISTERS, ticket, number, operation);
    }

    static CallMessage.Write write(PartitionId partition, long ticket, long number, String operation) {
        return new CallMessage.Write(
                ticket, partition, 0, new OperationId(SESSION, number), 1, number, Bytes.EMPTY, Bytes.utf8(operation));
    }

    static CallMessage.Read read(long ticket, String operation) {
        return new CallMessage.Read(ticket, REGISTERS, 0, ReadMode.LINEARIZABLE, Bytes.EMPTY, Bytes.utf8(operation));
    }

    /** A catalog entry as a primary might have made it. */
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

    /** The catalog's entry for a new structure, as a primary would have made it. */
    static Entry creation(long epoch, long seq, String name) {
        StructureSpec spec =
                new StructureSpec("register", "k", "v", 1, 3, Durability.SYNC, StructureSpec.Protocol.TWO_PHASE);
        List<Effect> effects = new ArrayList<>();
        Bytes result = Catalog.TYPE.evaluate(Catalog.create(name, spec).body(), new EmptyRecords(), new Changes() {
            @Override
            public void put(Bytes recordKey, Bytes value) {
                effects.add(new Effect(recordKey, value));
            }

            @Override
            public void delete(Bytes recordKey) {
                effects.add(new Effect(recordKey, null));
            }
        });
        Version version = new Version(epoch, seq);
        return EntryCodec.encode(
                Entry.Kind.WRITE,
                CATALOG,
                version,
                new Completion(new OperationId(SESSION, seq), version, Completion.Status.DONE, result),
                1,
                effects);
    }

    private static final class EmptyRecords implements Records {
        @Override
        public @Nullable Bytes get(Bytes recordKey) {
            return null;
        }

        @Override
        public void scan(Bytes from, Visitor visitor) {}

        @Override
        public long count() {
            return 0;
        }

        @Override
        public KeyRange range() {
            return KeyRange.ALL;
        }
    }

    // ---- transcript

    @Override
    public void send(Endpoint to, Message message) {
        sent.add(message);
        line("    " + name(to) + " <- " + describe(message));
    }

    @Override
    public void replyBefore(Endpoint to, long deadlineNanos, Message answer, Message otherwise) {
        send(to, answer);
    }

    @Override
    public void note(Event event) {
        line("    note " + event);
    }

    String transcript() {
        return transcript.toString();
    }

    /** Compares with {@code traces/NAME.txt}; {@code -Dtraces.update=true} writes it instead. */
    void assertTranscript(String name) {
        String resource = "/traces/" + name + ".txt";
        if (Boolean.getBoolean("traces.update")) {
            try {
                Path file = Path.of("src/test/resources" + resource);
                Files.createDirectories(file.getParent());
                Files.writeString(file, transcript);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return;
        }
        try (var stream = ScriptedBrick.class.getResourceAsStream(resource)) {
            assertThat(stream)
                    .as(resource + " is missing; -Dtraces.update=true writes it")
                    .isNotNull();
            assertThat(transcript.toString())
                    .isEqualTo(new String(stream.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void line(String text) {
        transcript.append(text).append('\n');
    }

    private static String name(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Peer peer -> peer.brick().name();
            case Endpoint.Caller caller -> "caller " + caller.link();
        };
    }

    private static String describe(BrickInput.Received received) {
        return name(received.from()) + " -> " + describe(received.message());
    }

    private static String describe(Message message) {
        return switch (message) {
            case ReplicaMessage.Store store ->
                "Store[" + describe(store.entry()) + ", committed=" + store.committedSeq() + ", syncedEverywhere="
                        + store.syncedEverywhereSeq() + "]";
            case ReplicaMessage.Level level ->
                "Level[" + level.partition() + ", epoch=" + level.epoch() + ", base="
                        + level.baseSeq() + ", cut=" + level.cut() + ", level=" + level.levelSeq() + ", "
                        + level.entries().stream().map(ScriptedBrick::describe).toList() + "]";
            case ReplicaMessage.Fetched fetched ->
                "Fetched[" + fetched.partition() + ", epoch=" + fetched.epoch() + ", "
                        + fetched.entries().stream()
                                .map(ScriptedBrick::describe)
                                .toList() + "]";
            case CallMessage.Write write ->
                "Write[ticket=" + write.ticket() + ", " + write.partition() + ", "
                        + write.operation().number() + ", '" + printable(write.body()) + "']";
            case CallMessage.Read read ->
                "Read[ticket=" + read.ticket() + ", " + read.partition() + ", '" + printable(read.body()) + "']";
            case CallMessage.Answer answer ->
                "Answer[ticket=" + answer.ticket() + ", " + answer.status() + ", " + answer.version() + ", '"
                        + printable(answer.result()) + "']";
            default -> message.toString();
        };
    }

    private static String describe(Entry entry) {
        return entry.partition() + " " + entry.version() + " "
                + entry.effects().stream()
                        .map(e ->
                                printable(e.recordKey()) + "=" + (e.value() == null ? "deleted" : printable(e.value())))
                        .toList();
    }

    private static String printable(Bytes bytes) {
        return bytes.toUtf8().replaceAll("[^\\x20-\\x7e]", ".");
    }
}
