package io.brickwork.bricks.lane;

import io.brickwork.core.brick.BrickInput;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The storage actor of a cluster brick: each message in its mailbox is one input of the brick's machine.
 *
 * <p>Runs on the lane, through {@link LaneDispatcherConfigurator}. Its mailbox is not bounded by itself: everything
 * that fills it is (credits of links, one sync and one batch under way, one timer).
 */
public final class BrickActor extends AbstractBehavior<BrickInput> {
    private final LaneTurn turn;

    private BrickActor(ActorContext<BrickInput> context, LaneTurn turn) {
        super(context);
        this.turn = turn;
    }

    /** To be spawned with {@link #dispatcher}. */
    public static Behavior<BrickInput> of(LaneTurn turn) {
        return Behaviors.setup(context -> new BrickActor(context, turn));
    }

    /** Where this actor must run. */
    public static DispatcherSelector dispatcher() {
        return DispatcherSelector.fromConfig(LaneDispatcherConfigurator.DISPATCHER);
    }

    @Override
    public Receive<BrickInput> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::onInput).build();
    }

    private Behavior<BrickInput> onInput(BrickInput input) {
        turn.feed(input);
        return this;
    }
}
