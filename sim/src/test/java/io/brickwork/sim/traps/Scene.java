package io.brickwork.sim.traps;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.check.Observation;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.group.Group;
import io.brickwork.core.message.Message;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.table.Snapshot;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.workload.Caller;
import io.brickwork.sim.workload.RegisterType;
import io.brickwork.sim.workload.WorkloadOptions;
import io.brickwork.sim.world.SimBrick;
import io.brickwork.sim.world.SimClient;
import io.brickwork.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A run whose every step a test decides: bricks, two callers, and what befalls them. The callers' calls go into the
 * history that all checkers look at in the end.
 */
final class Scene {
    static final long MS = 1_000_000;
    static final long SECOND = 1_000 * MS;
    private static final long TIMEOUT = 10 * SECOND;

    final SimRun run;
    final World world;
    /** Partition 0 of the structure: the only one, unless the stage has more. */
    final PartitionId partition;

    Scene(SimRun run) {
        this.run = run;
        world = run.world();
        run.guarded(() -> {
            run.begin();
            return null;
        });
        pass(200 * MS);
        partition = new PartitionId(run.structure().id(), 0);
    }

    /** A call that has begun. */
    record Begun(AtomicReference<@Nullable Outcome> outcome, int number) {
        boolean isEnded() {
            return outcome.get() != null;
        }
    }

    // ---- who there is

    Caller caller(int number) {
        return run.callers().get(number - 1);
    }

    /** What the caller runs in. */
    SimClient client(int number) {
        return world.clients().stream()
                .filter(client -> client.name().equals("c" + number))
                .findFirst()
                .orElseThrow();
    }

    /** Of how many sessions something is remembered in the table of each brick. */
    List<Integer> rememberedSessions() {
        return world.bricks().stream()
                .map(brick -> {
                    try (Snapshot snapshot = brick.disk().look()) {
                        return snapshot.sessions(partition).size();
                    }
                })
                .toList();
    }

    /** A new caller that reads at this brick. */
    Caller readerAt(SimBrick brick) {
        return callerOf(
                world.addClient("at-" + brick.name() + "-" + world.clients().size(), brick.id()));
    }

    /** A new caller that reaches no other brick. */
    Caller onlyAt(SimBrick brick) {
        SimClient client = world.addClient("only-at-" + brick.name(), brick.id());
        Caller caller = callerOf(client);
        // It has heard of the members and has a session, though it never wrote to the partition.
        client.submit(
                Catalog.create(run.structure().name(), run.structure().spec()),
                ReadMode.LINEARIZABLE,
                TIMEOUT,
                created -> assertThat(created).isInstanceOf(Outcome.Done.class));
        pass(200 * MS);
        keepFromOthers(client, brick);
        return caller;
    }

    private Caller callerOf(SimClient client) {
        return new Caller(
                world,
                client,
                RegisterType.TYPE,
                run.structure(),
                run.history(),
                new WorkloadOptions(1, 1, 1, 1, 0, TIMEOUT, 0, 0));
    }

    SimBrick brick(int index) {
        return world.brick(index);
    }

    SimBrick brick(BrickId id) {
        return world.bricks().stream()
                .filter(brick -> brick.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    Group group() {
        return group(partition);
    }

    Group group(PartitionId of) {
        Group group = metadata().group(of);
        assertThat(group).isNotNull();
        return group;
    }

    MetadataState metadata() {
        MetadataState metadata = world.metadata();
        assertThat(metadata).isNotNull();
        return metadata;
    }

    SimBrick primary() {
        return brick(group().newest().primary());
    }

    /** The members but the primary, in order. */
    List<SimBrick> backups() {
        return group().newest().members().stream()
                .map(member -> brick(member.brick()))
                .filter(brick -> brick != primary())
                .toList();
    }

    SimBrick leader() {
        return world.bricks().stream().filter(SimBrick::isLeader).findFirst().orElseThrow();
    }

    /** A key of the partition. */
    String keyIn(PartitionId of) {
        PartitionMap map = world.types()
                .get(run.structure().spec().type())
                .initialPartitions(run.structure().spec());
        for (int i = 0; ; i++) {
            String key = Caller.WRITTEN + i;
            Bytes routing = RegisterType.TYPE
                    .operation(run.structure(), Call.of(Call.Kind.GET, key))
                    .routingKey();
            if (map.locate(routing) == of.number()) {
                return key;
            }
        }
    }

    /** A group with two members that have no part in the metadata log: without them it still decides. */
    Group groupWithTwoOutsiders() {
        return metadata().groups().stream()
                .filter(group ->
                        group.partition().structure() == run.structure().id())
                .filter(group -> outsiders(group).size() == 2)
                .findFirst()
                .orElseThrow();
    }

    /** Members of the group that have no part in the metadata log. */
    List<SimBrick> outsiders(Group group) {
        return group.newest().members().stream()
                .map(member -> brick(member.brick()))
                .filter(brick -> !brick.isVoter())
                .toList();
    }

    // ---- calls

    Begun begin(Caller caller, Call call) {
        int number = run.history().size();
        AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
        caller.call(call, TIMEOUT, outcome::set);
        return new Begun(outcome, number);
    }

    Begun beginSet(String key, String value) {
        return begin(caller(1), Call.of(Call.Kind.SET, key, value));
    }

    Observation await(Begun call) {
        assertThat(world.runUntil(call::isEnded, TIMEOUT + 2 * SECOND))
                .as("call %s ends", run.history().get(call.number))
                .isTrue();
        return run.history().get(call.number);
    }

    Observation observe(Caller caller, Call call) {
        return await(begin(caller, call));
    }

    void awaitDone(Begun call) {
        Observation seen = await(call);
        assertThat(seen.isDone()).as("%s", seen).isTrue();
    }

    void set(String key, String value) {
        awaitDone(beginSet(key, value));
    }

    @Nullable
    String get(Caller caller, String key) {
        Observation read = observe(caller, Call.of(Call.Kind.GET, key));
        assertThat(read.isDone()).as("%s", read).isTrue();
        return read.result();
    }

    /** The value, or nothing if the read did not succeed: for readers that may be refused and must not be lied to. */
    Observation tryGet(Caller caller, String key) {
        return observe(caller, Call.of(Call.Kind.GET, key));
    }

    // ---- what happens

    void pass(long nanos) {
        world.run(nanos);
    }

    /** Between bricks only, in both directions. */
    void cut(SimBrick one, SimBrick other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Nothing of the first reaches the second. */
    void cutOneWay(SimBrick from, SimBrick to) {
        world.network().cut(from.node(), to.node());
    }

    /** From all other bricks; clients still reach it. */
    void isolate(SimBrick brick) {
        world.bricks().stream().filter(other -> other != brick).forEach(other -> cut(brick, other));
    }

    /** From all bricks but the one. */
    void keepFromOthers(SimClient client, SimBrick but) {
        world.bricks().stream()
                .filter(brick -> brick != but)
                .forEach(brick -> world.network().cut(client.node(), brick.node()));
    }

    void heal() {
        world.network().clearFilter();
        world.network().healAll();
    }

    /** A message that did not arrive when it was sent. */
    record Held(int from, int to, Message message) {}

    /** Holds back what is chosen, from here until {@link #heal} or the next call. */
    List<Held> hold(Predicate<Held> isChosen) {
        List<Held> held = new ArrayList<>();
        world.network().setFilter((from, to, message) -> {
            Held one = new Held(from, to, message);
            boolean isHeld = isChosen.test(one);
            if (isHeld) {
                held.add(one);
            }
            return !isHeld;
        });
        return held;
    }

    /** Lets what was held back arrive at last. */
    void release(List<Held> held) {
        world.network().clearFilter();
        held.forEach(one -> world.network().send(one.from, one.to, one.message));
    }

    /** Heals everything, and lets every checker look at it. */
    void finish() {
        heal();
        run.guarded(run::finish);
    }
}
