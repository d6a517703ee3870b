/**
 * Decides how replicas agree, as machines that take inputs and give effects. Refuses to know threads, clocks, sockets
 * and disks: whoever runs a machine brings those.
 */
@NullMarked
package io.brickwork.core;

import org.jspecify.annotations.NullMarked;
