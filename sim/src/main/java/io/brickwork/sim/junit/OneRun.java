package io.brickwork.sim.junit;

import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.Simulation;
import io.brickwork.sim.world.SimFailure;
import java.lang.reflect.Method;
import java.util.List;
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

/**
 * One run of one seed of a test: everything that belongs to the test runs on threads of the simulation.
 * {@link SeedsOfTest} is told what it has come to, and says what JUnit is told.
 */
final class OneRun
        implements TestTemplateInvocationContext,
                BeforeEachCallback,
                AfterEachCallback,
                ParameterResolver,
                InvocationInterceptor {
    private final SeedsOfTest seeds;
    private final TestRuns runs;
    private final long seed;
    private final SeedsOfTest.Step step;
    private @Nullable Simulation simulation;
    private boolean isTold;

    OneRun(SeedsOfTest seeds, TestRuns runs, long seed, SeedsOfTest.Step step) {
        this.seeds = seeds;
        this.runs = runs;
        this.seed = seed;
        this.step = step;
    }

    @Override
    public String getDisplayName(int index) {
        return step.displayName(seed);
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
        return List.of(this);
    }

    private Simulation simulation() {
        Simulation begun = simulation;
        if (begun == null) {
            begun = runs.begin(seed, step.isRecorded());
            simulation = begun;
        }
        return begun;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        seeds.onBegin();
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
        Simulation running = simulation();
        try {
            running.run(cluster -> invocation.proceed());
        } catch (SimFailure failure) {
            tell(running, failure);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try (Simulation ending = simulation()) {
            if (context.getExecutionException().isEmpty()) {
                finish(ending);
            } else if (!isTold) {
                seeds.onFailedElsewhere();
            }
        }
    }

    private void finish(Simulation ending) {
        SimFailure failed = null;
        try {
            ending.finish();
        } catch (SimFailure failure) {
            failed = failure;
        }
        tell(ending, failed);
    }

    private void tell(Simulation ended, @Nullable SimFailure failure) {
        isTold = true;
        seeds.onEnd(step, ended, failure);
    }
}
