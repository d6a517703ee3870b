package io.brickwork.bricks.control;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.caller.OwnLoader;
import io.brickwork.bricks.lane.BrickActor;
import io.brickwork.bricks.lane.BrickCommand;
import io.brickwork.bricks.lane.Lane;
import io.brickwork.bricks.lane.LaneDispatcherConfigurator.LaneSetup;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.settings.MemberAddress;
import io.brickwork.client.link.ClusterSecret;
import io.brickwork.client.tls.Tls;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.Check;
import io.brickwork.core.message.LinkMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.ClusterDomainEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A brick's node in the Pekko cluster: the actor system that its storage actor lives in. With the setting
 * {@code control-plane} off, the same actor system without a cluster.
 *
 * <p>Starts in the background. When the system ends, because the node was downed, could not join, or its remoting
 * failed for good (T42, T43), the next one is started after a pause, and the brick goes on meanwhile. Stopping the
 * brick is the work of the system's coordinated shutdown: the hand-over in the phase {@code service-requests-done}, log
 * and table in {@code service-stop}, then the node leaves the cluster. Any thread.
 */
public final class ControlPlane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
    private static final long RESTART_SECONDS = 5;
    /** After systems that were fed nonsense one after the other. */
    private static final long LONGEST_RESTART_SECONDS = 80;

    private static final long LEAVE_SECONDS = 8;
    /** For log and table to be closed. */
    private static final long STOP_SECONDS = 60;
    /** What begins each of Artery's connections: Pekko has room for four bytes. */
    private static final int MAGIC_CHARS = 4;

    /** The brick that has its node here. Calls may block. */
    public interface Hosted {
        /** Where the storage actor runs; of the brick that is open now. */
        Lane lane();

        /** Has others take over, as long as is set. */
        void handOver();

        /** Takes no more requests, and closes log and table. May be repeated. */
        void stop();
    }

    /** Why the system shuts down; what else ends it is no reason for the brick to stop. */
    private enum Ending implements CoordinatedShutdown.Reason {
        BRICK_STOPS,
        BRICK_HALTED
    }

    private final BrickSettings settings;
    private final Hosted hosted;
    private final CompletableFuture<Void> firstStart;
    private @Nullable ActorSystem<?> system;
    private @Nullable ActorRef<BrickCommand> storage;
    /** Storage actors so far: each has a name of its own. */
    private int storageActors;

    private volatile boolean isClosed;
    /** Until the next system is started; twice as long after each that was fed nonsense. */
    private long restartSeconds = RESTART_SECONDS;

    private boolean wasFedNonsense;

    private final List<LinkMessage.Member> seeds;

    private ControlPlane(BrickSettings settings, List<LinkMessage.Member> seeds, Hosted hosted) {
        this.settings = settings;
        this.seeds = seeds;
        this.hosted = hosted;
        firstStart = CompletableFuture.runAsync(this::run);
    }

    /**
     * @param seeds what bricks of the cluster that is joined have said; empty for one that is founded
     * @throws BrickStartException if the control port is taken
     */
    public static ControlPlane start(BrickSettings settings, List<LinkMessage.Member> seeds, Hosted hosted) {
        if (settings.controlPlane()) {
            refuseTakenPort(settings);
        }
        return new ControlPlane(settings, seeds, hosted);
    }

    private static void refuseTakenPort(BrickSettings settings) {
        MemberAddress self = settings.self();
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(settings.bind(), self.controlPort()));
        } catch (IOException taken) {
            throw new BrickStartException(
                    "brick '%s' cannot listen on %s:%d for the control plane: %s. Stop what listens there, or name another port (%s=%s:%d/CONTROL)"
                            .formatted(
                                    self.brick(),
                                    settings.bind(),
                                    self.controlPort(),
                                    taken.getMessage(),
                                    self.brick(),
                                    self.host(),
                                    self.dataPort()),
                    taken);
        }
    }

    private void run() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            ActorSystem<?> started = null;
            try {
                started = OwnLoader.call(this::newSystem);
                system = started;
                storage = null;
                addTo(CoordinatedShutdown.get(started));
                spawnStorage(started);
            } catch (RuntimeException | Check.InvariantBroken failure) {
                if (started != null) {
                    started.terminate();
                }
                if (isClosed) {
                    return;
                }
                LOG.warn(
                        "{}: the control plane cannot start ({}); trying again in {} s. Data is not affected",
                        settings.id(),
                        failure.getMessage(),
                        restartSeconds);
                startLater();
                return;
            }
            system.getWhenTerminated().whenComplete((done, failure) -> onTerminated());
        }
    }

    private ActorSystem<?> newSystem() {
        ActorSystemSetup setup = ActorSystemSetup.create(BootstrapSetup.create(config()))
                .and(new LaneSetup(hosted.lane().loop()));
        Behavior<ClusterDomainEvent> guardian =
                settings.controlPlane() ? Membership.of(settings.id(), this::onNonsense) : Behaviors.empty();
        return ActorSystem.create(guardian, systemName(), setup);
    }

    private void spawnStorage(ActorSystem<?> running) {
        storage = running.systemActorOf(
                BrickActor.of(hosted.lane()), "storage-" + ++storageActors, BrickActor.dispatcher());
    }

    /** Another brick than before is open: it gets a storage actor. */
    public synchronized void onOtherLane() {
        ActorSystem<?> running = system;
        if (storage != null) {
            storage.tell(BrickCommand.Stop.INSTANCE);
        }
        if (running != null && !running.whenTerminated().isCompleted()) {
            try {
                spawnStorage(running);
            } catch (IllegalStateException ending) {
                LOG.debug("{}: the next actor system has the next storage actor", settings.id(), ending);
            }
        }
    }

    private void addTo(CoordinatedShutdown shutdown) {
        addTo(shutdown, CoordinatedShutdown.PhaseServiceRequestsDone(), "hand-over", hosted::handOver);
        addTo(shutdown, CoordinatedShutdown.PhaseServiceStop(), "stop", hosted::stop);
    }

    private void addTo(CoordinatedShutdown shutdown, String phase, String what, Runnable task) {
        shutdown.addTask(phase, what, () -> {
            boolean isStopping = shutdown.getShutdownReason()
                    .filter(Ending.BRICK_STOPS::equals)
                    .isPresent();
            return isStopping
                    ? CompletableFuture.runAsync(task, onThread(what)).thenApply(done -> Done.getInstance())
                    : CompletableFuture.completedFuture(Done.getInstance());
        });
    }

    private Executor onThread(String what) {
        return task -> Thread.ofPlatform().name(what + "-" + settings.id()).start(task);
    }

    /** Ends the system, and the connection that brought the nonsense with it: Pekko does not say which one it was. */
    private void onNonsense(int complaints) {
        ActorSystem<?> fed;
        synchronized (this) {
            fed = system;
            if (isClosed || fed == null) {
                return;
            }
            wasFedNonsense = true;
        }
        LOG.error(
                "{}: {} complaints of Pekko's remoting within {} s: somebody sends to port {} what no brick says. Ending the control plane and its connections. Data is not affected",
                settings.id(),
                complaints,
                FloodGuard.NONSENSE_SECONDS,
                settings.self().controlPort());
        fed.terminate();
    }

    private synchronized void onTerminated() {
        if (!isClosed) {
            restartSeconds = wasFedNonsense ? Math.min(2 * restartSeconds, LONGEST_RESTART_SECONDS) : RESTART_SECONDS;
            wasFedNonsense = false;
            LOG.warn(
                    "{}: the control plane has ended; starting it again in {} s. Data is not affected",
                    settings.id(),
                    restartSeconds);
            startLater();
        }
    }

    private void startLater() {
        CompletableFuture.delayedExecutor(restartSeconds, TimeUnit.SECONDS).execute(this::run);
    }

    /** The brick has halted: leaves the cluster in order, waiting some seconds at most. */
    public void leave() {
        end(Ending.BRICK_HALTED, LEAVE_SECONDS);
    }

    /** Stops the brick and leaves the cluster in order; waits for the first, and some seconds for the second. */
    @Override
    public void close() {
        if (!end(Ending.BRICK_STOPS, settings.handover().toSeconds() + STOP_SECONDS + LEAVE_SECONDS)) {
            hosted.handOver();
        }
        hosted.stop();
    }

    /** Says whether there was a system to end. */
    private boolean end(Ending why, long seconds) {
        isClosed = true; // before the lock, which whoever starts a system holds
        ActorSystem<?> running;
        synchronized (this) {
            running = system;
        }
        if (running == null || running.whenTerminated().isCompleted()) {
            return false;
        }
        try {
            CoordinatedShutdown.get(running).runAll(why).toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            running.terminate();
        } catch (TimeoutException | ExecutionException slow) {
            LOG.info("{}: left the control plane without a farewell: {}", settings.id(), slow.toString());
            running.terminate();
        }
        return true;
    }

    /**
     * Waits until the first attempt to start is over; for tests and for those who want the cluster before they go on.
     */
    public void awaitStart() {
        firstStart.join();
    }

    /** The one that runs or ran last; null before the first. */
    public synchronized @Nullable ActorSystem<?> system() {
        return system;
    }

    /** The first of Pekko's seed nodes founds a cluster if no other answers: a brick that joins is none of them. */
    private List<String> seedNodes() {
        if (settings.joins()) {
            return seeds.stream()
                    .filter(seed -> seed.controlPort() > 0 && !seed.brick().equals(settings.id()))
                    .map(seed -> seedNode(seed.host(), seed.controlPort()))
                    .toList();
        }
        return settings.members().stream()
                .map(member -> seedNode(member.host(), member.controlPort()))
                .toList();
    }

    private String seedNode(String host, int port) {
        return "pekko://%s@%s:%d".formatted(systemName(), inUri(host), port);
    }

    /** Pekko compares addresses as they stand in URIs, where IPv6 has brackets. */
    private static String inUri(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    private String systemName() {
        return settings.cluster().replaceAll("[^A-Za-z0-9_-]", "-").replaceAll("^[-_]+", "");
    }

    private Config config() {
        Map<String, Object> own = new HashMap<>();
        String phases = "pekko.coordinated-shutdown.phases.";
        own.put(
                phases + CoordinatedShutdown.PhaseServiceRequestsDone() + ".timeout",
                settings.handover().plusSeconds(LEAVE_SECONDS));
        own.put(phases + CoordinatedShutdown.PhaseServiceStop() + ".timeout", Duration.ofSeconds(STOP_SECONDS));
        ClassLoader loader = ControlPlane.class.getClassLoader();
        Config usual = ConfigFactory.parseResources(loader, "brickwork-control-plane.conf")
                .withFallback(ConfigFactory.defaultReference(loader));
        return ConfigFactory.parseMap(own)
                .withFallback(
                        settings.controlPlane()
                                ? remoting().withFallback(usual)
                                : ConfigFactory.parseResources(loader, "brickwork-without-cluster.conf")
                                        .withFallback(usual))
                .resolve();
    }

    private Config remoting() {
        Map<String, Object> own = new HashMap<>();
        MemberAddress self = settings.self();
        own.put("pekko.remote.artery.canonical.hostname", inUri(self.host()));
        own.put("pekko.remote.artery.canonical.port", self.controlPort());
        own.put("pekko.remote.artery.bind.hostname", settings.bind());
        own.put("pekko.remote.artery.bind.port", self.controlPort());
        own.put("pekko.cluster.seed-nodes", seedNodes());
        ClusterSecret secret = settings.secret();
        if (secret != null) {
            // Artery hangs up on whoever does not begin with these bytes, and reads nothing more of what it says.
            own.put("pekko.remote.artery.advanced.tcp-magic", List.of(secret.password("artery", MAGIC_CHARS)));
        }
        Tls tls = settings.tls();
        TlsFiles files = tls == null ? null : tls.files();
        Config plain = ConfigFactory.parseMap(own);
        return files == null ? plain : plain.withFallback(ArteryTls.config(files));
    }
}
