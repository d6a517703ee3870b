package io.brickwork.core.structure;

import io.brickwork.core.Check;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The structure types that a node knows, by name. Always knows the {@link Catalog}. Immutable. */
public final class StructureTypes {
    private final TreeMap<String, StructureType> byName = new TreeMap<>();

    public StructureTypes(List<StructureType> types) {
        byName.put(Catalog.TYPE.name(), Catalog.TYPE);
        for (StructureType type : types) {
            StructureType other = byName.put(type.name(), type);
            Check.argument(other == null, "two structure types are called '%s'", type.name());
        }
    }

    public @Nullable StructureType find(String name) {
        return byName.get(name);
    }

    /** @throws IllegalArgumentException if this node does not know the type */
    public StructureType get(String name) {
        StructureType type = byName.get(name);
        if (type == null) {
            throw new IllegalArgumentException(
                    "structure type '" + name + "' is not known here; known are " + byName.keySet());
        }
        return type;
    }
}
