/**
 * Whether a recorded history keeps every promise, by the simulator's checkers, and the figures of a run. Reads no
 * clock: the same history gives the same judgement.
 */
@NullMarked
package io.brickwork.torture.judge;

import org.jspecify.annotations.NullMarked;
