package io.brickwork.map;

import io.brickwork.core.Bytes;

/**
 * Where a kind of map puts its keys: how a record key is made of an encoded key, which decides the order of records and
 * which partition has them. On disk, so never changed. Stateless.
 */
public interface KeyPlacement {
    /** What such a map is called in messages, such as {@code "hash table"}. */
    String noun();

    Bytes recordKey(Bytes key);

    /** The key that a record key was made of. */
    Bytes key(Bytes recordKey);
}
