package io.brickwork.core.transaction;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.StructureInfo;
import java.util.List;

/**
 * A whole transaction, ready to be sent: if everything that it compares is so, everything that it writes is done, at
 * one moment; else nothing is. Over any structures.
 *
 * <p>Source: Sinfonia (Aguilera et al. 2007 §3.2).
 *
 * @param tookNanos how long its caller took to make it, reads included: another try will take about as long, and is
 *     waited for accordingly
 */
public record Minitransaction(List<Item> items, long tookNanos) {
    public Minitransaction {
        items = List.copyOf(items);
        Check.argument(tookNanos >= 0, "took %d ns", tookNanos);
    }

    /** One that was made without reading anything. */
    public Minitransaction(List<Item> items) {
        this(items, 0);
    }

    /** Whether it changes nothing. */
    public boolean isReadOnly() {
        return items.stream().noneMatch(Write.class::isInstance);
    }

    /** What it wants of one structure. */
    public sealed interface Item {
        StructureInfo structure();

        /** A record key that it is about. */
        Bytes key();
    }

    /** Something that must be so. */
    public record Expect(StructureInfo structure, Compare compare) implements Item {
        @Override
        public Bytes key() {
            return compare.key();
        }
    }

    /** Something to be done; at most one for each key. */
    public record Write(StructureInfo structure, Effect effect) implements Item {
        @Override
        public Bytes key() {
            return effect.recordKey();
        }
    }
}
