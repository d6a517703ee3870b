package io.brickwork.bricks.lane;

import io.brickwork.client.spi.EmbeddedBrick;
import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Callers in the brick's own process, whose machines run on the brick's lane. They stay when another brick takes the
 * place of one that has halted. On the lane's loop only.
 */
public final class LocalCallers {
    private final List<Caller> callers = new ArrayList<>();
    /** Of the brick that is open; null before, and after it has halted. */
    private @Nullable Lane lane;

    /** A brick is open. */
    public void opened(Lane open) {
        lane = open;
        List.copyOf(callers).forEach(caller -> {
            caller.attach(open);
            caller.replies.opened();
        });
    }

    /** The brick has halted. */
    public void halted(String why) {
        lane = null;
        List.copyOf(callers).forEach(caller -> {
            caller.endpoint = null;
            caller.replies.halted(why);
        });
    }

    /**
     * Takes a caller, and tells it, after this call, that the brick is open, as soon as it is. What it requests while
     * no brick is open is dropped.
     */
    public EmbeddedBrick.Requests connect(EmbeddedBrick.Replies replies) {
        Caller caller = new Caller(replies);
        callers.add(caller);
        Lane open = lane;
        if (open != null) {
            caller.attach(open);
            open.loop().execute(replies::opened);
        }
        return caller;
    }

    /** One caller. Requests are gathered, so that those of one turn of its machine are one turn of the brick's. */
    private final class Caller implements EmbeddedBrick.Requests {
        private final EmbeddedBrick.Replies replies;
        private final List<CallMessage> requests = new ArrayList<>();
        private Endpoint.@Nullable Caller endpoint;

        Caller(EmbeddedBrick.Replies replies) {
            this.replies = replies;
        }

        void attach(Lane open) {
            endpoint = open.outlets().addCaller(new ReplyOutlet(replies));
        }

        @Override
        public void send(CallMessage request) {
            requests.add(request);
        }

        @Override
        public void flush() {
            Lane open = lane;
            Endpoint.Caller from = endpoint;
            if (open != null && from != null) {
                for (int i = 0; i < requests.size(); i++) {
                    open.post(new BrickInput.Received(from, requests.get(i)));
                }
            }
            requests.clear();
        }

        @Override
        public void close() {
            Lane open = lane;
            Endpoint.Caller gone = endpoint;
            if (callers.remove(this) && open != null && gone != null) {
                open.outlets().removeCaller(gone);
                open.post(new BrickInput.CallerGone(gone));
            }
        }
    }

    /**
     * Where replies to a caller leave the lane: gathered, and handed over when the turn's messages leave, so that the
     * caller's machine is never stepped from within a step of the brick's.
     */
    private static final class ReplyOutlet implements Outlet {
        private final EmbeddedBrick.Replies replies;
        private final List<CallMessage> answers = new ArrayList<>();

        ReplyOutlet(EmbeddedBrick.Replies replies) {
            this.replies = replies;
        }

        @Override
        public void send(Message answer) {
            if (answer instanceof CallMessage call) {
                answers.add(call);
            }
        }

        @Override
        public void flush() {
            List<CallMessage> taken = List.copyOf(answers);
            answers.clear();
            taken.forEach(replies::received);
        }

        @Override
        public void close() {
            answers.clear();
        }
    }
}
