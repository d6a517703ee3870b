package io.brickwork.torture.net;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One connection through a proxy: a socket to each end, and what is read from the one is written to the other. The end
 * of a stream, in order or not, passes like its bytes: a held direction holds it too.
 *
 * <p>Four virtual threads, two for each direction: one takes bytes in and notes when they are due, one hands them on
 * then.
 */
final class Passage {
    private static final int CHUNK_BYTES = 64 << 10;
    /** Chunks under way in a direction; further ones wait in the sender's socket. */
    private static final int MOST_CHUNKS = 64;

    private final Socket dialler;
    private final Socket target;
    private final Runnable ended;
    private final AtomicInteger openWays = new AtomicInteger(2);

    /** Bytes and when they are due; no bytes stand for the end of the stream. */
    private record Chunk(byte[] bytes, long dueNanos, boolean isReset) {
        boolean isEnd() {
            return bytes.length == 0;
        }
    }

    Passage(Socket dialler, Socket target, Runnable ended) {
        this.dialler = dialler;
        this.target = target;
        this.ended = ended;
    }

    void begin(Direction there, Direction back) {
        carry(dialler, target, there);
        carry(target, dialler, back);
    }

    /** Ends it for both sides at once, by a reset. */
    void reset() {
        reset(dialler);
        reset(target);
    }

    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            // Closed is what it should be.
        }
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // Closed is what it should be.
        }
    }

    private void carry(Socket from, Socket to, Direction direction) {
        BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(MOST_CHUNKS);
        Thread.ofVirtual().name("take").start(() -> take(from, direction, underWay));
        Thread.ofVirtual().name("give").start(() -> give(to, direction, underWay));
    }

    private static void take(Socket from, Direction direction, BlockingQueue<Chunk> underWay) {
        byte[] buffer = new byte[CHUNK_BYTES];
        boolean isReset = false;
        try {
            try {
                for (int n = from.getInputStream().read(buffer);
                        n >= 0;
                        n = from.getInputStream().read(buffer)) {
                    if (n > 0) {
                        underWay.put(
                                new Chunk(Arrays.copyOf(buffer, n), System.nanoTime() + direction.delayNanos(), false));
                    }
                }
            } catch (IOException broken) {
                isReset = true;
            }
            underWay.put(new Chunk(new byte[0], System.nanoTime() + direction.delayNanos(), isReset));
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt(); // nobody interrupts it
        }
    }

    private void give(Socket to, Direction direction, BlockingQueue<Chunk> underWay) {
        boolean isBroken = false;
        try {
            for (Chunk chunk = underWay.take(); ; chunk = underWay.take()) {
                TimeUnit.NANOSECONDS.sleep(Math.max(0, chunk.dueNanos() - System.nanoTime()));
                direction.pass();
                if (chunk.isEnd()) {
                    end(to, chunk.isReset());
                    return;
                }
                if (!isBroken) {
                    isBroken = !write(to, chunk.bytes());
                }
            }
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt(); // nobody interrupts it
        }
    }

    /** False if the receiver is gone: its sender hears of that from the other direction. */
    private static boolean write(Socket to, byte[] bytes) {
        try {
            OutputStream out = to.getOutputStream();
            out.write(bytes);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private void end(Socket to, boolean isReset) {
        if (isReset) {
            reset(to);
        } else {
            try {
                to.shutdownOutput();
            } catch (IOException gone) {
                // Ended already.
            }
        }
        if (openWays.decrementAndGet() == 0) {
            close(dialler);
            close(target);
            ended.run();
        }
    }
}
