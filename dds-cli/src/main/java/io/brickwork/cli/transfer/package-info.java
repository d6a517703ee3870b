/**
 * A load of transactions whose every state adds up to the same: for whoever does harm to bricks meanwhile. Knows
 * nothing of that harm.
 */
@NullMarked
package io.brickwork.cli.transfer;

import org.jspecify.annotations.NullMarked;
