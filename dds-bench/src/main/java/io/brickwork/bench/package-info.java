/**
 * Decides what {@code dds bench} measures and against which floors. Refuses to know how a brick works inside: it uses
 * what every program can use, and asks processes what they consumed.
 */
@NullMarked
package io.brickwork.bench;

import org.jspecify.annotations.NullMarked;
