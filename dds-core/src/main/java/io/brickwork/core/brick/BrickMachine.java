package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.replica.ReadView;
import io.brickwork.core.replica.Replica;
import io.brickwork.core.replica.ReplicaHost;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.table.Applied;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import io.brickwork.core.view.View;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A whole brick: all its replicas, on one log and one table.
 *
 * <p>Works in turns. A turn is any number of inputs, then the log's write, then {@link BrickInput.Written}, the last two repeated while that appended more; messages leave when the turn is
 * over. Acknowledgements are made at the end of a turn, so that one write, and one sync, serve all that came in it.
 *
 * <p>Finds out by itself which structures there are: it holds the {@link Catalog} like any other structure, and sets up the partitions of each structure it finds committed there. The
 * members of partition p are the bricks p, p + 1, … of the configured list, and the first of them is its primary.
 *
 * <p>One thread, except for {@link #readView}. A {@link Check.InvariantBroken}, or whatever else a step throws, means that the brick must halt.
 */
public final class BrickMachine {
    /** How often {@link BrickInput.Tick} should come. */
    public static final long TICK_NANOS = 10_000_000;

    private final StructureTypes types;
    private final List<BrickId> members;
    private final Table table;
    private final Outbox outbox;
    private final Host host;
    private final ApplyPump pump;
    private final Trimmer trimmer;
    private final LogProgress progress;
    private final TreeMap<PartitionId, Replica> replicas = new TreeMap<>();
    private final ConcurrentSkipListMap<PartitionId, ReadView> readViews = new ConcurrentSkipListMap<>();
    /** Replicas that may have something to acknowledge at the end of the turn. */
    private final Touched touched = new Touched();
    /** The catalog has changed since the structures were last looked up. */
    private boolean isCatalogNew;

    public BrickMachine(BrickConfig config, StructureTypes types, Log log, Table table, Outbox outbox) {
        this.types = types;
        this.members = config.members();
        this.table = table;
        this.outbox = outbox;
        this.progress = new LogProgress(log);
        this.pump = new ApplyPump(table, log);
        this.trimmer = new Trimmer(log);
        this.host = new Host(config, log);
    }

    /** Reads log and table. Before the first step; a turn that begins with this ends like any other. */
    public void recover(long nowNanos) {
        try (Snapshot snapshot = table.snapshot()) {
            replica(Catalog.STRUCTURE.id(), 0, snapshot);
            for (Applied applied : snapshot.partitions()) {
                replica(applied.partition().structure(), applied.partition().number(), snapshot);
            }
            host.log.replay((position, record) -> {
                switch (record) {
                    case LogRecord.OfPartition own ->
                        replica(own.partition().structure(), own.partition().number(), snapshot)
                                .replay(position, own);
                    case LogRecord.Paxos paxos ->
                        throw new LogCorruptException("the log holds metadata at position " + position
                                + ", and this brick runs no metadata service");
                }
            });
        }
        replicas.values().forEach(Replica::endReplay);
        progress.begin();
        pump.begin(nowNanos);
        trimmer.begin(nowNanos);
        attach(Catalog.STRUCTURE, Catalog.TYPE);
        attachStructures();
        host.closeSnapshot();
    }

    public void step(BrickInput input, long nowNanos) {
        switch (input) {
            case BrickInput.Received received -> onReceived(received.from(), received.message(), nowNanos);
            case BrickInput.LinkUp up -> {
                for (Replica replica : replicas.values()) {
                    replica.onLinkUp(up.peer(), nowNanos);
                }
            }
            case BrickInput.LinkDown down -> {
                // Nothing hangs on it: what is not answered is sent again, and at once when the link is up.
            }
            case BrickInput.CallerGone gone -> {
                // Answers to it are dropped by the shell.
            }
            case BrickInput.Synced synced -> progress.synced(synced.position(), touched, nowNanos);
            case BrickInput.Applied applied -> {
                host.closeSnapshot(); // what is searched next must be in the table it sees, or in the overlay
                pump.onApplied(applied.batch(), nowNanos);
            }
            case BrickInput.Tick tick -> onTick(nowNanos);
            case BrickInput.Written written -> onWritten(written.position(), nowNanos);
        }
    }

    /** What local callers read from; null if the brick has no such partition (yet). Any thread. */
    public @Nullable ReadView readView(PartitionId partition) {
        return readViews.get(partition);
    }

    /** What each replica that is set up knows and holds. */
    public List<CallMessage.ReplicaStatus> statuses() {
        return replicas.values().stream()
                .filter(Replica::isAttached)
                .map(Replica::status)
                .toList();
    }

    /**
     * Looks at everything the replicas hold in memory. Takes as long as that is much: for simulations and tests, between turns.
     *
     * @throws Check.InvariantBroken if it does not fit together
     */
    public void audit() {
        replicas.values().forEach(Replica::audit);
    }

    private void onReceived(Endpoint from, Message message, long nowNanos) {
        switch (message) {
            case ReplicaMessage replicaMessage -> {
                Replica replica = replicas.get(replicaMessage.partition());
                if (replica != null && from instanceof Endpoint.Peer(BrickId brick)) {
                    touched.add(replica);
                    replica.onMessage(brick, replicaMessage, nowNanos);
                }
            }
            case CallMessage.Request request -> {
                Replica replica = replicas.get(request.partition());
                if (replica == null) {
                    outbox.send(
                            from,
                            new CallMessage.Refusal(
                                    request.ticket(),
                                    request.partition(),
                                    CallMessage.Reason.WRONG_PARTITION,
                                    host.self() + " has no partition " + request.partition(),
                                    null));
                } else {
                    touched.add(replica);
                    replica.onRequest(from, request, nowNanos);
                }
            }
            case CallMessage.AskStatus ask -> outbox.send(from, status(ask.ticket()));
            case CallMessage answer -> {} // a brick asks nothing of this kind
            case LinkMessage link -> {} // the shell's business
            case PaxosMessage paxos -> {} // no metadata service runs here
            case LeaseMessage lease -> {}
        }
    }

    private void onWritten(long position, long nowNanos) {
        progress.written(position, touched);
        touched.drain(replica -> replica.afterStoring(nowNanos));
        if (isCatalogNew) {
            attachStructures();
        }
        host.closeSnapshot();
    }

    private void onTick(long nowNanos) {
        host.fillPermille = table.fillPermille();
        long overlayBytes = 0;
        for (Replica replica : replicas.values()) {
            replica.onTick(nowNanos);
            overlayBytes += replica.committedOverlayBytes();
        }
        host.overlayBytes = overlayBytes;
        pump.onTick(nowNanos);
        trimmer.onTick(nowNanos, replicas.values());
    }

    private CallMessage.Status status(long ticket) {
        return new CallMessage.Status(ticket, host.fillPermille, statuses());
    }

    // ---- structures

    /** Sets up the partitions of every structure that is committed in the catalog. */
    private void attachStructures() {
        isCatalogNew = false;
        Replica catalog = replicas.get(new PartitionId(Catalog.STRUCTURE.id(), 0));
        for (StructureInfo structure :
                Check.present(catalog, "no catalog").<List<StructureInfo>>inspect(Catalog::structures)) {
            StructureType type = types.find(structure.spec().type());
            if (type != null) {
                attach(structure, type);
            }
        }
    }

    private void attach(StructureInfo structure, StructureType type) {
        PartitionMap map = type.initialPartitions(structure.spec());
        for (int number : map.partitions()) {
            View view = View.initial(members, structure.spec().replicas(), number);
            if (view.isMember(host.self())) {
                Replica replica = replica(structure.id(), number, host.turnSnapshot());
                replica.attach(structure, type, map.range(number), view);
            }
        }
    }

    private Replica replica(int structure, int number, Snapshot snapshot) {
        PartitionId partition = new PartitionId(structure, number);
        Replica replica = replicas.get(partition);
        if (replica == null) {
            replica = new Replica(snapshot.applied(partition), host, table);
            replicas.put(partition, replica);
            readViews.put(partition, replica.readView());
        }
        return replica;
    }

    /** What the replicas see of their brick. */
    private final class Host implements ReplicaHost {
        private final BrickConfig config;
        private final Log log;
        private @Nullable Snapshot snapshot;
        private int fillPermille;
        private long overlayBytes;

        Host(BrickConfig config, Log log) {
            this.config = config;
            this.log = log;
        }

        @Override
        public BrickId self() {
            return config.self();
        }

        @Override
        public boolean defends(Defence defence) {
            return config.defences().has(defence);
        }

        @Override
        public long append(Replica replica, LogRecord record, long seq) {
            touched.add(replica);
            return progress.append(replica, record, seq);
        }

        @Override
        public void requestSync() {
            log.requestSync();
        }

        @Override
        public LogRecord read(long position) {
            return log.read(position);
        }

        @Override
        public Snapshot turnSnapshot() {
            if (snapshot == null) {
                snapshot = table.snapshot();
            }
            return snapshot;
        }

        void closeSnapshot() {
            if (snapshot != null && defends(Defence.RENEW_SNAPSHOT)) {
                snapshot.close();
                snapshot = null;
            }
        }

        @Override
        public Table table() {
            return table;
        }

        @Override
        public Outbox outbox() {
            return outbox;
        }

        @Override
        public void send(BrickId to, ReplicaMessage message) {
            outbox.send(new Endpoint.Peer(to), message);
        }

        @Override
        public int fillPermille() {
            return fillPermille;
        }

        @Override
        public int fullPermille() {
            return config.fullPermille();
        }

        @Override
        public boolean isOverlayFull() {
            return overlayBytes > config.overlayBytes();
        }

        @Override
        public long windowBytes() {
            return config.windowBytes();
        }

        @Override
        public void onCommitted(Replica replica) {
            pump.add(replica);
            if (replica.partition().structure() == Catalog.STRUCTURE.id()) {
                isCatalogNew = true;
                touched.add(replica);
            }
        }
    }
}
