/** What is done about rows of the table that cannot be read, and about replicas that differ. */
@NullMarked
package io.brickwork.core.partition.repair;

import org.jspecify.annotations.NullMarked;
