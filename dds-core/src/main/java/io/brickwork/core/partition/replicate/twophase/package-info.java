/**
 * Two-phase commit across a replica group: the primary sends an entry to every other member, and what all have stored
 * is committed. Source: Gribble 2000 §4.1.
 */
@NullMarked
package io.brickwork.core.partition.replicate.twophase;

import org.jspecify.annotations.NullMarked;
