/**
 * One replica of one partition: storing, committing, reading. Knows nothing of threads, sockets or files, with one exception: {@code ReadView} is read by other threads.
 */
@NullMarked
package io.brickwork.core.replica;

import org.jspecify.annotations.NullMarked;
