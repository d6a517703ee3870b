package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import io.brickwork.core.DdsException;
import io.brickwork.hashtable.DdsHashTable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fuzzer between a client and its brick: what the client says arrives with some bytes changed. The brick may refuse
 * it, answer it or hang up; it goes on, and serves an honest client.
 *
 * <p>{@code -Dfuzz.seconds=600} has it run for ten minutes, {@code -Dfuzz.seed=} with other bytes.
 */
class MutatedFramesIT {
    private static final long SECONDS = Long.getLong("fuzz.seconds", 4);
    private static final long SEED = Long.getLong("fuzz.seed", 0x5eed);
    private static final int HONEST_KEYS = 50;

    @TempDir
    private Path temp;

    @Test
    void aBrickOutlivesWhateverAClientSays() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 1);
                Dds honest = Dds.connect(cluster.addresses(), TestCluster::patiently);
                Mutator mutator = new Mutator(cluster.brick(0).address().getPort(), SEED)) {
            DdsHashTable<String, String> table = honest.hashTable("honest", String.class, String.class);
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            SplittableRandom random = new SplittableRandom(SEED);
            long calls = 0;
            for (int round = 0; System.nanoTime() - end < 0; round++) {
                calls += talk(mutator.address(), random, end);
                String value = "round " + round;
                for (int i = 0; i < HONEST_KEYS; i++) {
                    table.set("k" + i, value);
                }
                for (int i = 0; i < HONEST_KEYS; i++) {
                    assertThat(table.get("k" + i)).isEqualTo(value);
                }
                assertThat(cluster.brick(0).halted().toCompletableFuture())
                        .as("seed %x, %d frames changed", SEED, mutator.changed.get())
                        .isNotDone();
            }
            System.out.printf("calls=%d frames-changed=%d seed=%x%n", calls, mutator.changed.get(), SEED);
            assertThat(mutator.changed.get()).isPositive();
        }
    }

    /** A client's day, in a second or less; hardly any call ends well. */
    private static long talk(String address, SplittableRandom random, long end) {
        long calls = 0;
        try (Dds dds = Dds.connect(
                address,
                options -> options.onlyGivenAddresses()
                        .timeout(Duration.ofMillis(300))
                        .connectTimeout(Duration.ofSeconds(1)))) {
            DdsHashTable<String, String> table = dds.hashTable("fuzzed", String.class, String.class);
            DdsTree<String, String> tree = dds.tree("fuzzed tree", String.class, String.class);
            for (int i = 0; i < 40 && System.nanoTime() - end < 0; i++) {
                calls++;
                String key = "key" + random.nextInt(100);
                try {
                    switch (random.nextInt(8)) {
                        case 0 -> table.set(key, key);
                        case 1 -> table.get(key);
                        case 2 -> table.merge(key, "m", (a, b) -> b);
                        case 3 -> tree.put(key, key);
                        case 4 -> tree.headMap(key).forEach((k, v) -> {});
                        case 5 -> table.remove(key);
                        case 6 -> tree.pollFirstEntry();
                        default ->
                            dds.transact(tx -> {
                                tx.on(table).put(key, "t");
                                tx.on(tree).put(key, "t");
                            });
                    }
                } catch (DdsException expected) {
                    calls++;
                }
            }
        } catch (DdsException | IllegalArgumentException expected) {
            calls++;
        }
        return calls;
    }

    /** Forwards connections to a port, and changes some of what goes there. */
    private static final class Mutator implements AutoCloseable {
        private static final long[] EXTREMES = {
            0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 40
        };

        final AtomicLong changed = new AtomicLong();
        private final int port;
        private final ServerSocket server;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final SplittableRandom seeds;

        Mutator(int port, long seed) throws IOException {
            this.port = port;
            seeds = new SplittableRandom(seed);
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::accept);
        }

        String address() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = server.accept();
                    Socket brick = new Socket(InetAddress.getLoopbackAddress(), port);
                    sockets.add(client);
                    sockets.add(brick);
                    SplittableRandom random = seeds.split();
                    Thread.ofVirtual().start(() -> forward(client, brick, random));
                    Thread.ofVirtual().start(() -> copy(brick, client));
                }
            } catch (IOException closed) {
                return;
            }
        }

        private static void copy(Socket from, Socket to) {
            try (from;
                    to;
                    InputStream in = from.getInputStream()) {
                in.transferTo(to.getOutputStream());
            } catch (IOException closed) {
                return;
            }
        }

        private void forward(Socket from, Socket to, SplittableRandom random) {
            try (from;
                    to;
                    DataInputStream in = new DataInputStream(from.getInputStream())) {
                OutputStream out = to.getOutputStream();
                boolean isHello = true;
                while (true) {
                    byte[] frame = new byte[in.readInt()];
                    in.readFully(frame);
                    // Most greetings must pass, or nothing else is ever tried.
                    if (random.nextInt(isHello ? 100 : 10) == 0) {
                        frame = mutate(frame, random);
                        changed.incrementAndGet();
                    }
                    isHello = false;
                    out.write(ByteBuffer.allocate(4 + frame.length)
                            .putInt(frame.length)
                            .put(frame)
                            .array());
                    out.flush();
                }
            } catch (IOException closed) {
                return;
            }
        }

        private static byte[] mutate(byte[] frame, SplittableRandom random) {
            byte[] mutant = frame.clone();
            switch (random.nextInt(5)) {
                case 0 -> mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
                case 2 -> {
                    byte[] extreme = ByteBuffer.allocate(8)
                            .putLong(EXTREMES[random.nextInt(EXTREMES.length)])
                            .array();
                    int at = random.nextInt(mutant.length);
                    System.arraycopy(extreme, 0, mutant, at, Math.min(8, mutant.length - at));
                }
                case 3 -> {
                    int at = 1 + random.nextInt(mutant.length - 1);
                    mutant = Arrays.copyOf(mutant, at);
                }
                default -> {
                    int from = random.nextInt(mutant.length);
                    int to = random.nextInt(mutant.length);
                    int length = Math.min(random.nextInt(16), mutant.length - Math.max(from, to));
                    System.arraycopy(frame, from, mutant, to, length);
                }
            }
            return mutant;
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
