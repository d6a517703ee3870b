package io.brickwork.core.entry;

import io.brickwork.core.Bytes;
import io.brickwork.core.Version;

/** A committed record as the table holds it. */
public record TableRecord(Version version, Bytes value) {}
