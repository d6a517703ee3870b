package io.brickwork.sim.metadata;

import io.brickwork.core.BrickId;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.Message;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.paxos.PaxosConfig;
import io.brickwork.core.paxos.PaxosInput;
import io.brickwork.core.paxos.PaxosNode;
import io.brickwork.sim.disk.DiskOptions;
import io.brickwork.sim.disk.SimDisk;
import io.brickwork.sim.kernel.EventQueue;
import io.brickwork.sim.kernel.Harms;
import io.brickwork.sim.kernel.SimClock;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.kernel.Trace;
import io.brickwork.sim.network.NetworkOptions;
import io.brickwork.sim.network.SimNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One run: nodes, of which some vote, all of them proposing, under faults that the seed draws; then everything heals,
 * and all must agree, answer and come to rest.
 *
 * <p>Checked all the time: one value for each slot, for ever; equal states at equal slots; what was acknowledged stands
 * where its proposer was told; one leader to a ballot. Checked at the end: everybody has everything, and proposals are
 * answered.
 */
public final class MetadataRun {
    private static final long SECOND = 1_000_000_000;
    /** Within which all must have come to rest once nothing fails any more. */
    private static final long LIVENESS_NANOS = 30 * SECOND;

    /**
     * What happened in a run.
     *
     * @param hash of all that happened: equal runs have equal ones
     */
    public record Report(
            long seed,
            long hash,
            long events,
            long virtualNanos,
            long proposed,
            long acknowledged,
            long commands,
            long elections,
            long memberChanges,
            long views,
            long crashes,
            long faults) {}

    private final long seed;
    private final SimRandom random;
    private final SimRandom faultRandom;
    private final EventQueue queue = new EventQueue();
    private final Trace trace;
    private final Harms harms = new Harms();
    private final SimNetwork network;
    private final CommandHistory history = new CommandHistory();
    private final List<MetadataNode> nodes = new ArrayList<>();
    private final TreeMap<Ballot, Long> ballots = new TreeMap<>();
    private final int keptLines;
    private final NetworkOptions rough;
    private final int crashPerMillion;
    private final int pausePerMillion;
    private final boolean changesMembers;
    private final int founders;
    private boolean isHarsh;
    /** Bricks plan no views any more, so that all can come to rest. */
    private boolean isResting;

    private long lastTicket;
    private long crashes;
    private long faults;
    private long elections;
    private long memberChanges;

    /** @param keptLines how many of the last lines of the trace a failure shows */
    public MetadataRun(long seed, int keptLines) {
        this.seed = seed;
        this.keptLines = keptLines;
        random = new SimRandom(seed);
        faultRandom = random.stream("faults");
        trace = new Trace(queue, keptLines);
        network = new SimNetwork(queue, random.stream("network"), trace, harms, NetworkOptions.PERFECT);
        SimRandom draw = random.stream("draw");
        int count = draw.between(1, 6);
        founders = Math.min(draw.between(1, 5), count);
        boolean isLossy = draw.nextBoolean();
        rough = new NetworkOptions(
                20_000,
                draw.scaled(30_000, 20_000_000),
                draw.nextBoolean() ? 20_000 : 0,
                draw.scaled(1_000_000, 3_000_000_000L),
                200_000,
                isLossy,
                draw.between(0, 200_000),
                draw.between(0, 200_000),
                draw.scaled(100_000_000, 2_000_000_000));
        crashPerMillion = draw.nextBoolean() ? draw.between(0, 2_000) : 0;
        pausePerMillion = draw.nextBoolean() ? draw.between(0, 500) : 0;
        changesMembers = draw.nextBoolean();
        DiskOptions disks = DiskOptions.DEFAULT.withSegmentBytes((int) draw.scaled(1 << 10, 64 << 10));
        PaxosConfig config = config(draw, count);
        for (int i = 0; i < count; i++) {
            SimRandom own = random.stream("node-" + i);
            PaxosMember self = new PaxosMember(brick(i), new DiskId(own.nextLong(), own.nextLong()));
            SimClock clock = new SimClock(queue, own.between(-(1L << 42), 1L << 42), own.between(-4_000, 4_000));
            SimDisk disk = new SimDisk(queue, own.stream("disk"), disks, harms);
            nodes.add(new MetadataNode(this, self, config, own.stream("turns"), clock, disk));
        }
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < i; j++) {
                network.connect(i, j, true);
            }
        }
    }

    private static BrickId brick(int i) {
        return new BrickId("brick-" + (i + 1));
    }

    private PaxosConfig config(SimRandom draw, int count) {
        List<BrickId> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(brick(i));
        }
        return new PaxosConfig(
                all.subList(0, founders),
                all,
                100_000_000,
                600_000_000,
                200_000_000,
                10 * SECOND,
                draw.between(1, 16),
                (int) draw.scaled(1, 4096),
                (int) draw.scaled(256, 8192),
                draw.scaled(200, 16_000),
                draw.between(0, 40),
                Defences.ALL);
    }

    // ---- the run

    public Report run() {
        nodes.forEach(MetadataNode::start);
        if (random.stream("begin").nextBoolean()) {
            runUntil(() -> nodes.stream().anyMatch(MetadataRun::leads), LIVENESS_NANOS);
        }
        isHarsh = true;
        network.setOptions(rough);
        long end = queue.nowNanos() + random.stream("length").between(2 * SECOND, 20 * SECOND);
        planProposal(end);
        planFault(end);
        queue.runUntil(end);
        heal();
        long proposedBefore = lastTicket;
        isResting = true;
        boolean isAtRest = runUntil(this::isAtRest, LIVENESS_NANOS);
        Check.invariant(isAtRest, "heals: %s", describe());
        for (MetadataNode node : nodes) {
            propose(node);
        }
        isResting = true;
        Check.invariant(runUntil(this::isAtRest, LIVENESS_NANOS), "answers when healed: %s", describe());
        Check.invariant(
                history.acknowledged() > 0 && lastTicket > proposedBefore, "nothing was acknowledged: %s", describe());
        return new Report(
                seed,
                trace.hash(),
                queue.executed(),
                queue.nowNanos(),
                lastTicket,
                history.acknowledged(),
                history.size(),
                elections,
                memberChanges,
                history.views(),
                crashes,
                faults);
    }

    private boolean isAtRest() {
        long slot = -1;
        boolean isLed = false;
        for (MetadataNode node : nodes) {
            PaxosNode machine = node.machine();
            if (machine == null || node.openProposals() > 0 || (slot >= 0 && slot != machine.chosenSlot())) {
                return false;
            }
            slot = machine.chosenSlot();
            isLed |= machine.isEstablishedLeader();
        }
        return isLed && slot >= 1;
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (MetadataNode node : nodes) {
            PaxosNode machine = node.machine();
            text.append("\n  ").append(node.member()).append(": ");
            text.append(
                    machine == null
                            ? "down"
                            : "at slot %d, members %s, leader %s, %s, %d proposals open"
                                    .formatted(
                                            machine.chosenSlot(),
                                            machine.members(),
                                            machine.leader(),
                                            machine.isEstablishedLeader() ? "leads" : "follows",
                                            node.openProposals()));
        }
        return text.toString();
    }

    private boolean runUntil(BooleanSupplier condition, long withinNanos) {
        long until = queue.nowNanos() + withinNanos;
        while (!condition.getAsBoolean()) {
            if (queue.nextTimeNanos() > until || !queue.runNext()) {
                return false;
            }
        }
        return true;
    }

    private void heal() {
        isHarsh = false;
        note("heals");
        network.setOptions(NetworkOptions.PERFECT);
        network.healAll();
        for (MetadataNode node : nodes) {
            node.resume();
            if (!node.isUp()) {
                node.start();
            }
        }
    }

    // ---- what is tried

    private void planProposal(long end) {
        queue.after(faultRandom.scaled(1_000_000, 300_000_000), () -> {
            if (queue.nowNanos() < end) {
                for (int i = faultRandom.between(1, 5); i > 0; i--) {
                    propose(faultRandom.pick(nodes));
                }
                planProposal(end);
            }
        });
    }

    private void propose(MetadataNode node) {
        long ticket = ++lastTicket;
        node.propose(ticket, MetadataCodec.encode(new MetadataCommand.OpenSession(seed ^ ticket)));
    }

    /** A brick puts a command into the log on its own account. */
    void propose(MetadataNode node, MetadataCommand command) {
        node.propose(++lastTicket, MetadataCodec.encode(command));
    }

    /** A view was opened somewhere, or time has passed: nobody may serve what is no longer its own. */
    void checkServing() {
        nodes.forEach(MetadataNode::checkServing);
    }

    private void planFault(long end) {
        queue.after(faultRandom.scaled(5_000_000, 2_000_000_000), () -> {
            if (queue.nowNanos() < end) {
                fault();
                planFault(end);
            }
        });
    }

    private void fault() {
        faults++;
        MetadataNode node = faultRandom.pick(nodes);
        MetadataNode other = faultRandom.pick(nodes);
        switch (faultRandom.nextInt(9)) {
            case 0, 1 -> {
                if (node.isUp()) {
                    node.crash(faultRandom.nextBoolean(), "between turns");
                }
            }
            case 2 -> node.pause(faultRandom.scaled(10_000_000, 4 * SECOND));
            case 3 -> cut(node, other, false);
            case 4 -> cut(node, other, true);
            case 5 -> nodes.forEach(peer -> cut(node, peer, true));
            case 6 -> network.breakLinks(node.number());
            case 7 -> node.tell(new PaxosInput.Renew());
            default -> {
                if (changesMembers) {
                    changeMembers();
                }
            }
        }
    }

    private void cut(MetadataNode one, MetadataNode other, boolean bothWays) {
        if (one.number() == other.number()) {
            return;
        }
        long nanos = faultRandom.scaled(20_000_000, 5 * SECOND);
        network.cut(one.number(), other.number());
        if (bothWays) {
            network.cut(other.number(), one.number());
        }
        queue.after(nanos, () -> {
            network.heal(one.number(), other.number());
            network.heal(other.number(), one.number());
        });
    }

    private void changeMembers() {
        for (MetadataNode node : nodes) {
            PaxosNode machine = node.machine();
            Membership members = machine == null ? null : machine.members();
            if (machine != null && members != null && machine.isEstablishedLeader()) {
                PaxosMember changed = faultRandom.pick(nodes).member();
                if (!members.contains(changed)) {
                    node.tell(new PaxosInput.ChangeMembers(members.with(changed)));
                } else if (members.members().size() > 1) {
                    node.tell(new PaxosInput.ChangeMembers(members.without(changed)));
                }
            }
        }
    }

    private static boolean leads(MetadataNode node) {
        PaxosNode machine = node.machine();
        return machine != null && machine.isEstablishedLeader();
    }

    boolean drawCrash() {
        return isHarsh && faultRandom.chance(crashPerMillion);
    }

    boolean drawPause() {
        return isHarsh && faultRandom.chance(pausePerMillion);
    }

    // ---- what happens

    void onElected(Ballot ballot) {
        elections++;
        trace.mixText(ballot.toString());
        Check.invariant(ballots.put(ballot, elections) == null, "ballot %s is led twice", ballot);
    }

    void onDeposed() {
        trace.mix(3_000, elections);
    }

    void onMembersChanged() {
        memberChanges++;
    }

    void onCrash(MetadataNode node) {
        crashes++;
        queue.after(isHarsh ? faultRandom.scaled(1_000_000, 3 * SECOND) : 1_000_000, () -> {
            if (!node.isUp()) {
                node.start();
            }
        });
    }

    boolean isResting() {
        return isResting;
    }

    MetadataNode node(BrickId brick) {
        for (MetadataNode node : nodes) {
            if (node.brick().equals(brick)) {
                return node;
            }
        }
        throw new Check.InvariantBroken("there is no " + brick);
    }

    void send(int from, BrickId to, Message message) {
        line(() -> nodes.get(from).brick() + " -> " + to + " " + message);
        network.send(from, node(to).number(), message);
    }

    void note(String text) {
        trace.mixText(text);
        line(() -> "!! " + text);
    }

    void line(Supplier<String> text) {
        if (keptLines > 0) {
            trace.line(text);
        }
    }

    /** A failure with all that is needed to see it again. */
    public String describe(Throwable failure) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%nSIM FAILURE  %s%nscenario metadata/swarm   seed 0x%016x   step %d   t=%.3fs   trace %08x%nreplay: "
                        + "mvn -o -q -pl sim -am test -Dtest=MetadataSimTest -Dsim.base=0x%x -Dsim.seeds=1 -Dsim.lines=300"
                        + " -Dsurefire.failIfNoSpecifiedTests=false",
                failure.getMessage() == null ? failure.toString() : failure.getMessage(),
                seed,
                queue.executed(),
                queue.nowNanos() / 1e9,
                trace.hash(),
                seed));
        trace.lines().forEach(line -> text.append('\n').append(line));
        return text.toString();
    }

    SimNetwork network() {
        return network;
    }

    EventQueue queue() {
        return queue;
    }

    CommandHistory history() {
        return history;
    }

    MetadataNode node(int number) {
        return nodes.get(number);
    }
}
