/**
 * Everything that nodes say to each other, one sealed interface a conversation. How it looks in bytes is the business
 * of {@code wire}.
 */
@NullMarked
package io.brickwork.core.message;

import org.jspecify.annotations.NullMarked;
