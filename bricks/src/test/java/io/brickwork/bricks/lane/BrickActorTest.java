package io.brickwork.bricks.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.brickwork.core.BrickId;
import io.brickwork.core.brick.BrickInput;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BrickActorTest {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Lane lane = new Lane(loop, event -> {}, failure -> {});
    /** What the lane's turns were fed, without the ticks. */
    private final List<BrickInput> seen = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void begin() {
        lane.call(() -> {
            lane.begin(new CountingLog(what -> {}), (input, nowNanos) -> {
                if (input instanceof BrickInput.LinkUp) {
                    seen.add(input);
                }
            });
            return true;
        });
    }

    private static BrickInput input(int number) {
        return new BrickInput.LinkUp(new BrickId("b" + number));
    }

    private ActorSystem<Void> system() {
        return ActorSystem.create(
                Behaviors.empty(),
                "lane",
                ActorSystemSetup.create(BootstrapSetup.create(
                                ConfigFactory.parseString("pekko.actor.allow-java-serialization = off")
                                        .withFallback(ConfigFactory.defaultReference())
                                        .resolve()))
                        .and(new LaneDispatcherConfigurator.LaneSetup(loop)));
    }

    /** However often systems come and go while inputs come from other threads. */
    @Test
    void noInputIsLostWhenActorSystemsEnd() throws Exception {
        begin();
        int count = 20_000;
        Thread poster = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < count; i++) {
                lane.post(input(i));
                if (i % 100 == 0) {
                    Thread.yield();
                }
            }
        });
        for (int i = 0; i < 3; i++) {
            ActorSystem<Void> system = system();
            ActorRef<BrickCommand> actor =
                    system.systemActorOf(BrickActor.of(lane), "storage", BrickActor.dispatcher());
            actor.tell(BrickCommand.TakeInputs.INSTANCE);
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
        poster.join();
        await().until(() -> seen.size() == count);
        assertThat(seen.getFirst()).isEqualTo(input(0));
        assertThat(seen.getLast()).isEqualTo(input(count - 1));
    }
}
