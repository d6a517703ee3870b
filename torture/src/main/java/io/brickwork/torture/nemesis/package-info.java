/** Which faults strike when, drawn from a seed ahead of the run. Knows names, and no process, socket or clock. */
@NullMarked
package io.brickwork.torture.nemesis;

import org.jspecify.annotations.NullMarked;
