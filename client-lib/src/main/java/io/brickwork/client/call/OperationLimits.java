package io.brickwork.client.call;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.structure.Operation;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.core.transaction.Minitransaction;

/** What is refused before anything is sent, on the caller's thread, by every kind of session. */
public final class OperationLimits {
    private OperationLimits() {}

    /**
     * Looks at an operation.
     *
     * @throws DdsException.WrongType if it is for a structure of a type that is not among these
     * @throws DdsException.TooLarge if it has more bytes than any brick takes
     */
    public static void check(StructureTypes types, Operation<?> operation) {
        StructureInfo structure = operation.structure();
        checkType(types, structure);
        checkSize("routing key of '" + operation.name() + "'", operation.routingKey(), Limits.RECORD_KEY_BYTES);
        checkSize("operation '" + operation.name() + "'", operation.body(), Limits.BODY_BYTES);
    }

    /**
     * Looks at a transaction.
     *
     * @throws DdsException.WrongType if a structure of it is of a type that is not among these
     * @throws DdsException.TooLarge if it has more bytes than one may
     */
    public static void check(StructureTypes types, Minitransaction transaction) {
        long bytes = 0;
        for (Minitransaction.Item item : transaction.items()) {
            checkType(types, item.structure());
            checkSize("record key of a transaction", item.key(), Limits.RECORD_KEY_BYTES);
            bytes += item.key().length();
            if (item instanceof Minitransaction.Write write) {
                Bytes value = write.effect().value();
                bytes += value == null ? 0 : value.length();
            }
        }
        if (bytes > Limits.TRANSACTION_BYTES) {
            throw new DdsException.TooLarge("what a transaction writes", bytes, Limits.TRANSACTION_BYTES);
        }
    }

    private static void checkType(StructureTypes types, StructureInfo structure) {
        if (types.find(structure.spec().type()) == null) {
            throw new DdsException.WrongType("'%s' is a %s, which this client does not know"
                    .formatted(structure.name(), structure.spec().type()));
        }
    }

    private static void checkSize(String what, Bytes bytes, int limitBytes) {
        if (bytes.length() > limitBytes) {
            throw new DdsException.TooLarge("the " + what, bytes.length(), limitBytes);
        }
    }
}
