/**
 * An order service: what is in stock lies in a hash table, orders in a tree by the time at which they were placed.
 * Twice: with a bug, and with the transaction that mends it.
 */
@NullMarked
package io.brickwork.examples.orders;

import org.jspecify.annotations.NullMarked;
