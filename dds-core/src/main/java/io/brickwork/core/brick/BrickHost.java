package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Situation;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Split;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.partition.machine.MemoryUse;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.partition.read.LeaseEnd;
import io.brickwork.core.partition.read.ReadViews;
import io.brickwork.core.table.CopyStep;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import org.jspecify.annotations.Nullable;

/**
 * What the partitions of a brick see of it: its log, its table, its peers, what is decided in the cluster, and how much
 * more it can take.
 *
 * <p>Has one snapshot of the table for each turn, and counts memory as it is taken within a turn; what was given back
 * is counted anew at each tick.
 */
final class BrickHost implements Replicas.Host {
    /**
     * A backup takes no more entries while those that are committed and not applied exceed this many times the limit of
     * the overlay.
     */
    private static final double LAG_AT = 2;

    /** What only the brick as a whole can tell or do. */
    interface Brick {
        /** This incarnation of the brick; null until the cluster knows of it. */
        @Nullable
        Member member();

        /** Has the metadata log carry this out; may be lost. */
        void propose(MetadataCommand command, long nowNanos);
    }

    private final BrickConfig config;
    private final Log log;
    private final Table table;
    private final Outbox outbox;
    private final MetadataState state;
    private final LogProgress progress;
    private final ApplyPump pump;
    private final Touched touched;
    private final Brick brick;
    private final LeaseEnd leaseEnd = new LeaseEnd();
    private final ReadViews readViews = new ReadViews();
    private final Gauge overlay;
    private final Gauge uncommitted;
    private final Gauge waiting;
    private final Gauge lag;
    /** Null until the brick is put together. */
    private @Nullable Replicas replicas;

    private @Nullable Snapshot snapshot;
    private int fillPermille;
    private long nowNanos;

    BrickHost(
            BrickConfig config,
            Log log,
            Table table,
            Outbox outbox,
            MetadataState state,
            LogProgress progress,
            ApplyPump pump,
            Touched touched,
            Brick brick) {
        this.config = config;
        this.log = log;
        this.table = table;
        this.outbox = outbox;
        this.state = state;
        this.progress = progress;
        this.pump = pump;
        this.touched = touched;
        this.brick = brick;
        overlay = new Gauge(config.overlayBytes());
        uncommitted = new Gauge(config.uncommittedBytes());
        waiting = new Gauge(config.waitingBytes());
        lag = new Gauge(config.overlayBytes());
    }

    /** The registry that partitions are told of. Once, before anything else. */
    void attach(Replicas registry) {
        replicas = registry;
    }

    private Replicas replicas() {
        return Check.present(replicas, "the brick is not put together");
    }

    // ---- turns

    /** A turn goes on at this time. */
    void at(long now) {
        nowNanos = now;
    }

    /** What is read next must see what the table holds by then. */
    void closeSnapshot() {
        if (snapshot != null && defends(Defence.RENEW_SNAPSHOT)) {
            snapshot.close();
            snapshot = null;
        }
    }

    /** Counts anew how full disk and memory are. */
    void count(MemoryUse memory) {
        overlay.count(memory.overlayBytes());
        uncommitted.count(memory.uncommittedBytes());
        waiting.count(memory.waitingBytes());
        lag.count(memory.lagBytes());
    }

    void measureDisk() {
        fillPermille = table.fillPermille();
    }

    /** Whether the overlay was fuller than this part of its limit when it was last counted. */
    boolean wasOverlay(double part) {
        return overlay.was(part);
    }

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    @Override
    public void touch(PartitionMachine machine) {
        touched.add(machine);
    }

    // ---- cluster

    @Override
    public BrickId self() {
        return config.self();
    }

    @Override
    public @Nullable Member member() {
        return brick.member();
    }

    @Override
    public int clusterBricks() {
        return state.bricks().size();
    }

    @Override
    public MetadataState metadata() {
        return state;
    }

    @Override
    public void propose(MetadataCommand command) {
        brick.propose(command, nowNanos);
    }

    @Override
    public boolean defends(Defence defence) {
        return config.defences().has(defence);
    }

    @Override
    public void reached(Situation situation) {
        config.defences().reached(situation);
    }

    @Override
    public LeaseEnd leaseEnd() {
        return leaseEnd;
    }

    @Override
    public ReadViews readViews() {
        return readViews;
    }

    // ---- log

    @Override
    public long append(PartitionMachine machine, LogRecord record, long seq) {
        touched.add(machine);
        if (record instanceof LogRecord.Stored stored) {
            long bytes = stored.entry().encoded().length();
            overlay.add(bytes);
            uncommitted.add(bytes);
        }
        return progress.append(machine, record, seq);
    }

    @Override
    public void requestSync() {
        log.requestSync();
    }

    @Override
    public LogRecord read(long position) {
        return log.read(position);
    }

    // ---- table

    @Override
    public Snapshot turnSnapshot() {
        if (snapshot == null) {
            snapshot = table.snapshot();
        }
        return snapshot;
    }

    @Override
    public void repair(CopyStep.Repair step, Runnable done) {
        pump.add(step, done, nowNanos);
    }

    @Override
    public boolean isGone(PartitionId other) {
        return replicas().isGone(other);
    }

    @Override
    public int fillPermille() {
        return fillPermille;
    }

    @Override
    public int fullPermille() {
        return config.fullPermille();
    }

    // ---- peers

    @Override
    public Outbox outbox() {
        return outbox;
    }

    @Override
    public void send(BrickId to, ReplicaMessage message) {
        outbox.send(new Endpoint.Peer(to), message);
    }

    @Override
    public void tell(BrickId to, ReplicaMessage message) {
        if (to.equals(config.self())) {
            replicas().onMessage(to, message, nowNanos);
        } else {
            send(to, message);
        }
    }

    // ---- load

    @Override
    public boolean isOverlayFull() {
        return overlay.isFull() || uncommitted.isFull();
    }

    @Override
    public boolean lagsBehind() {
        return lag.was(LAG_AT);
    }

    @Override
    public boolean isWaitingFull() {
        return waiting.isFull();
    }

    @Override
    public void addWaiting(long bytes) {
        waiting.add(bytes);
    }

    @Override
    public long windowBytes() {
        return config.windowBytes();
    }

    @Override
    public int copyChunkBytes() {
        return config.copyChunkBytes();
    }

    // ---- registry

    @Override
    public void beginCopy(PartitionMachine machine, BrickId source) {
        replicas().beginCopy(machine, source);
    }

    @Override
    public void onSplit(Split split) {
        replicas().onSplit(split);
    }

    @Override
    public void onCommitted(PartitionMachine machine) {
        pump.add(machine.tableSource());
        if (machine.isReshaping()) {
            pump.hurry(nowNanos);
        }
    }
}
