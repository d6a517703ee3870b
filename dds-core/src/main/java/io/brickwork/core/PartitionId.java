package io.brickwork.core;

/**
 * A partition: number {@code number} of structure {@code structure}. Neither is ever used again for another.
 *
 * @param structure the structure's id; 0 is the catalog
 * @param number counted from 0 within the structure
 */
public record PartitionId(int structure, int number) implements Comparable<PartitionId> {
    public PartitionId {
        Check.argument(structure >= 0 && number >= 0, "partition %d/%d has a negative part", structure, number);
    }

    @Override
    public int compareTo(PartitionId other) {
        return structure != other.structure
                ? Integer.compare(structure, other.structure)
                : Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return structure + "/" + number;
    }
}
