package io.brickwork.client.call;

import io.brickwork.client.spi.EmbeddedBrick;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LinkMessage.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All bricks of a cluster, as a program sees them in which one of them runs: that one in this process, the others over
 * sockets. The client's loop is the brick's lane.
 */
public final class MemberBricks implements BrickAccess {
    private final LocalBrick here;
    private final BrickId hereId;
    private final LinkedBricks elsewhere;

    /** @param elsewhere does not dial the brick that is here */
    public MemberBricks(EmbeddedBrick here, LinkedBricks elsewhere) {
        this.here = new LocalBrick(here);
        this.elsewhere = elsewhere;
        hereId = here.id();
    }

    @Override
    public void begin(Listener listener) {
        here.begin(new HereListener(listener));
        elsewhere.begin(listener);
    }

    private BrickAccess of(BrickId brick) {
        return brick.equals(hereId) ? here : elsewhere;
    }

    @Override
    public void send(BrickId to, CallMessage request) {
        of(to).send(to, request);
    }

    @Override
    public boolean takesMore(BrickId to) {
        return of(to).takesMore(to);
    }

    @Override
    public void flush() {
        here.flush();
        elsewhere.flush();
    }

    @Override
    public void close() {
        here.close();
        elsewhere.close();
    }

    @Override
    public @Nullable Bytes tryRead(int structure, Bytes routingKey, Bytes body) {
        return here.tryRead(structure, routingKey, body);
    }

    /** That the brick here has halted is not the end: the others answer. */
    private record HereListener(Listener listener) implements Listener {
        @Override
        public void up(BrickId brick, List<Member> members, int credits) {
            listener.up(brick, members, credits);
        }

        @Override
        public void down(BrickId brick) {
            listener.down(brick);
        }

        @Override
        public void received(BrickId from, CallMessage message) {
            listener.received(from, message);
        }

        @Override
        public void drained(BrickId brick) {
            listener.drained(brick);
        }

        @Override
        public void tokenRefused(String why) {
            listener.tokenRefused(why);
        }

        @Override
        public void ended(BrickId brick, String why) {
            listener.down(brick);
        }
    }
}
