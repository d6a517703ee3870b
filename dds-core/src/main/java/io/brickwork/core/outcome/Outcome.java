package io.brickwork.core.outcome;

import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;

/** How an operation ended, as the client's machine knows it. */
public sealed interface Outcome {
    /**
     * It took effect, once; or it was a read.
     *
     * @param partition which one has answered; versions are compared within it
     */
    record Done(PartitionId partition, Version version, Bytes result) implements Outcome {}

    /** It did not, or nobody can tell: the exception says which ({@link DdsException#certainlyDidNotHappen}). */
    record Failed(DdsException failure) implements Outcome {}
}
