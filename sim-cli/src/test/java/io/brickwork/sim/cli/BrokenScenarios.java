package io.brickwork.sim.cli;

import io.brickwork.check.Call;
import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.structure.Changes;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.PartitionMap;
import io.brickwork.core.structure.Records;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureSpec;
import io.brickwork.core.structure.StructureType;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.scenario.RunOptions;
import io.brickwork.sim.scenario.Scenario;
import io.brickwork.sim.scenario.Scenarios;
import io.brickwork.sim.workload.CallCodec;
import io.brickwork.sim.workload.RegisterType;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Scenarios that fail, each in its own way: on a register map that does what it must not. */
final class BrokenScenarios {
    /** Forgets some of the texts that are set, and says that it has them. */
    static final Scenario SAFETY = scenario("broken/safety", new Forgetful(Call.Kind.SET));
    /** Refuses all reads for ever. */
    static final Scenario LIVENESS = scenario("broken/liveness", new Refusing());
    /** Throws where no machine may. */
    static final Scenario CRASH = scenario("broken/crash", new Throwing());
    /** Draws something else each time. */
    static final Scenario FICKLE = fickle();

    private BrokenScenarios() {}

    static List<Scenario> all() {
        return Stream.concat(Scenarios.all().stream(), Stream.of(SAFETY, LIVENESS, CRASH, FICKLE))
                .toList();
    }

    private static Scenario scenario(String name, Register register) {
        return new Scenario(
                name, "fails on purpose", RunOptions::draw, register, new StructureTypes(List.of(register)), false);
    }

    private static Scenario fickle() {
        AtomicLong times = new AtomicLong();
        return new Scenario(
                "broken/fickle",
                "fails on purpose",
                random -> RunOptions.draw(new SimRandom(times.incrementAndGet())),
                RegisterType.TYPE,
                new StructureTypes(List.of(RegisterType.TYPE)),
                false);
    }

    /** The register map, for others to spoil. */
    private abstract static class Register implements StructureType, CallCodec {
        @Override
        public String name() {
            return RegisterType.TYPE.name();
        }

        @Override
        public StructureSpec spec(int partitions, int replicas, Durability durability) {
            return RegisterType.TYPE.spec(partitions, replicas, durability);
        }

        @Override
        public PartitionMap initialPartitions(StructureSpec spec) {
            return RegisterType.TYPE.initialPartitions(spec);
        }

        @Override
        public boolean supports(Call.Kind kind) {
            return RegisterType.TYPE.supports(kind);
        }

        @Override
        public Operation<Optional<String>> operation(StructureInfo structure, Call call) {
            return RegisterType.TYPE.operation(structure, call);
        }

        @Override
        public boolean isRead(Bytes body) {
            return RegisterType.TYPE.isRead(body);
        }

        @Override
        public Bytes evaluate(Bytes body, Records records, Changes changes) {
            return RegisterType.TYPE.evaluate(body, records, changes);
        }

        @Override
        public Bytes recordKey(StructureInfo structure, String key) {
            return RegisterType.TYPE.recordKey(structure, key);
        }

        @Override
        public String key(Bytes recordKey) {
            return RegisterType.TYPE.key(recordKey);
        }

        @Override
        public String value(Bytes value) {
            return RegisterType.TYPE.value(value);
        }
    }

    private static final class Forgetful extends Register {
        private final Call.Kind kind;

        Forgetful(Call.Kind kind) {
            this.kind = kind;
        }

        @Override
        public Bytes evaluate(Bytes body, Records records, Changes changes) {
            return body.at(0) == kind.ordinal() && body.at(body.length() - 2) % 4 == 0
                    ? new ByteWriter(1).bool(false).toBytes()
                    : super.evaluate(body, records, changes);
        }
    }

    private static final class Refusing extends Register {
        @Override
        public Bytes evaluate(Bytes body, Records records, Changes changes) {
            if (isRead(body)) {
                throw new IllegalStateException("reads are refused");
            }
            return super.evaluate(body, records, changes);
        }
    }

    private static final class Throwing extends Register {
        @Override
        public Operation<Optional<String>> operation(StructureInfo structure, Call call) {
            if (call.kind() == Call.Kind.REMOVE) {
                throw new IllegalStateException("no removal of " + call.key());
            }
            return super.operation(structure, call);
        }
    }
}
