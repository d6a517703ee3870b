package io.brickwork.bricks;

import io.brickwork.bricks.caller.Undisturbed;
import io.brickwork.bricks.control.ControlPlane;
import io.brickwork.bricks.lane.Lane;
import io.brickwork.bricks.lane.LocalCallers;
import io.brickwork.bricks.lane.StatusCall;
import io.brickwork.bricks.meter.Meters;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.settings.MemberAddress;
import io.brickwork.bricks.settings.SecretFile;
import io.brickwork.bricks.settings.SeedAddress;
import io.brickwork.bricks.tokens.Admission;
import io.brickwork.bricks.tokens.TokenWatch;
import io.brickwork.client.Dds;
import io.brickwork.client.DdsOptions;
import io.brickwork.client.call.LinkedBricks;
import io.brickwork.client.call.LoopInvoker;
import io.brickwork.client.call.MemberBricks;
import io.brickwork.client.link.DataPort;
import io.brickwork.client.link.Dialler;
import io.brickwork.client.link.LinkMemory;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.client.link.Transport;
import io.brickwork.client.spi.ClientSession;
import io.brickwork.client.spi.EmbeddedBrick;
import io.brickwork.client.spi.MemberBrick;
import io.brickwork.client.spi.SessionSettings;
import io.brickwork.client.spi.ShippedStructures;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.brick.MemoryBudget;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A brick of a cluster, running in this process: its storage actor on the lane, its data port, its links to the other
 * members, and its place in the control plane.
 *
 * <p>{@code ./dds brick} is one of these and nothing else; an application may host one itself, and has all structures
 * by {@link #dds}. All methods may be called from any thread but the brick's own.
 */
public final class HostedBrick implements MemberBrick {
    private static final Logger LOG = LoggerFactory.getLogger(HostedBrick.class);
    /** A turn gathers this part of what may wait for clients, at most. */
    private static final int TURNS_OF_OUTGOING = 8;

    private static final int LEAST_CONNECTIONS = 128;
    /** Two connections for each client, and for each what its frames take that never wait for memory. */
    private static final long BYTES_PER_CONNECTION = 16 << 10;

    private static final long HAND_OVER_POLL_NANOS = 5_000_000;
    private static final long HAND_OVER_IDLE_NANOS = 1_000_000_000;

    private final BrickSettings settings;
    private final Meters meters;
    private final MemoryBudget budget;
    private final IoEventLoopGroup loops;
    private final CompletableFuture<Throwable> halted = new CompletableFuture<>();
    private final Neighbours neighbours;
    /** Of this process; on the lane's loop only. */
    private final LocalCallers callers = new LocalCallers();

    /** Of the sessions of this process, their ways to the other bricks. */
    private final List<LinkedBricks> sessions = new CopyOnWriteArrayList<>();

    /** The sessions themselves: calls that are open when the brick closes are told so. */
    private final List<LoopInvoker> invokers = new CopyOnWriteArrayList<>();

    private final LinkOptions linkOptions;
    private volatile @Nullable BrickLinks links;
    private volatile @Nullable Brick brick;
    private @Nullable DataPort dataPort;
    private HttpPorts.@Nullable Port http;
    private volatile @Nullable ControlPlane controlPlane;
    private @Nullable TokenWatch tokens;
    private boolean isClosed;
    /** Once is mending, twice would be a loop. */
    private boolean hasJoinedAsNew;

    private HostedBrick(BrickSettings settings, Meters meters) {
        this.settings = settings;
        this.meters = meters;
        budget = settings.budget(Runtime.getRuntime().maxMemory());
        linkOptions = linkOptions(settings, budget);
        neighbours = new Neighbours(
                address(settings.self()),
                settings.members().stream().map(HostedBrick::address).toList(),
                settings.joins());
        loops = Transport.newLoops(
                1, Thread.ofPlatform().name("lane-" + settings.id()).daemon().factory());
    }

    private static LinkMessage.Member address(MemberAddress member) {
        return new LinkMessage.Member(member.brick(), member.host(), member.dataPort(), member.controlPort());
    }

    /**
     * Starts the brick; counts in Micrometer's global registry if the program has Micrometer. See
     * {@link #start(BrickSettings, Meters)}.
     */
    public static HostedBrick start(BrickSettings settings) {
        return start(settings, Meters.ofThisProgram());
    }

    /**
     * Starts the brick and returns when it takes connections. Partitions open when the other members are there too.
     *
     * @throws BrickStartException if the directory, a port or a setting is unfit; says which, and what to do
     */
    public static HostedBrick start(BrickSettings settings, Meters meters) {
        HostedBrick hosted = new HostedBrick(settings, meters);
        LOG.info(
                "brick {}: buffers may take {} of a heap of {}",
                settings.id(),
                MemoryBudget.mib(hosted.budget.totalBytes()),
                MemoryBudget.mib(hosted.budget.heapBytes()));
        boolean isStarted = false;
        try {
            hosted.openHttp();
            hosted.open();
            isStarted = true;
            return hosted;
        } finally {
            if (!isStarted) {
                hosted.close();
            }
        }
    }

    private void open() {
        try {
            openHere();
        } catch (BrickStartException unfit) {
            Throwable cause = unfit.getCause();
            boolean isDamaged = cause instanceof LogCorruptException || cause instanceof CorruptRecordException;
            if (cause == null || !isDamaged || hasJoinedAsNew || !hasOthers()) {
                throw unfit;
            }
            setAside(cause.getMessage());
            openHere();
        }
    }

    /** Before everything else: recovery may take long, and whoever watches is to know that the process is alive. */
    private void openHttp() {
        SeedAddress address = settings.http();
        if (address == null) {
            return;
        }
        HttpPorts ports = ServiceLoader.load(HttpPorts.class, HostedBrick.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new BrickStartException(
                        "brickwork.brick.http is %s, and nothing on the class path opens HTTP ports: add the artifact io.brickwork:bricks-http, in the version of io.brickwork:bricks, or leave the setting empty"
                                .formatted(address)));
        http = ports.open(this, new InetSocketAddress(address.host(), address.port()));
        LOG.info("brick {} answers HTTP on {}", settings.id(), http.address());
    }

    private boolean hasOthers() {
        return settings.members().size() > 1 || settings.joins();
    }

    /** The other bricks have what this one had. */
    private void setAside(@Nullable String reason) {
        hasJoinedAsNew = true;
        Path aside = SetAside.move(settings.directory(), Clock.systemUTC());
        LOG.error(
                "brick {} joins as new, since what is on its disk is of no use to the cluster: {}. It is in {} now, and may be deleted",
                settings.id(),
                reason,
                aside);
    }

    /** One of several bricks would be linked to nobody. */
    private void refuseWithoutSecret() {
        if (settings.secret() == null && !settings.isAlone()) {
            throw new BrickStartException(
                    "brick '%s' is one of several and has no secret of the cluster, by which they know each other: make a file with './dds secret FILE' and start every brick with --secret-file FILE (or set brickwork.brick.secret-file, or the environment variable %s to its text)"
                            .formatted(settings.id(), SecretFile.VARIABLE));
        }
    }

    private void openHere() {
        refuseWithoutSecret();
        List<LinkMessage.Member> seeds = settings.joins() ? Seeds.ask(settings) : List.of();
        Brick opened = Brick.open(
                settings.id(),
                drawn -> settings.machineConfig(
                        seeds.stream().map(LinkMessage.Member::brick).toList(), drawn, budget),
                new Brick.Storage(
                        settings.directory(),
                        settings.capacityBytes(),
                        settings.logSegmentBytes(),
                        settings.diskReserveBytes()),
                loops.next(),
                meters,
                new Owner());
        brick = opened;
        connect(opened, seeds);
        ControlPlane running = controlPlane;
        if (running == null) {
            controlPlane = ControlPlane.start(settings, seeds, new Hosted());
        } else {
            running.onOtherLane();
        }
        LOG.info("brick {} takes connections on {}", settings.id(), address());
    }

    /** What the brick tells whoever hosts it. */
    private final class Owner implements Brick.Owner {
        @Override
        public void made(Lane lane) {
            lane.boundTurns(budget.toClientsBytes() / TURNS_OF_OUTGOING);
        }

        @Override
        public void told(Event.OfBrick event) {
            if (event instanceof Event.BricksKnown known && neighbours.onBricks(known.bricks())) {
                BrickLinks open = links;
                if (open != null) {
                    open.tellClients(neighbours.members());
                }
                sessions.removeIf(LinkedBricks::isClosed);
                sessions.forEach(session -> session.dialOthers(neighbours.members()));
            }
        }

        @Override
        public boolean hasCopies() {
            return hasOthers();
        }

        @Override
        public void halted(Throwable failure) {
            callers.halted(Brick.adviceFor(failure, settings.directory()));
            onHalt(failure);
        }
    }

    /** The brick, as sessions of this process see it. */
    private final class Here implements EmbeddedBrick {
        @Override
        public BrickId id() {
            return settings.id();
        }

        @Override
        public EventLoop lane() {
            return loops.next();
        }

        @Override
        public Requests connect(Replies replies) {
            return callers.connect(replies);
        }

        @Override
        public @Nullable Bytes tryRead(int structure, Bytes routingKey, Bytes body) {
            Brick open = brick;
            return open == null ? null : open.tryRead(structure, routingKey, body);
        }

        @Override
        public void close() {
            HostedBrick.this.close();
        }
    }

    /** All structures of the cluster, as {@link #dds(Consumer)} without options. */
    public Dds dds() {
        return dds(options -> {});
    }

    /**
     * All structures of the cluster. What this brick has a replica of is read on the caller's thread, linearizably;
     * everything else goes to the brick that it concerns, to this one without a socket. To be closed before the brick.
     *
     * @param configure of the options, those that say "clients only" or "embedded bricks only" mean nothing here
     */
    public Dds dds(Consumer<DdsOptions> configure) {
        return Dds.over(this::session, configure);
    }

    @Override
    public ClientSession session(SessionSettings wanted) {
        EventLoop loop = loops.next();
        BrickId self = settings.id();
        // Whoever runs a brick knows the secret, and needs no token.
        LinkMessage.Role role = settings.secret() == null ? LinkMessage.Role.CLIENT : LinkMessage.Role.OPERATOR;
        LinkedBricks elsewhere = new LinkedBricks(
                loop,
                new LinkedBricks.Target(List.of(), false, role, settings.cluster(), self.name(), self),
                linkOptions);
        sessions.add(elsewhere);
        LoopInvoker session = LoopInvoker.start(
                loop,
                new LoopInvoker.Settings(ShippedStructures.TYPES, self, wanted.executorOrUsual(), wanted.openCalls()),
                new MemberBricks(new Here(), elsewhere));
        invokers.add(session);
        loop.execute(() -> elsewhere.dialOthers(neighbours.members()));
        return session;
    }

    /** What the brick's node in the cluster does to it. */
    private final class Hosted implements ControlPlane.Hosted {
        @Override
        public Lane lane() {
            return Check.present(brick, "brick %s is not open", settings.id()).lane();
        }

        @Override
        public void handOver() {
            Brick open = brick;
            if (open != null && open.halted() == null) {
                HostedBrick.this.handOver(open);
            }
        }

        @Override
        public void stop() {
            HostedBrick.this.stop();
        }
    }

    private static LinkOptions linkOptions(BrickSettings settings, MemoryBudget budget) {
        LinkOptions usual = settings.linkOptions();
        return usual.withBounds(
                usual.credits(),
                Math.clamp(budget.toBricksBytes(), Limits.FRAME_BYTES, usual.outgoingBytes()),
                Math.min(usual.holdBackBytes(), budget.toBricksBytes() / 2),
                Math.clamp(budget.receiveBytes() / BYTES_PER_CONNECTION, LEAST_CONNECTIONS, usual.connections()));
    }

    private void connect(Brick opened, List<LinkMessage.Member> seeds) {
        LinkMemory memory = new LinkMemory(budget.toClientsBytes(), budget.toBricksBytes(), budget.receiveBytes());
        Admission admission = admission();
        BrickLinks handler = new BrickLinks(opened.lane(), settings.id(), neighbours, admission, meters);
        links = handler;
        try {
            dataPort = DataPort.bind(
                    loops.next(),
                    new InetSocketAddress(settings.bind(), settings.self().dataPort()),
                    new DataPort.Identity(settings.id(), settings.cluster(), neighbours::members, admission),
                    linkOptions,
                    memory,
                    handler);
        } catch (BindException | IllegalArgumentException unfit) {
            throw new BrickStartException(
                    "brick '%s' cannot start: %s".formatted(settings.id(), unfit.getMessage()), unfit);
        }
        if (tokens != null) {
            tokens.begin();
        }
        opened.lane().call(() -> {
            neighbours.onSeeds(seeds);
            neighbours.begin((member, role) -> Dialler.start(
                    loops.next(),
                    member.host(),
                    member.port(),
                    new Dialler.Identity(role, settings.cluster(), settings.id().name(), member.brick()),
                    linkOptions,
                    memory,
                    handler));
            callers.opened(opened.lane());
            return true;
        });
    }

    /** Whom the data port lets in; follows the tokens file, if there is one, once its watch has begun. */
    private Admission admission() {
        Path file = settings.tokensFile();
        TokenWatch watch = file == null
                ? null
                : new TokenWatch(
                        file,
                        changed -> loops.next().execute(() -> {
                            BrickLinks open = links;
                            if (open != null) {
                                open.onTokensChanged(changed);
                            }
                        }));
        tokens = watch;
        return new Admission(settings.id(), Bytes.utf8(settings.token()), watch == null ? null : watch.first(), meters);
    }

    private void onHalt(Throwable failure) {
        CompletableFuture.runAsync(() -> {
            closeNetwork();
            boolean isDamaged = failure instanceof CorruptRecordException && hasOthers();
            if ((failure instanceof JoinAsNewException || isDamaged) && !hasJoinedAsNew) {
                try {
                    joinAsNew(String.valueOf(failure.getMessage()));
                    return;
                } catch (RuntimeException unfit) {
                    LOG.error("FATAL: brick {} cannot join as new: {}", settings.id(), unfit.getMessage());
                    onEnded(unfit);
                    return;
                }
            }
            onEnded(failure);
        });
    }

    private void onEnded(Throwable failure) {
        halted.complete(failure);
        ControlPlane running = controlPlane;
        if (running != null) {
            running.leave();
        }
    }

    private synchronized void joinAsNew(String reason) {
        if (isClosed) {
            return;
        }
        closeBrick();
        setAside(reason);
        open();
    }

    public BrickId id() {
        return settings.id();
    }

    /** Where clients and bricks connect. */
    public InetSocketAddress address() {
        DataPort open = dataPort;
        if (open == null) {
            throw new IllegalStateException("brick " + settings.id() + " has not started");
        }
        return open.address();
    }

    /**
     * The actor system that the brick's storage actor lives in, a node of the Pekko cluster unless the setting
     * {@code control-plane} is off. Another one takes its place when it has ended, which the brick survives; empty
     * while there is none.
     */
    public Optional<ActorSystem<?>> actorSystem() {
        ControlPlane running = controlPlane;
        return running == null ? Optional.empty() : Optional.ofNullable(running.system());
    }

    /** How the brick does, as of one of its turns. Never completed if it has halted; asks nobody else. */
    public CompletableFuture<CallMessage.Status> status() {
        Brick open = brick;
        return open == null ? CompletableFuture.completedFuture(StatusCall.NONE) : StatusCall.ask(open.lane());
    }

    /** How long the brick's lease still lasts, under which it answers; negative once it has ended. */
    public Duration leaseMargin() {
        Brick open = brick;
        return open == null ? Duration.ofNanos(-1) : open.leaseMargin();
    }

    /** Why the brick has halted; null while it has not. */
    public @Nullable Throwable haltedBy() {
        return halted.getNow(null);
    }

    /** Completed with the reason if the brick halts; after that it does nothing but wait to be closed. */
    public CompletionStage<Throwable> halted() {
        return halted.minimalCompletionStage();
    }

    /**
     * Stops the brick in order: has others take over, waiting no longer than the setting {@code shutdown-handover};
     * takes no more requests, closes log and table, leaves the control plane. What was acknowledged is on disk.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        ControlPlane running = controlPlane;
        try {
            if (running != null) {
                Undisturbed.run("stop-" + settings.id(), running::close);
            }
            stop();
        } finally {
            if (http != null) {
                http.close();
            }
            invokers.forEach(LoopInvoker::close);
            loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private synchronized void stop() {
        closeNetwork();
        closeBrick();
    }

    private void closeBrick() {
        Brick open = brick;
        brick = null;
        if (open != null) {
            open.close();
        }
    }

    /**
     * Nobody waits for the lease of a brick that others have replaced before it stopped. Ends early when nothing comes
     * of it: nobody else may be there, or all stop.
     */
    private void handOver(Brick open) {
        Lane lane = open.lane();
        lane.post(new BrickInput.Depart());
        long beganNanos = System.nanoTime();
        long progressNanos = beganNanos;
        long left = Long.MAX_VALUE;
        while (System.nanoTime() - beganNanos < settings.handover().toNanos()) {
            long now =
                    open.halted() != null ? 0 : lane.call(() -> open.machine().groupsToHandOver());
            if (now == 0) {
                return;
            }
            if (now < left) {
                left = now;
                progressNanos = System.nanoTime();
            } else if (System.nanoTime() - progressNanos > HAND_OVER_IDLE_NANOS) {
                break;
            }
            LockSupport.parkNanos(HAND_OVER_POLL_NANOS);
        }
        LOG.info("brick {} stops, and {} of its groups wait until its lease has ended", settings.id(), left);
    }

    /** The brick itself, for tests of what happens when it halts. */
    @Nullable
    Brick brick() {
        return brick;
    }

    private void closeNetwork() {
        Brick open = brick;
        if (open != null && !open.lane().loop().isShuttingDown()) {
            open.lane().loop().execute(neighbours::end);
        }
        if (tokens != null) {
            tokens.close();
        }
        if (dataPort != null) {
            dataPort.close();
        }
    }
}
