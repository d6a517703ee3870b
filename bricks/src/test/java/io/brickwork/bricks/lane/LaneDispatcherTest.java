package io.brickwork.bricks.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneDispatcherTest {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void anActorOnTheLaneRunsOnTheEventLoopInTheOrderOfItsMessages() throws Exception {
        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        List<Boolean> onLoop = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(1000);
        ActorSystem<Void> system = system(true);
        try {
            ActorRef<Integer> actor = system.systemActorOf(
                    Behaviors.<Integer>receiveMessage(number -> {
                        seen.add(number);
                        onLoop.add(loop.inEventLoop());
                        done.countDown();
                        return Behaviors.same();
                    }),
                    "lane",
                    BrickActor.dispatcher());
            for (int i = 0; i < 500; i++) {
                actor.tell(i);
            }
            loop.submit(() -> {
                        for (int i = 500; i < 1000; i++) {
                            actor.tell(i);
                        }
                    })
                    .sync();
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(seen).isSorted().hasSize(1000);
            assertThat(onLoop).containsOnly(true);
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        assertThat(loop.submit(() -> "alive").get()).isEqualTo("alive"); // the system is gone, the loop is not
    }

    @Test
    void whatIsToldOnTheLoopIsHandledBeforeTheEndOfTheTurnThatIsQueuedAfterIt() throws Exception {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(1);
        ActorSystem<Void> system = system(true);
        try {
            ActorRef<String> actor = system.systemActorOf(
                    Behaviors.<String>receiveMessage(message -> {
                        if (order.isEmpty()) {
                            loop.execute(() -> {
                                order.add("end");
                                done.countDown();
                            });
                        }
                        order.add(message);
                        return Behaviors.same();
                    }),
                    "lane",
                    BrickActor.dispatcher());
            loop.execute(() -> List.of("a", "b", "c").forEach(actor::tell));
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(order).containsExactly("a", "b", "c", "end");
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void theDispatcherSaysWhatItNeeds() throws Exception {
        ActorSystem<Void> system = system(false);
        try {
            assertThatThrownBy(() -> system.dispatchers().lookup(BrickActor.dispatcher()))
                    .rootCause()
                    .hasMessageContaining("LaneSetup");
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private ActorSystem<Void> system(boolean withLane) {
        ActorSystemSetup setup = ActorSystemSetup.create(BootstrapSetup.create(ConfigFactory.load()));
        return ActorSystem.create(
                Behaviors.empty(),
                "lane-test",
                withLane ? setup.and(new LaneDispatcherConfigurator.LaneSetup(loop)) : setup);
    }
}
