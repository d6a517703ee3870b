package io.brickwork.bricks.lane;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/**
 * The storage actor of a brick: takes the inputs of the lane that holds the replicas of the brick's partitions, and
 * commands of other actors.
 *
 * <p>Runs on the lane's own thread, through {@link LaneDispatcherConfigurator}. Whatever it throws halts the brick.
 * When its actor system ends, which happens to a node that the cluster has counted as down, the lane goes on without it
 * and loses no input; the next system has the next storage actor.
 */
public final class BrickActor extends AbstractBehavior<BrickCommand> {
    /** Under which the receptionist of every node of the cluster knows the storage actors. */
    public static final ServiceKey<BrickCommand> KEY = ServiceKey.create(BrickCommand.class, "brickwork-brick");

    private final Lane lane;

    private BrickActor(ActorContext<BrickCommand> context, Lane lane) {
        super(context);
        this.lane = lane;
        ActorRef<BrickCommand> self = context.getSelf();
        lane.deliverThrough(() -> self.tell(BrickCommand.TakeInputs.INSTANCE));
        context.getSystem().receptionist().tell(Receptionist.register(KEY, self));
    }

    /** To be spawned with {@link #dispatcher}. */
    public static Behavior<BrickCommand> of(Lane lane) {
        return Behaviors.setup(context -> new BrickActor(context, lane));
    }

    /** Where this actor must run. */
    public static DispatcherSelector dispatcher() {
        return DispatcherSelector.fromConfig(LaneDispatcherConfigurator.DISPATCHER);
    }

    @Override
    public Receive<BrickCommand> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(BrickCommand.TakeInputs.INSTANCE, () -> {
                    lane.takeInputs();
                    return this;
                })
                .onMessageEquals(BrickCommand.Stop.INSTANCE, Behaviors::stopped)
                .onSignal(PostStop.class, stopped -> {
                    lane.deliverThrough(null);
                    return this;
                })
                .build();
    }
}
