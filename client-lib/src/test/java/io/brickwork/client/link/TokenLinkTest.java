package io.brickwork.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.client.link.Ends.Recorder;
import io.brickwork.core.Bytes;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.Message;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A dialler is told that its token is what keeps it out, and of nothing else that it is. */
class TokenLinkTest {
    private static final Bytes TOKEN = Bytes.utf8("the token");

    private final Ends ends = new Ends();

    @AfterEach
    void close() throws Exception {
        ends.close();
    }

    /** Keeps why the token was refused. */
    private static final class Refusals implements LinkHandler {
        private final BlockingQueue<String> refusals = new LinkedBlockingQueue<>();

        @Override
        public void up(Link link) {}

        @Override
        public void received(Link link, Message message) {}

        @Override
        public void down(Link link, String reason) {}

        @Override
        public void tokenRefused(String reason) {
            refusals.add(reason);
        }

        String next() throws InterruptedException {
            return String.valueOf(refusals.poll(Ends.PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }

    @Test
    void aDiallerWhoseTokenIsWrongIsToldSoAtEachAttempt() throws Exception {
        int port = ends.bind(0, LinkOptions.DEFAULT.withToken(TOKEN), new Recorder())
                .address()
                .getPort();
        Refusals refused = new Refusals();
        ends.dial(port, LinkOptions.DEFAULT.withToken(Bytes.utf8("another")), refused);
        assertThat(refused.next()).contains("the token is wrong");
        assertThat(refused.next()).contains("the token is wrong");
    }

    @Test
    void anotherReasonIsNotTakenForTheToken() throws Exception {
        int port = ends.bind(0, LinkOptions.DEFAULT, new Recorder()).address().getPort();
        Refusals refused = new Refusals();
        Dialler dialler = ends.dial(
                port, new Dialler.Identity(Role.CLIENT, "another", "a client", null), LinkOptions.DEFAULT, refused);
        ends.awaitFailure(dialler);
        assertThat(refused.refusals).isEmpty();
    }

    @Test
    void aLinkThatIsUpCanBeEndedForItsToken() throws Exception {
        Recorder brick = new Recorder();
        int port = ends.bind(0, LinkOptions.DEFAULT, brick).address().getPort();
        Refusals refused = new Refusals();
        ends.dial(port, LinkOptions.DEFAULT, refused);
        Link link = brick.awaitUp();
        ends.listeningLoop().execute(() -> link.refuseToken("token 'shop' was revoked"));
        assertThat(refused.next()).contains("token 'shop' was revoked");
        brick.awaitDown();
        brick.awaitUp(); // the dialler goes on
    }

    @Test
    void aTokenCheckDecidesInPlaceOfTheOptions() throws Exception {
        TokenCheck onlyShop = new TokenCheck() {
            @Override
            public boolean demandsToken() {
                return true;
            }

            @Override
            public @Nullable String objection(Hello hello) {
                return hello.token().equals(TOKEN) ? null : "not this one";
            }
        };
        DataPort.Identity usual = Ends.identity();
        Recorder brick = new Recorder();
        try (DataPort port = DataPort.bind(
                ends.listeningLoop(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new DataPort.Identity(usual.brick(), usual.cluster(), usual.members(), onlyShop),
                LinkOptions.DEFAULT,
                brick)) {
            Refusals refused = new Refusals();
            ends.dial(port.address().getPort(), LinkOptions.DEFAULT, refused);
            assertThat(refused.next()).contains("not this one");
            ends.dial(port.address().getPort(), LinkOptions.DEFAULT.withToken(TOKEN), new Recorder());
            brick.awaitUp();
        }
    }
}
