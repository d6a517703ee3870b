/**
 * What is left of a run that failed: a folder with its history, trace, options and timeline, and the smallest run that
 * fails in the same way. Knows how to look, decides nothing about what is right.
 */
@NullMarked
package io.brickwork.sim.report;

import org.jspecify.annotations.NullMarked;
