/**
 * The control plane: bricks find each other as a Pekko cluster and watch each other's health. A hint to people and
 * logs; nothing about data hangs on it, and it may fail and start anew while the brick goes on.
 */
@NullMarked
package io.brickwork.bricks.control;

import org.jspecify.annotations.NullMarked;
