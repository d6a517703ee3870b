/**
 * What a brick is told before it starts, and how it is refused: settings, addresses, the file with the cluster's
 * secret. Knows nothing of bricks that run.
 */
@NullMarked
package io.brickwork.bricks.settings;

import org.jspecify.annotations.NullMarked;
