/**
 * The {@code dds} command: what people type, and what they read. One clear line for each failure; the exit code is 0 if it was done, 1 if not, 2 if it was asked wrongly.
 */
@NullMarked
package io.brickwork.bricks.cli;

import org.jspecify.annotations.NullMarked;
