/**
 * What clients saw, as lines of text in files that outlive the processes which write them. Knows nothing of what is
 * right.
 */
@NullMarked
package io.brickwork.torture.history;

import org.jspecify.annotations.NullMarked;
