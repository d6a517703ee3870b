/**
 * A client's side of the conversation as a machine: routing, retries, exactly-once sessions. Knows nothing of sockets and threads.
 */
@NullMarked
package io.brickwork.core.client;

import org.jspecify.annotations.NullMarked;
