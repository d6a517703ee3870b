package io.brickwork.client.spi;

import io.brickwork.btree.TreeType;
import io.brickwork.core.structure.StructureTypes;
import io.brickwork.hashtable.HashTableType;
import java.util.List;

/** The kinds of structures that ship with Brickwork: every client and every brick knows these. */
public final class ShippedStructures {
    public static final StructureTypes TYPES = new StructureTypes(List.of(HashTableType.INSTANCE, TreeType.INSTANCE));

    private ShippedStructures() {}
}
