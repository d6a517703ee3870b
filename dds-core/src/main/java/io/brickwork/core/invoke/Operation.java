package io.brickwork.core.invoke;

import io.brickwork.core.Bytes;
import io.brickwork.core.structure.StructureInfo;
import java.util.function.Function;

/**
 * One typed operation on one structure, ready to be sent.
 *
 * @param <R> what the caller gets
 * @param structure the structure it is for
 * @param routingKey a record key, or the beginning of one, that lies in the partition it is for
 * @param read whether it is a pure read: may be asked of any replica, is never recorded, may be repeated at will
 * @param body the operation as the structure's type understands it
 * @param decoder turns the encoded result into the caller's value; called once, on the caller's thread or executor
 * @param name what it is called in messages, such as {@code "put"}
 */
public record Operation<R>(
        StructureInfo structure, Bytes routingKey, boolean read, Bytes body, Function<Bytes, R> decoder, String name) {}
