package io.brickwork.core.partition.replicate;

import io.brickwork.core.Version;
import io.brickwork.core.entry.Entry;

/** Makes the entry of a version. */
@FunctionalInterface
public interface EntryMaker {
    Entry make(Version version);
}
