package io.brickwork.bench;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A workload of raw frames on one connection, so many without an answer at any time; everything happens on its event
 * loop.
 */
final class RawClient implements Workload {
    private static final int ANSWER_SECONDS = 60;

    private final EventLoop loop = RawServers.newLoop("raw-client");
    private final int outstanding;
    private final int frameBytes;
    private final Requests requests;
    private final Channel channel;

    RawClient(int port, int outstanding, int frameBytes) {
        this.outstanding = outstanding;
        this.frameBytes = frameBytes;
        requests = new Requests(frameBytes, outstanding);
        channel = RawServers.connect(loop, port, requests);
    }

    @Override
    public void start() {
        loop.execute(() -> requests.ask(outstanding));
        requests.answered.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void record(boolean on) {
        CompletableFuture.runAsync(() -> requests.isRecording = on, loop).join();
    }

    @Override
    public boolean hasRecorded() {
        return requests.hasRecorded;
    }

    @Override
    public Histogram stop() {
        CompletableFuture.runAsync(() -> requests.isStopped = true, loop).join();
        channel.close().syncUninterruptibly();
        loop.parent().shutdownGracefully();
        return requests.latencies;
    }

    private final class Requests extends RawFrames {
        private final Histogram latencies = Measured.newHistogram();
        /** When each unanswered one was sent, in the order of sending, which is that of the answers. */
        private final long[] sentNanos;

        private final CompletableFuture<Boolean> answered = new CompletableFuture<>();
        private int oldest;
        private int newest;
        private volatile boolean hasRecorded;
        private boolean isRecording;
        private boolean isStopped;

        Requests(int frameBytes, int outstanding) {
            super(frameBytes);
            sentNanos = new long[outstanding];
        }

        void ask(int count) {
            long now = System.nanoTime();
            for (int i = 0; i < count; i++) {
                sentNanos[newest] = now;
                newest = (newest + 1) % outstanding;
            }
            send(RawServers.open(channel), count, frameBytes);
        }

        @Override
        void received(int count) {
            long now = System.nanoTime();
            answered.complete(true);
            for (int i = 0; i < count; i++) {
                if (isRecording) {
                    latencies.recordValue(Math.min(now - sentNanos[oldest], Measured.LONGEST_NANOS));
                }
                oldest = (oldest + 1) % outstanding;
            }
            if (isRecording) {
                hasRecorded = true;
            }
            if (!isStopped) {
                ask(count);
            }
        }
    }
}
