package io.brickwork.bricks.control;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.caller.OwnLoader;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.settings.MemberAddress;
import io.brickwork.client.link.ClusterSecret;
import io.brickwork.core.message.LinkMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.ClusterEvent.ClusterDomainEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A brick's node in the Pekko cluster, with an actor system of its own.
 *
 * <p>Starts in the background. When the system ends, because the node was downed, could not join, or its remoting
 * failed for good (T42, T43), the next one is started after a pause: the brick's data plane never notices. Any thread.
 */
public final class ControlPlane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
    private static final long RESTART_SECONDS = 5;
    /** After systems that were fed nonsense one after the other. */
    private static final long LONGEST_RESTART_SECONDS = 80;

    private static final long LEAVE_SECONDS = 8;
    /** What begins each of Artery's connections: Pekko has room for four bytes. */
    private static final int MAGIC_CHARS = 4;

    private final BrickSettings settings;
    private final CompletableFuture<Void> firstStart;
    private @Nullable ActorSystem<ClusterDomainEvent> system;
    private volatile boolean isClosed;
    /** Until the next system is started; twice as long after each that was fed nonsense. */
    private long restartSeconds = RESTART_SECONDS;

    private boolean wasFedNonsense;

    private final List<LinkMessage.Member> seeds;

    private ControlPlane(BrickSettings settings, List<LinkMessage.Member> seeds) {
        this.settings = settings;
        this.seeds = seeds;
        firstStart = CompletableFuture.runAsync(this::run);
    }

    /**
     * @param seeds what bricks of the cluster that is joined have said; empty for one that is founded
     * @throws BrickStartException if the control port is taken
     */
    public static ControlPlane start(BrickSettings settings, List<LinkMessage.Member> seeds) {
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
        return new ControlPlane(settings, seeds);
    }

    private void run() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            try {
                system = OwnLoader.call(() ->
                        ActorSystem.create(Membership.of(settings.id(), this::onNonsense), systemName(), config()));
            } catch (RuntimeException failure) {
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

    /** Leaves the cluster in order, waiting some seconds at most. */
    @Override
    public void close() {
        isClosed = true; // before the lock, which whoever starts a system holds
        ActorSystem<?> running;
        synchronized (this) {
            running = system;
        }
        if (running == null) {
            return;
        }
        try {
            CoordinatedShutdown.get(running)
                    .runAll(CoordinatedShutdown.clusterLeavingReason())
                    .toCompletableFuture()
                    .get(LEAVE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            running.terminate();
        } catch (TimeoutException | ExecutionException slow) {
            LOG.info("{}: left the control plane without a farewell: {}", settings.id(), slow.toString());
            running.terminate();
        }
    }

    /**
     * Waits until the first attempt to start is over; for tests and for those who want the cluster before they go on.
     */
    public void awaitStart() {
        firstStart.join();
    }

    /** The one that runs or ran last; null before the first. */
    synchronized @Nullable ActorSystem<?> system() {
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
        ClassLoader loader = ControlPlane.class.getClassLoader();
        return ConfigFactory.parseMap(own)
                .withFallback(ConfigFactory.parseResources(loader, "brickwork-control-plane.conf"))
                .withFallback(ConfigFactory.defaultReference(loader))
                .resolve();
    }
}
