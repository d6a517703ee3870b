/**
 * What a brick counts, for whoever watches it. Knows Micrometer only where the program has it, and nothing of what is
 * counted.
 */
@NullMarked
package io.brickwork.bricks.meter;

import org.jspecify.annotations.NullMarked;
