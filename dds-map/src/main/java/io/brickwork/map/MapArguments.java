package io.brickwork.map;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The arguments of an operation on one key of a map, as {@link MapOperations} has encoded them: for whoever shows
 * operations to people.
 *
 * @param values in the order of the method's parameters: for {@code replace(key, old, new)} first the old one
 */
public record MapArguments(Bytes key, List<Bytes> values) {
    public MapArguments {
        values = List.copyOf(values);
    }

    /** The arguments that the body of an operation holds; empty if it is no operation on one key. */
    public static Optional<MapArguments> of(Bytes body) {
        int code = body.isEmpty() ? 0 : body.at(0) & 0xFF;
        if (code < MapCommand.GET.code() || code > MapCommand.REMOVE_IF.code()) {
            return Optional.empty();
        }
        try {
            ByteReader reader = new ByteReader(body);
            reader.u8();
            Bytes key = reader.bytes("key", Limits.KEY_BYTES);
            List<Bytes> values = new ArrayList<>();
            while (reader.remaining() > 0) {
                values.add(reader.bytes("value", Limits.VALUE_BYTES));
            }
            return Optional.of(new MapArguments(key, values));
        } catch (MalformedException notOfOneKey) {
            return Optional.empty();
        }
    }
}
