package io.brickwork.bricks;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/** The settings of the actor system that the storage actor lives in: local, and as small as can be. */
final class StorageActors {
    private static final String OWN = """
            pekko {
              loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
              logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
              log-dead-letters = off
              jvm-exit-on-fatal-error = off
              # Nothing here waits for a time: the lane has its own timer.
              scheduler.tick-duration = 1 s
              daemonic = on
              coordinated-shutdown.run-by-jvm-shutdown-hook = off
              coordinated-shutdown.exit-jvm = off
              actor {
                provider = local
                allow-java-serialization = off
                default-dispatcher.fork-join-executor { parallelism-min = 1, parallelism-max = 1 }
                internal-dispatcher.fork-join-executor { parallelism-min = 1, parallelism-max = 1 }
              }
            }
            """;

    private StorageActors() {}

    static Config config() {
        return ConfigFactory.parseString(OWN)
                .withFallback(ConfigFactory.defaultReference(StorageActors.class.getClassLoader()))
                .resolve();
    }
}
