/**
 * A run from beginning to end: bricks, clients and faults together, then everything heals, every key is read at every
 * brick, and the history is judged.
 */
@NullMarked
package io.brickwork.torture.run;

import org.jspecify.annotations.NullMarked;
