/**
 * Calls from any thread to a client's machine and back: queues, waiting, wake-ups, timers. Decides nothing about
 * outcomes.
 */
@NullMarked
package io.brickwork.client.call;

import org.jspecify.annotations.NullMarked;
