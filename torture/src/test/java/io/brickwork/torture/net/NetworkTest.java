package io.brickwork.torture.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.torture.net.Network.Pair;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two ends, "a" that dials and "b" that listens, and the proxy between them. */
class NetworkTest {
    private static final Pair THERE = new Pair("a", "b");
    private static final Pair BACK = new Pair("b", "a");

    private final Network network = new Network();
    private ServerSocket listener;
    private int port;

    @BeforeEach
    void listen() throws Exception {
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        port = network.open(THERE, listener.getLocalPort());
    }

    @AfterEach
    void close() throws Exception {
        network.close();
        listener.close();
    }

    @Test
    void bytesPassBothWaysAndSoDoesTheEndOfAStream() throws Exception {
        try (Socket a = dial();
                Socket b = listener.accept()) {
            a.getOutputStream().write(1);
            assertThat(b.getInputStream().read()).isEqualTo(1);
            b.getOutputStream().write(2);
            assertThat(a.getInputStream().read()).isEqualTo(2);
            a.shutdownOutput();
            assertThat(b.getInputStream().read()).isEqualTo(-1);
            b.getOutputStream().write(3);
            assertThat(a.getInputStream().read()).isEqualTo(3);
        }
    }

    @Test
    void aHeldDirectionHoldsItsOwnBytesOnlyAndGivesThemUpLater() throws Exception {
        try (Socket a = dial();
                Socket b = listener.accept()) {
            a.getOutputStream().write(1);
            assertThat(b.getInputStream().read()).isEqualTo(1);
            network.hold(THERE);
            a.getOutputStream().write(2);
            for (int i = 0; i < 100; i++) { // long enough for a byte that is not held to overtake these
                b.getOutputStream().write(i);
                assertThat(a.getInputStream().read()).isEqualTo(i);
            }
            assertThat(b.getInputStream().available()).isZero();
            network.release(THERE);
            assertThat(b.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void aHeldDirectionHoldsTheEndOfAStreamToo() throws Exception {
        try (Socket b = listenerSideOfAConnectionWhoseDiallerLeavesWhileHeld()) {
            assertThat(b.getInputStream().available()).isZero();
            network.heal();
            assertThat(b.getInputStream().read()).isEqualTo(7);
            assertThat(b.getInputStream().read()).isEqualTo(-1);
        }
    }

    private Socket listenerSideOfAConnectionWhoseDiallerLeavesWhileHeld() throws IOException {
        try (Socket a = dial()) {
            Socket b = listener.accept();
            network.hold(THERE);
            a.getOutputStream().write(7);
            return b;
        }
    }

    @Test
    void holdsOverlap() throws Exception {
        try (Socket a = dial();
                Socket b = listener.accept()) {
            network.hold(BACK);
            network.hold(BACK);
            network.release(BACK);
            b.getOutputStream().write(1);
            for (int i = 0; i < 100; i++) {
                a.getOutputStream().write(i);
                assertThat(b.getInputStream().read()).isEqualTo(i);
            }
            assertThat(a.getInputStream().available()).isZero();
            network.release(BACK);
            assertThat(a.getInputStream().read()).isEqualTo(1);
        }
    }

    @Test
    void aNewConnectionWaitsForAHeldDirection() throws Exception {
        network.hold(THERE);
        try (Socket a = dial()) {
            a.getOutputStream().write(5);
            network.release(THERE);
            try (Socket b = listener.accept()) {
                assertThat(b.getInputStream().read()).isEqualTo(5);
            }
        }
    }

    @Test
    void aResetReachesBothEndsAndTheNextConnectionPasses() throws Exception {
        try (Socket a = dial();
                Socket b = listener.accept()) {
            a.getOutputStream().write(1);
            assertThat(b.getInputStream().read()).isEqualTo(1);
            assertThat(network.reset(BACK)).isEqualTo(1); // whoever dialled
            assertThatThrownBy(() -> a.getInputStream().read()).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> b.getInputStream().read()).isInstanceOf(IOException.class);
        }
        bytesPassBothWaysAndSoDoesTheEndOfAStream();
    }

    @Test
    void aDialledPortThatNobodyListensOnIsReset() throws Exception {
        listener.close();
        try (Socket a = dial()) {
            assertThatThrownBy(() -> a.getInputStream().read()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void delayedBytesArriveInOrder() throws Exception {
        network.delay(THERE, 2_000_000);
        try (Socket a = dial();
                Socket b = listener.accept()) {
            for (int i = 0; i < 50; i++) {
                a.getOutputStream().write(i);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(b.getInputStream().read()).isEqualTo(i);
            }
        }
    }

    @Test
    void aWayThatThereIsNotIsNamed() {
        assertThatThrownBy(() -> network.hold(new Pair("a", "z")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nothing goes from a to z");
    }

    private Socket dial() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }
}
