package io.brickwork.sim.junit;

import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.Simulation;
import io.brickwork.sim.cluster.SimulationOptions;
import io.brickwork.sim.world.SimFailure;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.opentest4j.TestAbortedException;

/** What the seeds of one test method have in common: whether one has failed, and what the first runs of each gave. */
final class SeedsOfTest {
    private final Method method;
    private final SimulationOptions options;
    private final Map<Long, Simulation.Report> first = new ConcurrentHashMap<>();
    private volatile boolean hasFailed;

    SeedsOfTest(Method method, SimulationOptions options) {
        this.method = method;
        this.options = options;
    }

    boolean hasFailed() {
        return hasFailed;
    }

    /**
     * One run of a seed.
     *
     * @param run the second must be as the first
     */
    TestTemplateInvocationContext invocation(long seed, int run) {
        return new TestTemplateInvocationContext() {
            @Override
            public String getDisplayName(int index) {
                return String.format(Locale.ROOT, "seed 0x%016x%s", seed, run == 1 ? "" : ", again");
            }

            @Override
            public List<Extension> getAdditionalExtensions() {
                return List.of(new OneSeed(seed, run));
            }
        };
    }

    private String name() {
        return method.getDeclaringClass().getSimpleName() + "#" + method.getName();
    }

    /** With the name by which Surefire and Gradle find a class: nested ones are {@code Outer$Inner}. */
    private String replay(long seed) {
        String type = method.getDeclaringClass().getName();
        return String.format(
                Locale.ROOT,
                "mvn test '-Dtest=%s#%s' -Dsim.seed=0x%016x -Dsurefire.failIfNoSpecifiedTests=false",
                type.substring(type.lastIndexOf('.') + 1),
                method.getName(),
                seed);
    }

    /** Runs everything that belongs to the test on threads of the simulation. */
    private final class OneSeed
            implements BeforeEachCallback, AfterEachCallback, ParameterResolver, InvocationInterceptor {
        private final long seed;
        private final int run;
        private @Nullable Simulation simulation;

        OneSeed(long seed, int run) {
            this.seed = seed;
            this.run = run;
        }

        private Simulation simulation() {
            Simulation begun = simulation;
            if (begun == null) {
                begun = new Simulation(name(), replay(seed), seed, options);
                simulation = begun;
            }
            return begun;
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            simulation();
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType().equals(SimCluster.class);
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return simulation().cluster();
        }

        @Override
        public void interceptBeforeEachMethod(
                Invocation<Void> invocation, ReflectiveInvocationContext<Method> called, ExtensionContext context) {
            runInSimulation(invocation);
        }

        @Override
        public void interceptTestTemplateMethod(
                Invocation<Void> invocation, ReflectiveInvocationContext<Method> called, ExtensionContext context) {
            runInSimulation(invocation);
        }

        @Override
        public void interceptAfterEachMethod(
                Invocation<Void> invocation, ReflectiveInvocationContext<Method> called, ExtensionContext context)
                throws Throwable {
            if (context.getExecutionException().isPresent()) {
                invocation.skip(); // the world is over, and with it what there was to clean up
            } else {
                runInSimulation(invocation);
            }
        }

        private void runInSimulation(Invocation<Void> invocation) {
            try {
                simulation().run(cluster -> invocation.proceed());
            } catch (SimFailure failure) {
                if (failure.getCause() instanceof TestAbortedException assumption) {
                    throw assumption; // this seed does not suit the test
                }
                hasFailed = true;
                throw failure;
            }
        }

        @Override
        public void afterEach(ExtensionContext context) {
            try (Simulation ending = simulation()) {
                if (context.getExecutionException().isEmpty()) {
                    compare(ending.finish());
                }
            } catch (SimFailure failure) {
                hasFailed = true;
                throw failure;
            }
        }

        private void compare(Simulation.Report report) {
            Simulation.Report before = first.putIfAbsent(seed, report);
            if (run > 1 && !report.equals(before)) {
                throw new SimFailure(
                        SimFailure.Kind.NOT_DETERMINISTIC,
                        "the same seed gave another run: look for real clocks, luck of its own, hash order, or state that outlives a seed%n  first %s%n  then  %s%n  %s"
                                .formatted(before, report, replay(seed)));
            }
        }
    }
}
