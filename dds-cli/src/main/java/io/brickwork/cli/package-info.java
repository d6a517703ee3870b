/**
 * The {@code dds} command: what people type, and what they read. One clear line for each failure; {@code ExitCodes}
 * says what the exit code means.
 */
@NullMarked
package io.brickwork.cli;

import org.jspecify.annotations.NullMarked;
