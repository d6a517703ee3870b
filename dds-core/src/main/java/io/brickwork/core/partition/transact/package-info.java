/**
 * A primary as a participant in transactions: votes, locks that are waited for, outcomes that nobody tells.
 */
@NullMarked
package io.brickwork.core.partition.transact;

import org.jspecify.annotations.NullMarked;
