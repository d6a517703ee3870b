package io.brickwork.core.structure;

import io.brickwork.core.Bytes;

/** Takes what an operation changes. All of it takes effect, at every replica, or none. */
public interface Changes {
    void put(Bytes recordKey, Bytes value);

    void delete(Bytes recordKey);
}
