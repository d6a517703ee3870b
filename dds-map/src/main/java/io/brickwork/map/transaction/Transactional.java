package io.brickwork.map.transaction;

import io.brickwork.core.invoke.Invoker;

/**
 * A structure as callers see it, which {@link Transaction#on} can show as a transaction sees it.
 *
 * @param <S> itself
 */
public interface Transactional<S> {
    /** The same structure, with the same settings, whose operations go through another invoker. */
    S over(Invoker invoker);
}
