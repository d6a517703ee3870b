package io.brickwork.sim.traps;

import io.brickwork.core.defence.Defence;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A schedule that breaks systems which lack a rule: see {@code docs/traps.md}. The method takes a {@link Stage}; it is
 * run once as it is, and must pass, and once more for each of the rules without it, and must then fail, by what it
 * asserts or by what the simulator notices.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(TrapExtension.class)
@interface Trap {
    /** The traps that it is, by number. */
    int[] value();

    /** The rules that answer it, as far as they can be left out. */
    Defence[] without() default {};
}
