package io.brickwork.core.partition;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Replication;
import io.brickwork.core.Version;
import io.brickwork.core.brick.MemoryTable;
import io.brickwork.core.brick.RegisterType;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Applied;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.port.ClusterPort;
import io.brickwork.core.partition.port.LoadPort;
import io.brickwork.core.partition.port.LogPort;
import io.brickwork.core.partition.port.PeerPort;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.port.TablePort;
import io.brickwork.core.partition.repair.Repairs;
import io.brickwork.core.partition.store.CommitPoint;
import io.brickwork.core.partition.store.Extent;
import io.brickwork.core.partition.store.PartitionLog;
import io.brickwork.core.partition.store.Storage;
import io.brickwork.core.partition.tenure.Refusals;
import io.brickwork.core.partition.tenure.Tenure;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the rooms of a replica at brick A stand on, with ports that write down what comes: so that each room can be
 * built alone.
 */
public final class OneReplica {
    public static final BrickId A = new BrickId("a");
    public static final BrickId B = new BrickId("b");
    public static final BrickId C = new BrickId("c");
    public static final PartitionId PARTITION = new PartitionId(1, 0);

    /** A message that was sent. */
    public record Sent(BrickId to, ReplicaMessage message) {}

    public final List<Sent> sent = new ArrayList<>();
    public final List<Event> events = new ArrayList<>();
    public final List<Message> answers = new ArrayList<>();
    public final List<MetadataCommand> proposed = new ArrayList<>();
    public final List<Long> committed = new ArrayList<>();
    public final List<Long> cuts = new ArrayList<>();
    public final List<CopyStep.Repair> repaired = new ArrayList<>();
    /** Keys whose records in the table cannot be read; a repair makes them readable. */
    public final TreeSet<Bytes> corrupt = new TreeSet<>();

    public final MetadataState metadata = new MetadataState(Bytes.utf8("cluster"));
    public final MemoryTable table = new MemoryTable();
    public Defences defences = Defences.ALL;
    public boolean lags;
    public boolean isOverlayFull;
    public boolean isWaitingFull;
    public boolean isNeighbourGone = true;
    public long windowBytes = 1 << 20;
    public int fillPermille;

    public final Brick brick = new Brick();
    public final Ports ports = new Ports(brick, brick, brick, brick);
    public final Tenure tenure = new Tenure(PARTITION, brick);
    public final PartitionLog log = new PartitionLog(new Applied(PARTITION, new Version(0, 0), 0), List.of(), brick);
    public final Extent extent = new Extent(PARTITION, brick, brick, log, false);
    public final CommitPoint commitPoint = new CommitPoint(log, 0, committed::add);
    public final Refusals refusals = new Refusals(tenure, brick);
    public final Repairs repairs = new Repairs(tenure, extent, ports);
    public final Storage storage = new Storage(log, brick, extent, tenure, ports, new Storage.Listener() {
        @Override
        public void onReshaped() {
            extent.update(tenure.group());
        }

        @Override
        public void onCut(long seq) {
            cuts.add(seq);
        }
    });

    public OneReplica(Durability durability) {
        log.endReplay();
        attach(durability, KeyRange.ALL);
    }

    private void attach(Durability durability, KeyRange range) {
        extent.attach(
                new StructureInfo(
                        PARTITION.structure(),
                        "registers",
                        new StructureSpec("register", "string/1", "string/1", 1, 3, durability, Replication.TWO_PHASE)),
                RegisterType.INSTANCE,
                range);
    }

    // ---- what happens

    /** The view is decided, and promised to. */
    public OneReplica promised(GroupView view) {
        tenure.decided(group(view));
        log.promise(view.epoch());
        tenure.promise(view, log.promisePosition());
        sync();
        return this;
    }

    /** The view is open here. */
    public OneReplica opened(GroupView view) {
        promised(view);
        tenure.open(true);
        return this;
    }

    /** Only keys from {@code low} on and below {@code high} are served here. */
    public void serve(String low, String high) {
        Durability durability = extent.durability();
        extent.detach();
        attach(durability, new KeyRange(Bytes.utf8(low), Bytes.utf8(high)));
    }

    /** Stores the next entry of an epoch here, without anybody being told. */
    public Entry store(long epoch) {
        Entry entry = entry(epoch, log.lastSeq() + 1);
        storage.store(entry);
        return entry;
    }

    /** Everything that was appended is written. */
    public void write() {
        brick.positions.forEach((position, seq) -> log.onWritten(position, seq));
    }

    /** Everything that was appended is synced. */
    public void sync() {
        brick.positions.forEach((position, seq) -> {
            log.onSynced(position, seq);
            tenure.synced(position);
        });
    }

    /** What was sent to a brick, in order; forgets it. */
    public List<ReplicaMessage> takeSentTo(BrickId brickId) {
        List<ReplicaMessage> taken = sent.stream()
                .filter(one -> one.to.equals(brickId))
                .map(Sent::message)
                .toList();
        sent.removeIf(one -> one.to.equals(brickId));
        return taken;
    }

    // ---- values

    public static Entry entry(long epoch, long seq) {
        return EntryCodec.encode(
                Entry.Kind.WRITE,
                PARTITION,
                new Version(epoch, seq),
                null,
                0,
                List.of(new Effect(Bytes.utf8("k"), Bytes.utf8("v" + seq))));
    }

    public static Member member(BrickId brick) {
        return new Member(brick, new Incarnation(new DiskId(brick.name().charAt(0), 0), 1));
    }

    /** A view of these members; the first one is the primary. */
    public static GroupView view(long epoch, BrickId... members) {
        return new GroupView(
                epoch, members[0], Stream.of(members).map(OneReplica::member).toList(), List.of(), 0);
    }

    /** The group of which the view is the newest, and open, with two members needed. */
    public static Group group(GroupView view) {
        return new Group(PARTITION, KeyRange.ALL, 3, 2, view, 1, view, view, null, null, null);
    }

    public static ReplicaMessage.Stored stored(long epoch, long storedSeq) {
        return new ReplicaMessage.Stored(PARTITION, epoch, storedSeq, 0, 0, 0);
    }

    /** All ports of brick A. */
    public final class Brick implements ClusterPort, PeerPort, TablePort, LoadPort, LogPort, Outbox {
        /** By position, the entry's number. */
        private final TreeMap<Long, Long> positions = new TreeMap<>();

        private final TreeMap<Long, LogRecord> records = new TreeMap<>();

        @Override
        public BrickId self() {
            return A;
        }

        @Override
        public Member member() {
            return OneReplica.member(A);
        }

        @Override
        public int clusterBricks() {
            return 3;
        }

        @Override
        public MetadataState metadata() {
            return metadata;
        }

        @Override
        public void propose(MetadataCommand command) {
            proposed.add(command);
        }

        @Override
        public boolean defends(Defence defence) {
            return defences.has(defence);
        }

        @Override
        public void reached(Situation situation) {
            // of interest to simulations
        }

        @Override
        public void send(BrickId to, ReplicaMessage message) {
            sent.add(new Sent(to, message));
        }

        @Override
        public void tell(BrickId to, ReplicaMessage message) {
            sent.add(new Sent(to, message));
        }

        @Override
        public Outbox outbox() {
            return this;
        }

        @Override
        public void send(Endpoint to, Message message) {
            answers.add(message);
        }

        @Override
        public void replyBefore(Endpoint to, long deadlineNanos, Message answer, Message otherwise) {
            answers.add(answer);
        }

        @Override
        public void note(Event event) {
            events.add(event);
        }

        @Override
        public Snapshot turnSnapshot() {
            return new CorruptSnapshot(table.snapshot(), corrupt);
        }

        @Override
        public void repair(CopyStep.Repair step, Runnable done) {
            repaired.add(step);
            corrupt.remove(step.row().key());
            done.run();
        }

        @Override
        public boolean isGone(PartitionId other) {
            return isNeighbourGone;
        }

        @Override
        public int fillPermille() {
            return fillPermille;
        }

        @Override
        public int fullPermille() {
            return 950;
        }

        @Override
        public boolean isOverlayFull() {
            return isOverlayFull;
        }

        @Override
        public boolean lagsBehind() {
            return lags;
        }

        @Override
        public boolean isWaitingFull() {
            return isWaitingFull;
        }

        @Override
        public void addWaiting(long bytes) {}

        @Override
        public long windowBytes() {
            return windowBytes;
        }

        @Override
        public int copyChunkBytes() {
            return 64 << 10;
        }

        @Override
        public long append(LogRecord record, long seq) {
            long position = 100L * (records.size() + 1);
            positions.put(position, seq);
            records.put(position, record);
            return position;
        }

        @Override
        public void requestSync() {}

        @Override
        public LogRecord read(long position) {
            return records.get(position);
        }
    }
}
