package io.brickwork.core.structure;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.bytes.MalformedException;
import java.util.function.Function;

/**
 * One typed operation on one structure, ready to be sent.
 *
 * @param <R> what the caller gets
 * @param structure the structure it is for
 * @param routingKey a record key, or the beginning of one, that lies in the partition it is for
 * @param read whether it is a pure read: may be asked of any replica, is never recorded, may be repeated at will
 * @param body the operation as the structure's type understands it
 * @param decoder turns the encoded result into the caller's value; called once, on the caller's thread or executor.
 *     What it throws becomes a {@link DdsException} that does not hide that a write was carried out
 * @param name what it is called in messages, such as {@code "put"}
 */
public record Operation<R>(
        StructureInfo structure, Bytes routingKey, boolean read, Bytes body, Function<Bytes, R> decoder, String name) {

    public Operation {
        decoder = new Guarded<>(structure, read, decoder, name);
    }

    /** The same operation, whose result goes through another function as well. */
    public <S> Operation<S> map(Function<? super R, ? extends S> more) {
        Function<Bytes, R> first = decoder;
        return new Operation<>(structure, routingKey, read, body, result -> more.apply(first.apply(result)), name);
    }

    /**
     * Decodes an answer, which there is only if the operation was carried out: a write whose answer cannot be decoded
     * must not look like one that failed.
     *
     * @param decode throws a {@link DdsException} if it knows what its failure means
     */
    private record Guarded<R>(StructureInfo structure, boolean read, Function<Bytes, R> decode, String name)
            implements Function<Bytes, R> {
        @Override
        @SuppressWarnings("CatchingUnchecked") // whatever a decoder throws, the write was done
        public R apply(Bytes result) {
            try {
                return decode.apply(result);
            } catch (DdsException known) {
                throw known;
            } catch (Throwable failure) {
                if (!read) {
                    throw new DdsException.UnreadableAnswer(
                            "'%s' on '%s' was carried out, but its answer cannot be read: %s"
                                    .formatted(name, structure.name(), failure),
                            DdsException.Happened.UNKNOWN,
                            failure,
                            null,
                            null);
                }
                if (failure instanceof MalformedException) {
                    throw new DdsException.Corrupted(
                            "the answer to '%s' on '%s' cannot be read: %s"
                                    .formatted(name, structure.name(), failure.getMessage()),
                            failure);
                }
                throw failure;
            }
        }
    }
}
