package io.brickwork.core.client;

/** A call that gets a number of a session before it is sent. */
sealed interface Numbered permits WriteCall, TransactionCall {
    SessionNumber number();
}
