package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.defence.Defences;
import java.util.List;

/**
 * What a brick must be told before it starts.
 *
 * @param members all bricks of the cluster, this one among them, in the same order everywhere: the order decides who is the primary of what
 * @param overlayBytes entries that are stored but not yet in the table, in all partitions together; above it writes are refused as overloaded
 * @param windowBytes entries of one partition that are not yet committed; above it writes are refused as overloaded
 * @param fullPermille from which fill level of the fullest member on puts are refused, in thousandths
 * @param defences {@link Defences#ALL} but in simulations that leave a rule out
 */
public record BrickConfig(
        BrickId self, List<BrickId> members, long overlayBytes, long windowBytes, int fullPermille, Defences defences) {
    public static final long OVERLAY_BYTES = 64L << 20;
    public static final long WINDOW_BYTES = 8L << 20;
    public static final int FULL_PERMILLE = 850;

    public BrickConfig {
        members = List.copyOf(members);
        Check.argument(members.contains(self), "brick %s is not one of the members %s", self, members);
        Check.argument(members.stream().distinct().count() == members.size(), "a brick is listed twice in %s", members);
        Check.argument(
                overlayBytes > 0 && windowBytes > 0, "overlay of %d, window of %d bytes", overlayBytes, windowBytes);
        Check.argument(fullPermille > 0 && fullPermille <= 1000, "full at %d ‰", fullPermille);
    }

    public static BrickConfig of(BrickId self, List<BrickId> members) {
        return new BrickConfig(self, members, OVERLAY_BYTES, WINDOW_BYTES, FULL_PERMILLE, Defences.ALL);
    }
}
