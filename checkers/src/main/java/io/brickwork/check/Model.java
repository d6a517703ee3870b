package io.brickwork.check;

import org.jspecify.annotations.Nullable;

/**
 * What an object does when one caller after the other uses it. The answers that many callers got at the same time are
 * judged by it (the sequential specification of Herlihy and Wing 1990 §2).
 *
 * <p>A model is pure: it changes nothing, and gives the same for the same.
 *
 * @param <S> what the object remembers: immutable, and equal if no caller can tell the two apart
 * @param <I> what callers ask for
 * @param <O> what they are answered, compared by {@code equals}; null if there is nothing to answer
 */
public interface Model<S, I, O extends @Nullable Object> {
    /** What the object remembers before anybody has used it. */
    S initial();

    /** What the operation does in this state. */
    Step<S, O> apply(S state, I input);

    /**
     * Which part of the object the operation concerns, such as the name of a lock. No operation of one part may have
     * anything to do with another. Each part begins with the initial state and is judged alone, which takes far less
     * time than to judge all of them together.
     */
    default Object part(I input) {
        return "the object";
    }

    /**
     * What an operation does.
     *
     * @param state what the object remembers after it
     * @param answer what its caller is told
     */
    record Step<S, O extends @Nullable Object>(S state, O answer) {}
}
