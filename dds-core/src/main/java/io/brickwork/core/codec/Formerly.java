package io.brickwork.core.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The names that a component of a record, or an enum's constant, had before it was renamed. What was stored under them
 * is read under the new name, and what is written bears the old one, so that it stays readable for everybody.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Formerly {
    /** The oldest first. */
    String[] value();
}
