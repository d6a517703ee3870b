package io.brickwork.http;

import com.typesafe.config.ConfigFactory;
import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.HttpPorts;
import io.brickwork.bricks.caller.OwnLoader;
import io.brickwork.bricks.lane.StatusCall;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.core.message.CallMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP port of a hosted brick: {@code /alive}, {@code /ready}, {@code /metrics} and {@code /status}, each for GET.
 *
 * <p>Has an actor system of its own, which nothing of the cluster ends. Answers within {@value #PATIENCE_SECONDS} s,
 * also for a brick that hangs. Any thread.
 */
public final class BrickHttp implements HttpPorts.Port {
    private static final long PATIENCE_SECONDS = 2;
    private static final long STOP_SECONDS = 3;

    private final HostedBrick brick;
    private final ActorSystem<Void> actors;
    private final BrickMetrics metrics;
    private final InetSocketAddress address;
    private final ServerBinding binding;

    private BrickHttp(HostedBrick brick, ActorSystem<Void> actors, BrickMetrics metrics, InetSocketAddress address) {
        this.brick = brick;
        this.actors = actors;
        this.metrics = metrics;
        binding = Http.get(actors)
                .newServerAt(address.getHostString(), address.getPort())
                .bind(this::answer)
                .toCompletableFuture()
                .join();
        this.address = binding.localAddress();
    }

    /**
     * Opens the port of the brick.
     *
     * @param address on loopback
     * @throws BrickStartException if the address is another one, or taken
     */
    public static BrickHttp open(HostedBrick brick, InetSocketAddress address) {
        if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
            throw new BrickStartException(
                    "brickwork.brick.http is %s:%d, which other machines may reach; the HTTP port knows neither TLS nor tokens and listens on loopback only: name 127.0.0.1:%d, and let a proxy on this machine say who may ask"
                            .formatted(address.getHostString(), address.getPort(), address.getPort()));
        }
        refuseTaken(brick, address);
        ActorSystem<Void> actors = OwnLoader.call(() -> ActorSystem.create(
                Behaviors.empty(),
                "brickwork-http",
                ConfigFactory.parseResources(BrickHttp.class.getClassLoader(), "brickwork-http.conf")
                        .withFallback(ConfigFactory.defaultReference(BrickHttp.class.getClassLoader()))
                        .resolve()));
        BrickMetrics metrics = new BrickMetrics(brick.id());
        try {
            return new BrickHttp(brick, actors, metrics, address);
        } catch (CompletionException taken) {
            metrics.close();
            actors.terminate();
            throw cannotListen(brick, address, taken.getCause() == null ? taken : taken.getCause());
        }
    }

    /** Before Pekko finds out, and prints a stack trace of its own. */
    private static void refuseTaken(HostedBrick brick, InetSocketAddress address) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException taken) {
            throw cannotListen(brick, address, taken);
        }
    }

    private static BrickStartException cannotListen(HostedBrick brick, InetSocketAddress address, Throwable why) {
        return new BrickStartException(
                "brick '%s' cannot listen on %s:%d for HTTP: %s. Stop what listens there, or set brickwork.brick.http to another port"
                        .formatted(brick.id(), address.getHostString(), address.getPort(), why.getMessage()),
                why);
    }

    /** Where it listens. */
    @Override
    public InetSocketAddress address() {
        return address;
    }

    private CompletionStage<HttpResponse> answer(HttpRequest request) {
        request.discardEntityBytes(actors);
        if (!request.method().equals(HttpMethods.GET) && !request.method().equals(HttpMethods.HEAD)) {
            return text(StatusCodes.METHOD_NOT_ALLOWED, "only GET and HEAD are answered here");
        }
        return switch (request.getUri().path()) {
            case "/alive" -> alive();
            case "/ready" -> health().thenComposeAsync(health -> json(health.isReady(), health.toJson()));
            case "/status" -> health().thenComposeAsync(health -> json(true, health.statusJson()));
            case "/metrics" ->
                health().thenApplyAsync(
                                health -> HttpResponse.create().withEntity(metricsType(), metrics.scrape(health)));
            default -> text(StatusCodes.NOT_FOUND, "there are /alive, /ready, /status and /metrics, nothing else");
        };
    }

    /** Whether the process is worth keeping: depends on nobody else. */
    private CompletionStage<HttpResponse> alive() {
        Throwable halted = brick.haltedBy();
        return halted == null
                ? text(StatusCodes.OK, "alive")
                : text(StatusCodes.SERVICE_UNAVAILABLE, "the brick has halted: " + halted.getMessage());
    }

    private CompletableFuture<Health> health() {
        Throwable halted = brick.haltedBy();
        String why = halted == null ? null : String.valueOf(halted.getMessage());
        CompletableFuture<CallMessage.Status> asked =
                halted == null ? brick.status() : CompletableFuture.completedFuture(StatusCall.NONE);
        return asked.thenApplyAsync(status -> health(why, status))
                .completeOnTimeout(
                        health("no answer within " + PATIENCE_SECONDS + " s", StatusCall.NONE),
                        PATIENCE_SECONDS,
                        TimeUnit.SECONDS);
    }

    private Health health(@Nullable String ailment, CallMessage.Status status) {
        return Health.of(brick.id(), ailment, status, brick.leaseMargin());
    }

    private static ContentType.NonBinary metricsType() {
        return (ContentType.NonBinary) ContentTypes.parse("text/plain; version=0.0.4; charset=UTF-8");
    }

    private static CompletionStage<HttpResponse> text(StatusCode status, String text) {
        return CompletableFuture.completedFuture(
                HttpResponse.create().withStatus(status).withEntity(ContentTypes.TEXT_PLAIN_UTF8, text + "\n"));
    }

    private static CompletionStage<HttpResponse> json(boolean isGood, String json) {
        return CompletableFuture.completedFuture(HttpResponse.create()
                .withStatus(isGood ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE)
                .withEntity(ContentTypes.APPLICATION_JSON, json + "\n"));
    }

    @Override
    public void close() {
        metrics.close();
        binding.terminate(Duration.ofSeconds(1));
        actors.terminate();
        actors.getWhenTerminated()
                .toCompletableFuture()
                .completeOnTimeout(Done.getInstance(), STOP_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
