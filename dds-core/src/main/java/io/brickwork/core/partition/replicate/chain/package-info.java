/**
 * Chain replication: each member sends an entry to the next, and what the last has stored is committed. Source: van
 * Renesse and Schneider 2004; reads at any member after CRAQ (Terrace and Freedman 2009).
 */
@NullMarked
package io.brickwork.core.partition.replicate.chain;

import org.jspecify.annotations.NullMarked;
