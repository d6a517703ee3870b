package io.brickwork.sim.check;

import io.brickwork.core.Version;
import java.util.TreeMap;

/**
 * What one replica holds of one partition when everything has come to rest.
 *
 * @param name which brick
 * @param partition which partition of which structure
 * @param applied the version up to which it is applied
 * @param records its records by key
 */
public record Replica(String name, String partition, Version applied, TreeMap<String, Held> records) {
    /** A record as a replica holds it. */
    public record Held(Version version, String value) {}
}
