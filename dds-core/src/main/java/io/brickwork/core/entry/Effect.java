package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One deterministic change of one record.
 *
 * @param value the new value, or null if the record is deleted
 */
public record Effect(Bytes recordKey, @Nullable Bytes value) {}
