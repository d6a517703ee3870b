/**
 * Bricks as processes on this machine, for the demo, the benchmark and tests: starts, kills and stops them. Knows
 * nothing of what is in them.
 */
@NullMarked
package io.brickwork.cli.local;

import org.jspecify.annotations.NullMarked;
