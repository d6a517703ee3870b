package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;

/**
 * A registered brick.
 *
 * @param port of its data port
 * @param isLeaving whether it is to be emptied
 * @param intactSince the first start from which on its disk has kept all that was written, synced or not: the machine
 *     has not gone down since
 */
public record BrickInfo(
        BrickId brick, Incarnation incarnation, String host, int port, boolean isLeaving, long intactSince) {
    public BrickInfo {
        Check.argument(host.length() <= Limits.HOST_CHARS, "host name of %d characters", host.length());
        Check.argument(port >= 0 && port <= 65_535, "port %d", port);
    }

    public Member member() {
        return new Member(brick, incarnation);
    }
}
