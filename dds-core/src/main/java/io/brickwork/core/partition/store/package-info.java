/**
 * What a replica has stored: its entries, how durable and how far committed they are, which keys it has, and what
 * transactions have locked.
 */
@NullMarked
package io.brickwork.core.partition.store;

import org.jspecify.annotations.NullMarked;
