package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.metadata.Registration;
import io.brickwork.core.partition.read.LeaseEnd;
import io.brickwork.core.partition.read.ReadViews;
import io.brickwork.core.paxos.PaxosConfig;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.table.Snapshot;
import io.brickwork.core.table.Table;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole brick: its part in the metadata log, and all its replicas, on one log and one table.
 *
 * <p>Works in turns. A turn is any number of inputs, then the log's write, then {@link BrickInput.Written}, the last
 * two repeated while that appended more; messages leave when the turn is over. Acknowledgements are made at the end of
 * a turn, so that one write, and one sync, serve all that came in it.
 *
 * <p>Which structures there are, which partitions they have and who holds them is decided by the metadata log, in which
 * every brick votes or listens: see {@link MetadataLog}, {@link Registrar}, {@link Lease}, {@link Leadership}.
 * {@link Replicas} makes it so.
 *
 * <p>One thread, except for {@link #readViews}. A {@link Check.InvariantBroken}, or whatever else a step throws, means
 * that the brick must halt.
 */
public final class BrickMachine {
    /** How often {@link BrickInput.Tick} should come. */
    public static final long TICK_NANOS = 10_000_000;
    /** From which part of its limit on the overlay is emptied without waiting for more. */
    private static final double HURRY_AT = 0.5;

    private final BrickConfig config;
    private final StructureTypes types;
    private final Log log;
    private final Table table;
    private final Outbox outbox;
    private final MetadataState state;
    private final BrickHost host;
    private final Speakers speakers;
    private final LogProgress progress;
    private final ApplyPump pump;
    private final Trimmer trimmer;
    private final Replicas replicas;
    private final Scrubber scrubber;
    private final Splitter splitter;
    private final Merger merger;
    /** Replicas that may have something to acknowledge at the end of the turn. */
    private final Touched touched = new Touched();

    private @Nullable Cluster cluster;

    /** What is known once the log has been read, which says whose disk this is. */
    private record Cluster(
            MetadataLog metadata,
            Registrar registrar,
            Leadership leadership,
            Lease lease,
            CatalogDesk catalog,
            OperatorDesk operator,
            SessionDesk sessions) {}

    public BrickMachine(BrickConfig config, StructureTypes types, Log log, Table table, Outbox outbox) {
        this.config = config;
        this.log = log;
        this.types = types;
        this.table = table;
        this.outbox = outbox;
        this.state = new MetadataState(config.drawn().clusterId(), config.leaseTermNanos(), config.defences());
        this.progress = new LogProgress(log);
        this.pump = new ApplyPump(table, log);
        this.speakers = new Speakers(config, state, outbox);
        this.host = new BrickHost(config, log, table, outbox, state, progress, pump, touched, new WholeBrick());
        this.trimmer = new Trimmer(log, this::renew);
        this.replicas = new Replicas(types, state, table, host, pump, outbox);
        host.attach(replicas);
        this.scrubber = new Scrubber(replicas, host);
        this.splitter = new Splitter(config.growth(), replicas, host);
        this.merger = new Merger(config.growth(), replicas, host);
    }

    /** Reads log and table. Before the first step; a turn that begins with this ends like any other. */
    public void recover(long now) {
        host.at(now);
        List<PaxosRecord> paxos = new ArrayList<>();
        Registered registered = new Registered();
        try (Snapshot snapshot = table.snapshot()) {
            replicas.recover(snapshot);
            log.replay((position, record) -> {
                switch (record) {
                    case LogRecord.OfPartition own -> replicas.replay(position, own, snapshot);
                    case LogRecord.Paxos one -> paxos.add(one.record());
                    case LogRecord.Registered one -> registered.set(one, position);
                }
            });
        }
        replicas.endReplay();
        progress.begin();
        pump.begin(now);
        trimmer.begin(now);
        scrubber.begin(now);
        splitter.begin(now);
        merger.begin(now);
        if (registered.record == null) {
            LogRecord.Registered fresh =
                    new LogRecord.Registered(Registration.fresh(config.drawn().disk()), "");
            registered.set(fresh, log.append(fresh)); // before any vote of this disk
            log.requestSync();
        }
        cluster = join(Check.present(registered.record, "no registration"), registered.position, paxos);
        replicas.onAdvanced(now);
        host.closeSnapshot();
    }

    /** What only the brick as a whole can tell or do for its partitions. */
    private final class WholeBrick implements BrickHost.Brick {
        @Override
        public @Nullable Member member() {
            Cluster parts = cluster;
            return parts == null ? null : parts.registrar.member();
        }

        @Override
        public void propose(MetadataCommand command, long now) {
            cluster().metadata.propose(command, answer -> {}, now);
        }
    }

    private static final class Registered {
        private LogRecord.@Nullable Registered record;
        private long position;

        void set(LogRecord.Registered one, long at) {
            record = one;
            position = at;
        }
    }

    private Cluster join(LogRecord.Registered registered, long position, List<PaxosRecord> records) {
        DiskId disk = registered.registration().disk();
        Roles roles = new Roles();
        MetadataLog metadata = new MetadataLog(
                PaxosConfig.of(config.founders(), config.contacts(), config.electionNanos(), config.defences()),
                new PaxosMember(config.self(), disk),
                config.drawn().luck(),
                state,
                (command, now) -> roles.leadership().admits(command, now),
                log,
                outbox,
                roles);
        Leadership leadership = new Leadership(metadata, config.sessionTimeoutNanos(), config.defences());
        roles.leadership = leadership;
        Registrar registrar = new Registrar(config, metadata, log, outbox, registered, position);
        Lease lease = new Lease(config.self(), metadata, leadership, outbox, host.leaseEnd());
        metadata.replay(records, host.nowNanos());
        return new Cluster(
                metadata,
                registrar,
                leadership,
                lease,
                new CatalogDesk(metadata, types, outbox),
                new OperatorDesk(metadata, outbox),
                new SessionDesk(config.self(), config.sessionTimeoutNanos(), metadata, leadership, outbox));
    }

    /** What the metadata log tells of its leadership goes to whoever exercises it. */
    private final class Roles implements MetadataLog.Listener {
        private @Nullable Leadership leadership;

        Leadership leadership() {
            return Check.present(leadership, "the metadata log speaks before it is replayed");
        }

        @Override
        public void onElected(long quietNanos) {
            leadership().onElected(quietNanos, host.nowNanos());
        }

        @Override
        public void onDeposed() {
            leadership().onDeposed();
        }
    }

    public void step(BrickInput input, long now) {
        host.at(now);
        switch (input) {
            case BrickInput.Received received -> onReceived(received.from(), received.message());
            case BrickInput.LinkUp up -> replicas.onLinkUp(up.peer(), now);
            case BrickInput.LinkDown down -> {
                // Nothing hangs on it: what is not answered is sent again, and at once when the link is up.
            }
            case BrickInput.CallerGone gone -> replicas.onCallerGone(gone.caller()); // answers to it the shell drops
            case BrickInput.Synced synced -> onSynced(synced.position());
            case BrickInput.Applied applied -> {
                host.closeSnapshot(); // what is searched next must be in the table it sees, or in the overlay
                pump.onApplied(applied.batch(), now);
                onAdvanced();
            }
            case BrickInput.Depart depart -> cluster().lease.depart();
            case BrickInput.Tick tick -> onTick();
            case BrickInput.Written written -> onWritten(written.position());
        }
    }

    /** Until when the brick answers by itself. Any thread. */
    public LeaseEnd leaseEnd() {
        return host.leaseEnd();
    }

    /** What callers in this process read from. Any thread. */
    public ReadViews readViews() {
        return host.readViews();
    }

    /** What each replica that is set up knows and holds. */
    public List<CallMessage.ReplicaStatus> statuses() {
        return replicas.statuses();
    }

    /** What this brick has carried out of the metadata log. For looking at between turns. */
    public MetadataState metadata() {
        return state;
    }

    /** This life of the brick; null until the cluster knows of it. */
    public @Nullable Member member() {
        return host.member();
    }

    /**
     * Who keeps the metadata log, each with the disk that has its votes, as far as this brick knows; empty if it has
     * not found the cluster.
     */
    public List<PaxosMember> voters() {
        Membership members = cluster().metadata.node().members();
        return members == null ? List.of() : members.members();
    }

    /** Whether this brick leads the metadata log. */
    public boolean isLeader() {
        return cluster().metadata.node().isEstablishedLeader();
    }

    /**
     * How many groups would have to wait for this brick's lease to end if it stopped now, and need not: see
     * {@link BrickInput.Depart}.
     */
    public long groupsToHandOver() {
        Member member = member();
        return member == null
                ? 0
                : state.groups().stream()
                        .filter(group -> group.isHandedOverBy(member))
                        .count();
    }

    /**
     * Looks at everything the replicas hold in memory. Takes as long as that is much: for simulations and tests,
     * between turns.
     *
     * @throws Check.InvariantBroken if it does not fit together
     */
    public void audit() {
        replicas.audit();
    }

    private Cluster cluster() {
        return Check.present(cluster, "the brick has not been recovered");
    }

    private void onReceived(Endpoint from, Message message) {
        if (!speakers.mayBeSaid(from, message, cluster().metadata.node().members())) {
            return;
        }
        switch (message) {
            case ReplicaMessage replicaMessage -> {
                if (from instanceof Endpoint.Peer(BrickId brick)) {
                    replicas.onMessage(brick, replicaMessage, host.nowNanos());
                }
            }
            case CallMessage.Request request -> {
                if (request.partition().structure() == Catalog.STRUCTURE.id()) {
                    cluster().catalog.onRequest(from, request, host.nowNanos());
                    onAdvanced();
                } else {
                    replicas.onRequest(from, request, host.nowNanos());
                }
            }
            case CallMessage.AskStatus ask ->
                outbox.send(
                        from,
                        new CallMessage.Status(
                                ask.ticket(), host.fillPermille(), member() != null, isLeader(), statuses()));
            case CallMessage.AskMetadata ask -> cluster().operator.onAsk(from, ask);
            case CallMessage.Instruct instruct -> {
                cluster().operator.onInstruct(from, instruct, host.nowNanos());
                onAdvanced();
            }
            case CallMessage.OpenSession open -> {
                cluster().sessions.onOpen(from, open, host.nowNanos());
                onAdvanced();
            }
            case CallMessage.KeepSession keep -> cluster().sessions.onKeep(from, keep, host.nowNanos());
            case CallMessage.CloseSession close -> {
                cluster().sessions.onClose(from, close, host.nowNanos());
                onAdvanced();
            }
            case CallMessage answer -> {} // a brick asks nothing of this kind
            case LinkMessage link -> {} // the shell's business
            case PaxosMessage paxos -> {
                if (from instanceof Endpoint.Peer(BrickId brick)) {
                    cluster().metadata.onMessage(brick, paxos, host.nowNanos());
                    onAdvanced();
                }
            }
            case LeaseMessage lease -> {
                if (from instanceof Endpoint.Peer(BrickId brick)) {
                    cluster().lease.onMessage(brick, lease, host.nowNanos());
                }
            }
        }
    }

    private void onSynced(long position) {
        cluster().metadata.onSynced(position, host.nowNanos());
        cluster().registrar.onSynced(position, host.nowNanos());
        progress.synced(position, touched, host.nowNanos());
        replicas.onSynced(position, host.nowNanos());
        onAdvanced();
    }

    private void onWritten(long position) {
        progress.written(position, touched);
        touched.drain(replica -> replica.afterStoring(host.nowNanos()));
        onAdvanced();
        host.closeSnapshot();
    }

    private void onTick() {
        Cluster parts = cluster();
        parts.metadata.onTick(host.nowNanos());
        parts.registrar.onTick(host.nowNanos());
        parts.lease.onTick(parts.registrar.member(), host.nowNanos());
        parts.leadership.onTick(host.nowNanos());
        onAdvanced();
        host.measureDisk();
        host.count(replicas.onTick(host.nowNanos()));
        pump.onTick(host.nowNanos());
        if (host.wasOverlay(HURRY_AT)) {
            pump.hurryWithSync(host.nowNanos());
        }
        trimmer.onTick(host.nowNanos(), replicas.all(), replicas.neededPosition());
        scrubber.onTick(host.nowNanos());
        splitter.onTick(host.nowNanos());
        merger.onTick(host.nowNanos());
    }

    /** The metadata log may have been carried out further, or this brick registered. */
    private void onAdvanced() {
        replicas.onAdvanced(host.nowNanos());
    }

    private long renew(long headPosition, long now) {
        Cluster parts = cluster();
        return Math.max(parts.registrar.renew(headPosition), parts.metadata.renew(now));
    }
}
