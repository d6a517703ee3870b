package io.brickwork.bricks.probe;

import io.brickwork.core.Check;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.metadata.MetadataState;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a cluster has all the copies that it should have. */
public final class Wholeness {
    /**
     * So many bricks keep the metadata if there are as many, else one does: two would stand still whenever one of them
     * is gone.
     */
    private static final int VOTERS = 3;

    private static final Duration PAUSE = Duration.ofMillis(20);

    private Wholeness() {}

    /**
     * What the cluster lacks, for people; empty if every brick serves all that it holds, every group has all its
     * members in an open view, on the disks on which they became members, or as many as there are bricks, and as many
     * bricks keep the metadata as should.
     *
     * @param bricks one probe of each brick that should be there
     * @throws io.brickwork.core.DdsException.Unavailable if one cannot be reached in time
     */
    public static Optional<String> lack(Collection<BrickProbe> bricks) {
        Check.argument(!bricks.isEmpty(), "no bricks");
        BrickProbe.@Nullable Cluster newest = null;
        for (BrickProbe brick : bricks) {
            CallMessage.Status status = brick.status();
            if (!status.serves()) {
                return Optional.of(brick
                        + (status.isRegistered() ? " does not serve all that it holds yet" : " is not registered yet"));
            }
            BrickProbe.Cluster seen = brick.cluster();
            if (newest == null || seen.state().slot() > newest.state().slot()) {
                newest = seen;
            }
        }
        BrickProbe.Cluster cluster = Check.present(newest, "what the bricks know of the cluster");
        if (cluster.voters().size() < (bricks.size() < VOTERS ? 1 : VOTERS)) {
            return Optional.of("the metadata is kept by " + cluster.voters() + " alone");
        }
        MetadataState state = cluster.state();
        long lacking = state.groups().stream()
                .filter(group -> !isWhole(state, group, bricks.size()))
                .count();
        return lacking == 0
                ? Optional.empty()
                : Optional.of("%d of %d partitions lack a copy"
                        .formatted(lacking, state.groups().size()));
    }

    /**
     * Waits until nothing is lacking.
     *
     * @return what still is after that time; empty if nothing is
     * @throws io.brickwork.core.DdsException.Unavailable if a brick cannot be reached in time
     */
    public static Optional<String> await(Collection<BrickProbe> bricks, Duration longest) throws InterruptedException {
        long beganNanos = System.nanoTime();
        Optional<String> lack = lack(bricks);
        while (lack.isPresent() && System.nanoTime() - beganNanos < longest.toNanos()) {
            Thread.sleep(PAUSE);
            lack = lack(bricks);
        }
        return lack;
    }

    private static boolean isWhole(MetadataState state, Group group, int bricks) {
        return group.isOpen()
                && group.newest().members().size() >= Math.min(group.replicas(), bricks)
                && group.newest().members().stream().allMatch(member -> {
                    BrickInfo info = state.brick(member.brick());
                    return info != null && info.member().standsFor(member);
                });
    }
}
