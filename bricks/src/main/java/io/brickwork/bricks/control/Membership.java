package io.brickwork.bricks.control;

import io.brickwork.core.BrickId;
import java.util.function.IntConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.eventstream.EventStream;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent.ClusterDomainEvent;
import org.apache.pekko.cluster.ClusterEvent.LeaderChanged;
import org.apache.pekko.cluster.ClusterEvent.MemberDowned;
import org.apache.pekko.cluster.ClusterEvent.MemberExited;
import org.apache.pekko.cluster.ClusterEvent.MemberJoined;
import org.apache.pekko.cluster.ClusterEvent.MemberLeft;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.apache.pekko.cluster.ClusterEvent.ReachableMember;
import org.apache.pekko.cluster.ClusterEvent.UnreachableMember;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log who joins, leaves and cannot be reached. */
final class Membership extends AbstractBehavior<ClusterDomainEvent> {
    private static final Logger LOG = LoggerFactory.getLogger("io.brickwork.bricks.membership");

    private final BrickId self;

    private Membership(ActorContext<ClusterDomainEvent> context, BrickId self, IntConsumer onNonsense) {
        super(context);
        this.self = self;
        ActorRef<FloodGuard.Nonsense> watch = context.spawn(
                Behaviors.receiveMessage(nonsense -> {
                    onNonsense.accept(nonsense.complaints());
                    return Behaviors.same();
                }),
                "nonsense");
        context.getSystem().eventStream().tell(new EventStream.Subscribe<>(FloodGuard.Nonsense.class, watch));
        Cluster.get(context.getSystem())
                .subscriptions()
                .tell(Subscribe.create(context.getSelf(), ClusterDomainEvent.class));
    }

    /**
     * @param onNonsense told, with the number of complaints, when the remoting is fed what no node says; on an actor's
     *     thread
     */
    static Behavior<ClusterDomainEvent> of(BrickId self, IntConsumer onNonsense) {
        return Behaviors.setup(context -> new Membership(context, self, onNonsense));
    }

    @Override
    public Receive<ClusterDomainEvent> createReceive() {
        return newReceiveBuilder()
                .onMessage(MemberJoined.class, event -> tell(event.member(), "is joining"))
                .onMessage(MemberUp.class, event -> tell(event.member(), "has joined"))
                .onMessage(MemberLeft.class, event -> tell(event.member(), "is leaving"))
                .onMessage(MemberExited.class, event -> tell(event.member(), "has left"))
                .onMessage(MemberDowned.class, event -> tell(event.member(), "is counted as down"))
                .onMessage(MemberRemoved.class, event -> tell(event.member(), "is gone"))
                .onMessage(ReachableMember.class, event -> tell(event.member(), "can be reached again"))
                .onMessage(UnreachableMember.class, event -> {
                    LOG.warn(
                            "{}: the control plane of {} cannot be reached",
                            self,
                            event.member().address());
                    return this;
                })
                .onMessage(LeaderChanged.class, event -> {
                    LOG.debug("{}: the control plane's leader is {}", self, event.getLeader());
                    return this;
                })
                .onAnyMessage(event -> this)
                .build();
    }

    private Behavior<ClusterDomainEvent> tell(Member member, String what) {
        LOG.info("{}: the control plane of {} {}", self, member.address(), what);
        return this;
    }
}
