/**
 * What the thread of a caller brings along and must not reach what is called: its interruption, its class loader. Knows
 * nothing of what is called.
 */
@NullMarked
package io.brickwork.bricks.caller;

import org.jspecify.annotations.NullMarked;
