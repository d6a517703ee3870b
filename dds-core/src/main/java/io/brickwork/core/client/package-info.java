/**
 * A client's side of the conversation as a machine: routing, retries, exactly-once sessions, transactions. Knows
 * nothing of sockets and threads.
 *
 * <p>{@link io.brickwork.core.client.ClientMachine} takes inputs apart. {@code Call} and its kinds hold what is known
 * of one call; {@code RefusalPolicy}, {@code Reasons}, {@code RetryPauses} and {@code ResendTimer} decide without
 * changing anything else; {@code CallRunner} and {@code TransactionCalls} carry out what was decided, by way of
 * {@code Attempts} (where a request goes, and when), {@code CallTable} (what is open, and due) and {@code WindowQueue}
 * (who gets the next number).
 */
@NullMarked
package io.brickwork.core.client;

import org.jspecify.annotations.NullMarked;
