/**
 * Decides what a hash table's operations mean and which partition a key belongs to. Refuses to know how an operation
 * reaches its replicas.
 */
@NullMarked
package io.brickwork.hashtable;

import org.jspecify.annotations.NullMarked;
