package io.brickwork.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.Call;
import io.brickwork.check.Observation;
import io.brickwork.core.BrickId;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.outcome.Outcome;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.scenario.RunOptions;
import io.brickwork.sim.scenario.SimRun;
import io.brickwork.sim.workload.RegisterType;
import io.brickwork.sim.workload.WorkloadOptions;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A group that has lost every intact member of its base stands still until an operator gives up what is lost; then it
 * goes on with what one survivor holds.
 */
class LineageScenariosTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final WorkloadOptions ONE_CALLER = new WorkloadOptions(1, 1, 1, 1, 0, 10 * SECOND, 0, 0);
    private static final PartitionId P = new PartitionId(1, 1);

    private final SimRun run = new SimRun(
            "lineage",
            1,
            new RunOptions(
                    WorldOptions.CALM.withBricks(5).withKeptLines(20_000),
                    ONE_CALLER,
                    FaultOptions.NONE,
                    2,
                    3,
                    Durability.SYNC),
            RegisterType.TYPE,
            new StructureTypes(List.of(RegisterType.TYPE)));

    private Observation observe(Call call, long timeoutNanos) {
        int number = run.history().size();
        AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
        run.callers().getFirst().call(call, timeoutNanos, outcome::set);
        assertThat(run.world().runUntil(() -> outcome.get() != null, timeoutNanos + 2 * SECOND))
                .isTrue();
        return run.history().get(number);
    }

    private void set(String value) {
        Observation write = observe(Call.of(Call.Kind.SET, key(), value), 20 * SECOND);
        assertThat(write.isDone()).as("%s", write).isTrue();
    }

    private @Nullable String get() {
        Observation read = observe(Call.of(Call.Kind.GET, key()), 20 * SECOND);
        assertThat(read.isDone()).as("%s", read).isTrue();
        return read.result();
    }

    private SimBrick brick(int number) {
        return run.world().brick(number);
    }

    /** What some brick that is up has learned. */
    private MetadataState metadata() {
        return run.world().bricks().stream()
                .map(SimBrick::machine)
                .filter(Objects::nonNull)
                .map(machine -> machine.metadata())
                .max(java.util.Comparator.comparingLong(MetadataState::slot))
                .orElseThrow();
    }

    private Group group() {
        return Objects.requireNonNull(metadata().group(P));
    }

    private List<SimBrick> members() {
        return run.world().bricks().stream()
                .filter(each -> group().newest().member(each.id()) != null)
                .toList();
    }

    private boolean servesInATwosome(SimBrick brick) {
        return Objects.requireNonNull(brick.machine()).statuses().stream()
                .anyMatch(status -> status.partition().equals(P)
                        && status.isOpen()
                        && status.view().members().size() == 2);
    }

    private void cut(List<SimBrick> some, List<SimBrick> others) {
        for (SimBrick one : some) {
            for (SimBrick other : others) {
                run.world().network().cut(one.node(), other.node());
                run.world().network().cut(other.node(), one.node());
            }
        }
    }

    private void found(SimBrick founder) {
        BrickId id = founder.id();
        Member member = Objects.requireNonNull(metadata().brick(id)).member();
        founder.instruct(new MetadataCommand.FoundLineage(P, group().newest().epoch(), group().openedEpoch(), member));
    }

    /** A key of the partition. */
    private String key() {
        var map = RegisterType.TYPE.initialPartitions(run.structure().spec());
        for (int number = 0; ; number++) {
            String key = "k" + number;
            Call call = Call.of(Call.Kind.GET, key);
            if (map.locate(RegisterType.TYPE.operation(run.structure(), call).routingKey()) == P.number()) {
                return key;
            }
        }
    }

    @Test
    void theGroupGoesOnWithWhatTheFounderHoldsAndTheOthersTakeItFromThere() {
        run.begin();
        run.world().run(SECOND);
        // The second group lies on one brick that keeps the metadata, and on the two that do not.
        SimBrick voter = brick(0);
        assertThat(members()).containsExactly(voter, brick(3), brick(4));
        set("kept");
        run.world().run(SECOND);

        voter.crash(SimBrick.Crash.KILL);
        List<SimBrick> holders = List.of(brick(3), brick(4));
        assertThat(run.world().runUntil(() -> holders.stream().allMatch(this::servesInATwosome), 60 * SECOND))
                .as("%s", group())
                .isTrue();
        cut(holders, List.of(brick(1), brick(2))); // nobody learns in its place
        set("lost");
        run.world().run(500 * MS); // it is in their tables, where no cut reaches it
        holders.forEach(holder -> holder.crash(SimBrick.Crash.KILL));
        run.world().network().healAll();
        voter.start();
        run.world().run(10 * SECOND);
        assertThat(observe(Call.of(Call.Kind.GET, key()), 2 * SECOND).isDone())
                .as("nobody who is there has all that was acknowledged")
                .isFalse();

        brick(2).crash(SimBrick.Crash.KILL); // so that there are not three without those that held what was given up
        found(voter);
        assertThat(run.world().runUntil(() -> group().newest().lineage() == 1 && group().isOpen(), 20 * SECOND))
                .as("%s", group())
                .isTrue();
        holders.forEach(SimBrick::start);
        assertThat(run.world().runUntil(() -> group().newest().members().size() == 3, 60 * SECOND))
                .as("%s", group())
                .isTrue();
        assertThat(members()).as("some of them held what was given up").containsAnyElementsOf(holders);
        assertThat(get()).isEqualTo("kept");
        set("new");
        assertThat(get()).isEqualTo("new");
        assertThat(String.join("\n", run.world().trace().lines())).contains("CopyBegan");
    }
}
