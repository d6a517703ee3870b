/**
 * Turns requests of clients into entries: admits, evaluates, remembers what was done, and answers what is committed.
 */
@NullMarked
package io.brickwork.core.partition.execute;

import org.jspecify.annotations.NullMarked;
