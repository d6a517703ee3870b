package io.brickwork.core.structure;

import io.brickwork.core.Check;

/**
 * A structure that exists.
 *
 * @param id never used again for another; 0 is the catalog itself
 * @param name what its creator called it
 */
public record StructureInfo(int id, String name, StructureSpec spec) {
    public StructureInfo {
        Check.argument(id >= 0, "structure id %d is negative", id);
    }
}
