/**
 * Brick and client processes and what is done to them: started, killed, stopped; a small disk. They end with this
 * process, however it ends.
 */
@NullMarked
package io.brickwork.torture.process;

import org.jspecify.annotations.NullMarked;
