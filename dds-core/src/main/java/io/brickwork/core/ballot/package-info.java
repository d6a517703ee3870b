/**
 * The vocabulary of the metadata log: ballots, values, who votes, and what is kept on disk of them. Plain values that
 * decide nothing.
 */
@NullMarked
package io.brickwork.core.ballot;

import org.jspecify.annotations.NullMarked;
