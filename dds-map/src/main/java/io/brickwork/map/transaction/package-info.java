/**
 * The caller's side of transactions: a function that reads and writes structures as if they were its own, and what it
 * takes to commit that. Knows nothing of how a transaction is agreed on.
 */
@NullMarked
package io.brickwork.map.transaction;

import org.jspecify.annotations.NullMarked;
