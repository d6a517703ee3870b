/**
 * The tokens of clients: the file that holds their hashes, and what the holder of each may do. Decides who a client is;
 * what that lets him do is decided by {@code io.brickwork.core.authority}.
 */
@NullMarked
package io.brickwork.bricks.tokens;

import org.jspecify.annotations.NullMarked;
