package io.brickwork.core.invoke;

import io.brickwork.core.codec.Codec;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.transaction.Minitransaction;
import org.jspecify.annotations.Nullable;

/**
 * The one thing that a facade knows of everything below it: takes an operation, gives a promise of its outcome.
 *
 * <p>Safe for use from any thread. Implemented over sockets or a brick in the same process by the client library, and
 * over a simulated world by the simulator.
 */
public interface Invoker {
    /**
     * Sends the operation on its way.
     *
     * <p>Above the limit of open calls, {@link Pending#await} waits for room while {@link Pending#stage} fails with
     * {@link io.brickwork.core.DdsException.Overloaded}.
     */
    <R> Pending<R> invoke(Operation<R> operation, CallOptions options);

    /**
     * Sends a whole transaction on its way: it is done at one moment, or not at all.
     *
     * @param age how often the caller has tried before: the more, the fewer go before it
     * @return fails with {@link io.brickwork.core.DdsException.Conflict} if something that it compares is not so, or
     *     others were in its way: then it changed nothing, and may be tried again
     */
    Pending<@Nullable Void> commit(Minitransaction transaction, int age, CallOptions options);

    /**
     * Refuses threads that must not wait. Asked before a write is sent whose outcome will be waited for:
     * {@link Pending#await} refuses them too, but when the write is on its way already.
     *
     * @throws IllegalStateException on such a thread; the message names it
     */
    default void checkMayBlock() {}

    /**
     * Told by which codecs a structure's keys and values are read that somebody has opened: whoever shows operations to
     * people needs them. Does nothing otherwise.
     */
    default void onOpened(StructureInfo structure, Codec<?> keys, Codec<?> values) {}

    /**
     * Whether operations take effect only later, all together or not at all, because they belong to a transaction. Such
     * an invoker is for one thread.
     */
    default boolean isProvisional() {
        return false;
    }

    /**
     * The monotonic clock that timeouts are measured on, in nanoseconds from an arbitrary origin: the machine's, or the
     * world's. For facades whose calls take several operations.
     */
    long nanoTime();
}
