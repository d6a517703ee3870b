package io.brickwork.client.call;

import io.brickwork.client.spi.EmbeddedBrick;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A brick in this process; the client's loop is its lane. */
public final class LocalBrick implements BrickAccess {
    /** Requests that the brick may have unanswered. */
    private static final int CREDITS = 8192;

    private final EmbeddedBrick brick;
    private EmbeddedBrick.@Nullable Requests requests;
    private boolean isUnflushed;

    public LocalBrick(EmbeddedBrick brick) {
        this.brick = brick;
    }

    @Override
    public void begin(Listener listener) {
        requests = brick.connect(new EmbeddedBrick.Replies() {
            @Override
            public void received(CallMessage reply) {
                listener.received(brick.id(), reply);
            }

            @Override
            public void halted(String why) {
                listener.ended(brick.id(), "the brick in this process has halted: " + why);
            }

            @Override
            public void opened() {
                listener.up(brick.id(), List.of(new Member(brick.id(), "", 0)), CREDITS);
            }
        });
    }

    @Override
    public void send(BrickId to, CallMessage request) {
        if (requests != null) {
            requests.send(request);
            isUnflushed = true;
        }
    }

    @Override
    public boolean takesMore(BrickId to) {
        return true;
    }

    @Override
    public void flush() {
        if (isUnflushed && requests != null) {
            isUnflushed = false;
            requests.flush();
        }
    }

    @Override
    public void close() {
        if (requests != null) {
            requests.close();
            requests = null;
        }
    }

    @Override
    public @Nullable Bytes tryRead(int structure, Bytes routingKey, Bytes body) {
        return brick.tryRead(structure, routingKey, body);
    }
}
