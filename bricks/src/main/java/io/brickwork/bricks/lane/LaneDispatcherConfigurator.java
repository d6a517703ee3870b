package io.brickwork.bricks.lane;

import com.typesafe.config.Config;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.setup.Setup;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * Makes a Netty event loop the only thread of a Pekko dispatcher, so that an actor runs on the thread its messages
 * arrive on: a message read from a socket reaches the actor without a hand-over between threads, in the same pass of
 * the loop.
 *
 * <p>Named as {@code executor} in a dispatcher's configuration; the loop comes with the actor system's set-up, as a
 * {@link LaneSetup}.
 */
public final class LaneDispatcherConfigurator extends ExecutorServiceConfigurator {
    /** The dispatcher's path in the configuration. */
    public static final String DISPATCHER = "brickwork.lane-dispatcher";

    private final EventLoop loop;

    /** Called by Pekko. */
    public LaneDispatcherConfigurator(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        loop = prerequisites
                .settings()
                .setup()
                .get(LaneSetup.class)
                .orElseThrow(() -> new IllegalStateException(
                        "the dispatcher " + DISPATCHER + " needs an actor system that was set up with a LaneSetup"))
                .loop;
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
        return () -> (ExecutorService) new LoopExecutor(loop);
    }

    /** Hands the lane's event loop to the dispatcher. */
    public static final class LaneSetup extends Setup {
        private final EventLoop loop;

        public LaneSetup(EventLoop loop) {
            this.loop = loop;
        }
    }

    /**
     * The loop as Pekko wants to see it. Pekko shuts a dispatcher's executor down whenever it has been idle; the loop
     * has its own life.
     */
    private static final class LoopExecutor extends AbstractExecutorService {
        private final EventLoop loop;
        private volatile boolean isShutdown;

        private LoopExecutor(EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public void shutdown() {
            isShutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            isShutdown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return isShutdown;
        }

        @Override
        public boolean isTerminated() {
            return isShutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return isShutdown;
        }
    }
}
