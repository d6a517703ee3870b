package io.brickwork.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.client.link.Ends.Recorder;
import io.brickwork.core.Bytes;
import io.brickwork.core.LinkId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Channel;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Links that share memory, over real sockets. */
@Timeout(60)
class LinkMemoryTest {
    private static final LinkOptions OPTIONS =
            LinkOptions.DEFAULT.withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(50), Duration.ofSeconds(20));
    private static final PartitionId PARTITION = new PartitionId(1, 0);
    private static final int MANY = 1 << 30;
    private static final int BODY_BYTES = 200_000;

    private final Ends ends = new Ends();
    private final Recorder brick = new Recorder();

    @AfterEach
    void close() throws Exception {
        ends.close();
    }

    private DataPort bind(LinkMemory memory, LinkHandler handler) throws BindException {
        return DataPort.bind(
                ends.listeningLoop(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Ends.identity(),
                OPTIONS,
                memory,
                handler);
    }

    private static CallMessage.Read read(long ticket, int bodyBytes) {
        return new CallMessage.Read(
                ticket, PARTITION, 1, ReadMode.LINEARIZABLE, Bytes.EMPTY, Bytes.wrap(new byte[bodyBytes]));
    }

    @Test
    void framesWaitForMemoryAndAllArrive() throws Exception {
        LinkMemory memory = new LinkMemory(MANY, MANY, BODY_BYTES * 3 / 2);
        try (DataPort port = bind(memory, brick)) {
            for (int i = 0; i < 4; i++) {
                Recorder client = new Recorder();
                ends.dial(port.address().getPort(), OPTIONS, client);
                Link link = client.awaitUp();
                brick.awaitUp();
                // Each in a frame of its own, since a frame takes no more from its soft limit on.
                ends.onDialling(() -> {
                    for (int ticket = 1; ticket <= 6; ticket++) {
                        link.send(read(ticket, ticket % 3 == 0 ? 10 : BODY_BYTES * 3 / 2));
                    }
                    link.flush();
                });
                for (int ticket = 1; ticket <= 6; ticket++) {
                    assertThat(((CallMessage.Read) brick.awaitMessage()).ticket())
                            .isEqualTo(ticket);
                }
            }
            ends.onListening(() -> {});
            ends.onListening(() -> assertThat(memory.incoming()).isZero());
        }
    }

    @Test
    void aSenderThatKeepsMemoryForWhichOthersWaitIsClosed() throws Exception {
        LinkMemory memory = new LinkMemory(MANY, MANY, 400_000);
        try (DataPort port = bind(memory, brick);
                RawPeer urgent = new RawPeer(port.address().getPort());
                RawPeer bulk = new RawPeer(port.address().getPort())) {
            LinkId id = new LinkId(1, 1);
            urgent.say(RawPeer.hello(Channel.URGENT, id));
            bulk.say(RawPeer.hello(Channel.BULK, id));
            brick.awaitUp();
            int announced = 390_000;
            bulk.send((byte) 0, (byte) (announced >> 16), (byte) (announced >> 8), (byte) announced, (byte) 1);
            ends.letPass(Duration.ofMillis(300));
            assertThat(brick.isQuiet()).as("nobody else wants the memory").isTrue();

            Recorder client = new Recorder();
            ends.dial(port.address().getPort(), OPTIONS, client);
            Link link = client.awaitUp();
            brick.awaitUp();
            ends.onDialling(() -> {
                link.send(read(7, BODY_BYTES));
                link.flush();
            });
            assertThat(brick.next().toString())
                    .contains("down")
                    .contains("a frame of 390,000 bytes of which 1 have come keeps memory that others wait for");
            assertThat(((CallMessage.Read) brick.awaitMessage()).ticket()).isEqualTo(7);
        }
    }

    @Test
    void theSlowestReaderIsDroppedAndOthersKeepTheirLinks() throws Exception {
        LinkMemory memory = new LinkMemory(4 << 20, MANY, MANY);
        Bytes large = Bytes.wrap(new byte[1 << 20]);
        Recorder answering = new Recorder((link, message) -> {
            if (message instanceof CallMessage.Read read) {
                link.send(
                        new CallMessage.Answer(read.ticket(), PARTITION, Completion.Status.DONE, Version.NONE, large));
                link.flush();
            }
        });
        try (DataPort port = bind(memory, answering)) {
            Recorder deaf = new Recorder();
            ends.dial(port.address().getPort(), OPTIONS, deaf);
            Link deafLink = deaf.awaitUp();
            Recorder reader = new Recorder();
            ends.dial(port.address().getPort(), OPTIONS, reader);
            Link link = reader.awaitUp();
            ends.onDialling(() -> {
                deafLink.pauseReading(true);
                for (int ticket = 1; ticket <= 60; ticket++) {
                    deafLink.send(read(ticket, 10));
                }
                deafLink.flush();
            });
            assertThat(deaf.awaitDown()).isNotEmpty();
            ends.onDialling(() -> {
                link.send(read(1, 10));
                link.flush();
            });
            assertThat(((CallMessage.Answer) reader.awaitMessage()).result()).isEqualTo(large);
        }
    }
}
