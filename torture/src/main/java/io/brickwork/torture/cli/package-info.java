/** The command. Decides nothing but what was asked for. */
@NullMarked
package io.brickwork.torture.cli;

import org.jspecify.annotations.NullMarked;
