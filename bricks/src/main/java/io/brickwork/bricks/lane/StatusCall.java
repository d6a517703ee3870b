package io.brickwork.bricks.lane;

import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.Message;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asks a brick of this process how it does. A caller for one request. */
public final class StatusCall implements Outlet {
    /** What a brick says that says nothing any more. */
    public static final CallMessage.Status NONE = new CallMessage.Status(0, 0, false, false, List.of());

    private final Lane lane;
    private final CompletableFuture<CallMessage.Status> answer;
    private final Endpoint.Caller self;

    private StatusCall(Lane lane, CompletableFuture<CallMessage.Status> answer) {
        this.lane = lane;
        this.answer = answer;
        self = lane.outlets().addCaller(this);
    }

    /** Any thread. Completed on the lane's; with {@link #NONE} if the brick ends meanwhile, never if it has halted. */
    public static CompletableFuture<CallMessage.Status> ask(Lane lane) {
        CompletableFuture<CallMessage.Status> answer = new CompletableFuture<>();
        if (lane.loop().isShuttingDown()) {
            return CompletableFuture.completedFuture(NONE);
        }
        lane.loop().execute(() -> {
            StatusCall call = new StatusCall(lane, answer);
            lane.post(new BrickInput.Received(call.self, new CallMessage.AskStatus(1)));
        });
        return answer;
    }

    @Override
    public void send(Message message) {
        if (message instanceof CallMessage.Status status) {
            answer.complete(status);
        }
    }

    @Override
    public void flush() {
        lane.outlets().removeCaller(self);
    }

    @Override
    public void close() {
        answer.complete(NONE);
    }
}
