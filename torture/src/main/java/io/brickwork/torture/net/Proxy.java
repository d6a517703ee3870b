package io.brickwork.torture.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port of this process that stands for a port of another, for one process that dials it. */
final class Proxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int targetPort;
    private final Direction there;
    private final Direction back;
    private final Set<Passage> open = ConcurrentHashMap.newKeySet();

    Proxy(String name, int targetPort, Direction there, Direction back) throws IOException {
        this.targetPort = targetPort;
        this.there = there;
        this.back = back;
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().name("proxy " + name).start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Ends every connection by a reset. Gives how many. */
    int reset() {
        int count = 0;
        for (Passage passage : open) {
            passage.reset();
            count++;
        }
        return count;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket dialler = listener.accept();
                Thread.ofVirtual().name("connect").start(() -> connect(dialler));
            } catch (IOException closedOrRefused) {
                // Either the loop ends, or the dialler went before it was served.
            }
        }
    }

    private void connect(Socket dialler) {
        Socket target = new Socket();
        try {
            there.pass(); // the first packet waits like all others
            target.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
            dialler.setTcpNoDelay(true);
            target.setTcpNoDelay(true);
        } catch (IOException refused) {
            Passage.reset(dialler);
            Passage.reset(target);
            return;
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt(); // nobody interrupts it
            return;
        }
        begin(dialler, target);
    }

    private void begin(Socket dialler, Socket target) {
        Passage[] self = new Passage[1];
        Passage passage = new Passage(dialler, target, () -> open.remove(self[0]));
        self[0] = passage;
        open.add(passage);
        passage.begin(there, back);
        if (listener.isClosed()) {
            passage.reset();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException closed) {
            // Closed is what it should be.
        }
        reset();
    }
}
