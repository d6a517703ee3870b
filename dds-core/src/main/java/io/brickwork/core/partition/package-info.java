/**
 * One replica of one partition. {@link io.brickwork.core.partition.Replica} puts its rooms together, one package for
 * each concern, and hands them what comes; no room knows it.
 */
@NullMarked
package io.brickwork.core.partition;

import org.jspecify.annotations.NullMarked;
