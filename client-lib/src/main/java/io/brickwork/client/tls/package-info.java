/**
 * TLS as users give it: an {@code SSLContext}, or PEM files that are checked when they are read and read again when
 * they change. Makes the engines of connections and says in words why a handshake failed; knows nothing of links.
 */
@NullMarked
package io.brickwork.client.tls;

import org.jspecify.annotations.NullMarked;
