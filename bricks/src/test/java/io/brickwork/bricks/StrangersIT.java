package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.client.Dds;
import io.brickwork.hashtable.DdsHashTable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes in at the data port, the brick goes on. */
class StrangersIT {
    private static final long SEED = 0x5eed;

    @TempDir
    Path temp;

    @Test
    void garbageAndHalfFramesCostTheStrangerHisConnectionAndNobodyElseAnything() throws Exception {
        try (TestCluster cluster = TestCluster.start(temp, 1);
                Dds dds = Dds.connect(cluster.addresses(), TestCluster::patiently)) {
            DdsHashTable<String, String> table = dds.hashTable("t", String.class, String.class);
            table.set("before", "1");
            int port = cluster.brick(0).address().getPort();
            Random random = new Random(SEED);
            for (int i = 0; i < 50; i++) {
                byte[] garbage = new byte[1 + random.nextInt(4096)];
                random.nextBytes(garbage);
                knock(port, garbage);
            }
            knock(port, "GET / HTTP/1.1\r\nHost: brick\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            knock(port, ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array()); // a frame that claims 2 GB
            knock(port, ByteBuffer.allocate(4).putInt(-1).array());
            knock(
                    port,
                    ByteBuffer.allocate(7)
                            .putInt(1000)
                            .put((byte) 1)
                            .put((byte) 2)
                            .put((byte) 3)
                            .array()); // half a frame
            knock(port, new byte[0]);

            assertThat(table.get("before")).isEqualTo("1");
            table.set("after", "2");
            assertThat(table.get("after")).isEqualTo("2");
            assertThat(cluster.brick(0).halted().toCompletableFuture()).isNotDone();
        }
    }

    /** Sends the bytes, then reads what little there is to read and hangs up. */
    private static void knock(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(200);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            byte[] answer = new byte[1024];
            int length = in.read(answer);
            while (length >= 0) {
                length = in.read(answer);
            }
        } catch (SocketTimeoutException waits) {
            // The brick waits for the rest of the frame, and will not for ever: the link's own tests show that.
            return;
        } catch (IOException reset) {
            // Turned away while the bytes were still on their way: as good an answer as any.
            return;
        }
    }
}
