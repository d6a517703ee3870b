package io.brickwork.sim.world;

import io.brickwork.sim.kernel.SimRandom;
import java.util.ArrayList;
import java.util.List;

/** Draws between which nodes of a world the network fails. */
record Ways(World world, SimRandom random) {
    /** Two nodes of which the first does not get through to the second. */
    record Way(int from, int to) {}

    /** Between all pairs of bricks without the leader of the metadata log: it sees all of them alive. */
    List<Way> aroundLeader() {
        List<Way> ways = new ArrayList<>();
        List<SimBrick> others =
                world.bricks().stream().filter(brick -> !brick.isLeader()).toList();
        for (SimBrick one : others) {
            for (SimBrick other : others) {
                if (one != other) {
                    ways.add(new Way(one.node(), other.node()));
                }
            }
        }
        return ways;
    }

    /** From the brick to another node, or the other way. */
    Way oneWay(SimBrick brick) {
        return drawDirection(brick.node(), otherNode(brick));
    }

    /** The same between two bricks, if there are two. */
    Way oneWayBetweenBricks(SimBrick brick) {
        return world.bricks().size() == 1 ? oneWay(brick) : drawDirection(brick.node(), otherBrick(brick));
    }

    private Way drawDirection(int one, int other) {
        return random.nextBoolean() ? new Way(one, other) : new Way(other, one);
    }

    /** From a client to every brick. */
    List<Way> fromClient() {
        int client = drawClient().node();
        return world.bricks().stream()
                .map(brick -> new Way(client, brick.node()))
                .toList();
    }

    /** Between the brick and each other brick, both ways. */
    List<Way> around(SimBrick brick) {
        List<Way> ways = new ArrayList<>();
        for (SimBrick other : world.bricks()) {
            if (other != brick) {
                addBoth(ways, brick.node(), other.node());
            }
        }
        return ways;
    }

    /** Every node is drawn to one of two sides; clients are connected with bricks alone. */
    List<Way> betweenTwoSides() {
        List<SimNode> left = new ArrayList<>();
        List<SimNode> right = new ArrayList<>();
        for (SimNode node : world.bricks()) {
            (random.nextBoolean() ? left : right).add(node);
        }
        for (SimNode node : world.clients()) {
            (random.nextBoolean() ? left : right).add(node);
        }
        List<Way> ways = new ArrayList<>();
        for (SimNode one : left) {
            for (SimNode other : right) {
                if (one instanceof SimBrick || other instanceof SimBrick) {
                    addBoth(ways, one.node(), other.node());
                }
            }
        }
        return ways;
    }

    /** At least one pair of bricks; if there are three or more, not all pairs. */
    List<Way> betweenSomePairs() {
        List<Way> ways = new ArrayList<>();
        int count = world.bricks().size();
        int pairs = count * (count - 1) / 2;
        int certain = pairs == 0 ? 0 : random.nextInt(pairs);
        int spared = pairs <= 1 ? -1 : (certain + 1 + random.nextInt(pairs - 1)) % pairs;
        int pair = 0;
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < i; j++, pair++) {
                if (pair == certain || (pair != spared && random.nextInt(3) == 0)) {
                    addBoth(ways, world.brick(i).node(), world.brick(j).node());
                }
            }
        }
        return ways;
    }

    private static void addBoth(List<Way> ways, int one, int other) {
        ways.add(new Way(one, other));
        ways.add(new Way(other, one));
    }

    /** Another brick, or sometimes a client. */
    int otherNode(SimBrick brick) {
        if (world.bricks().size() == 1
                || (random.nextBoolean() && !world.clients().isEmpty())) {
            return drawClient().node();
        }
        return otherBrick(brick);
    }

    private int otherBrick(SimBrick brick) {
        List<SimBrick> bricks = world.bricks();
        int other = random.nextInt(bricks.size() - 1);
        return bricks.get(other).node() >= brick.node()
                ? bricks.get(other + 1).node()
                : bricks.get(other).node();
    }

    /** A client that is up, if there is one. */
    SimClient drawClient() {
        List<SimClient> alive = world.clients().stream().filter(SimClient::isUp).toList();
        return random.pick(alive.isEmpty() ? world.clients() : alive);
    }
}
