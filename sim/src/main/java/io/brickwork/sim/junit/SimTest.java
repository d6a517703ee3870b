package io.brickwork.sim.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A test of a service that runs in a simulated world, once for each of many seeds. The method has a parameter of type
 * {@link io.brickwork.sim.cluster.SimCluster}.
 *
 * <p>Each seed is an invocation with a world of its own. The method, and those before and after each test, run on a
 * thread of the simulation, so they may block on the cluster's {@code Dds}. When they begin, the cluster serves.
 *
 * <p>The first seed that fails is the last. It runs once more, recorded, as an invocation of its own; that one fails,
 * and leaves a folder with a page that shows the run. The failure names the folder, tells in words what happened, and
 * says how to run the seed again: {@code -Dsim.seed=0x… -Dsim.trace=0x…}. The plain run before it counts as skipped. A
 * replay whose trace is not the one given says where it differs.
 *
 * <p>{@code -Dsim.seeds=N} and {@code -Dsim.base=0x…} override {@link #seeds} and {@link #baseSeed} for a longer hunt.
 * Folders go below {@code target/sim-failures}, or {@code -Dsim.out=DIR}; {@code -Dsim.lines=N} keeps so many of the
 * last lines of the trace there.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@Execution(ExecutionMode.SAME_THREAD) // which run comes next is decided by what the last one came to
@ExtendWith(SimTestExtension.class)
public @interface SimTest {
    /** How many seeds run; at least 1. */
    int seeds() default 100;

    /** The first seed; the others follow it. */
    long baseSeed() default 0x5eed0000L;

    /** How many bricks there are, 1 to 16. */
    int bricks() default 3;

    /**
     * Whether every seed runs twice and must give the same run: finds code that looks at a real clock, draws its own
     * luck, or depends on hash order.
     */
    boolean twice() default false;

    /**
     * How many seconds of real time a thread may go without a word to the simulation before the seed fails; 0 for ever.
     */
    int hangsAfterSeconds() default 20;

    /** How many minutes of virtual time the test may take before the seed fails; a day if not given. */
    int endsAfterMinutes() default 24 * 60;
}
