package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.TestCluster;
import io.brickwork.cli.local.BrickProcesses;
import io.brickwork.cli.local.BrickProcesses.Place;
import io.brickwork.client.Dds;
import io.brickwork.client.link.Dialler;
import io.brickwork.client.link.Link;
import io.brickwork.client.link.LinkHandler;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.client.link.Transport;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.structure.Operation;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.hashtable.TableSpec;
import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bricks whose heap is small beside what clients send, or do not read. */
class SmallHeapIT {
    private static final int VALUE_BYTES = (1 << 20) - 1024;

    @TempDir
    Path temp;

    private BrickProcesses brick(String heap) throws IOException {
        return BrickProcesses.on(
                temp,
                List.of("a"),
                List.of(heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                List.of("control-plane=off", "log-segment=16MiB"));
    }

    private static byte[] value(int i) {
        byte[] value = new byte[VALUE_BYTES];
        Arrays.fill(value, (byte) i);
        return value;
    }

    private static void assertStops(Process process) throws InterruptedException {
        process.toHandle().destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("stopped").isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
    }

    @Test
    void aHeapOf64MiBTakesMoreThanItHoldsAnswersAndStops() throws Exception {
        try (BrickProcesses bricks = brick("-Xmx64m")) {
            Place place = bricks.places().getFirst();
            bricks.start(place);
            try (Dds dds = Dds.connect(bricks.addresses(), TestCluster::patiently)) {
                DdsHashTable<Integer, byte[]> table = dds.hashTable("t", Integer.class, byte[].class);
                List<CompletableFuture<Void>> writers = new ArrayList<>();
                for (int writer = 0; writer < 6; writer++) {
                    int first = writer;
                    writers.add(CompletableFuture.runAsync(() -> {
                        for (int i = first; i < 90; i += 6) {
                            table.set(i, value(i));
                        }
                    }));
                }
                CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new))
                        .get(60, TimeUnit.SECONDS);
                for (int i = 0; i < 90; i += 7) {
                    assertThat(table.get(i)).isEqualTo(value(i));
                }
            }
            assertStops(bricks.process(place));
        }
    }

    @Test
    void clientsThatDoNotReadAreDroppedAndOthersServed() throws Exception {
        IoEventLoopGroup loops =
                Transport.newLoops(1, Thread.ofPlatform().daemon().factory());
        List<Dialler> deaf = new ArrayList<>();
        try (BrickProcesses bricks = brick("-Xmx256m")) {
            Place place = bricks.places().getFirst();
            bricks.start(place);
            try (Dds dds = Dds.connect(bricks.addresses(), TestCluster::patiently)) {
                DdsHashTable<Integer, byte[]> table = dds.hashTable(
                        TableSpec.of("t", Codecs.int32(), Codecs.bytes()).partitions(1));
                table.set(1, value(1));
                Operation<?> get = HashTableType.operations(table.info())
                        .get(Codecs.int32().encode(1));
                AtomicInteger dropped = new AtomicInteger();
                for (int client = 0; client < 40; client++) {
                    deaf.add(Dialler.start(
                            loops.next(),
                            "127.0.0.1",
                            place.dataPort(),
                            new Dialler.Identity(LinkMessage.Role.CLIENT, "brickwork", "deaf-" + client, null),
                            LinkOptions.DEFAULT,
                            new Deaf(get, dropped)));
                }
                long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
                int answered = 0;
                while ((dropped.get() == 0 || answered < 10) && System.nanoTime() < deadlineNanos) {
                    assertThat(table.withTimeout(Duration.ofSeconds(40)).get(1)).hasSize(VALUE_BYTES);
                    table.withTimeout(Duration.ofSeconds(40)).set(2, value(2));
                    answered++;
                }
                assertThat(answered).isGreaterThanOrEqualTo(10);
                assertThat(Files.readString(bricks.logOf(place)))
                        .contains("Dropped link from CLIENT deaf-")
                        .contains("the slowest reader is dropped first");
                deaf.forEach(Dialler::close);
            }
            assertStops(bricks.process(place));
        } finally {
            loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    /** Asks for 60 MiB and reads nothing of it; after it was dropped it asks for nothing more. */
    private static final class Deaf implements LinkHandler {
        private static final int READS = 60;

        private final Operation<?> get;
        private final AtomicInteger dropped;
        private boolean hasAsked;

        Deaf(Operation<?> get, AtomicInteger dropped) {
            this.get = get;
            this.dropped = dropped;
        }

        @Override
        public void up(Link link) {
            if (hasAsked) {
                return;
            }
            hasAsked = true;
            link.pauseReading(true);
            PartitionId partition = new PartitionId(get.structure().id(), 0);
            for (int i = 1; i <= READS; i++) {
                link.send(new CallMessage.Read(i, partition, 0, ReadMode.LINEARIZABLE, get.routingKey(), get.body()));
            }
            link.flush();
        }

        @Override
        public void received(Link link, Message message) {}

        @Override
        public void down(Link link, String reason) {
            dropped.incrementAndGet();
        }
    }
}
