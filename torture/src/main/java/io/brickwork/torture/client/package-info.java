/**
 * The client process: a random load on two hash tables, each operation written down before it is sent and when it is
 * answered. Knows nothing of faults.
 */
@NullMarked
package io.brickwork.torture.client;

import org.jspecify.annotations.NullMarked;
