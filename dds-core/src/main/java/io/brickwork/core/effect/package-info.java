/** What the machines of a brick do to the outside: messages, and notes of what happened. */
@NullMarked
package io.brickwork.core.effect;

import org.jspecify.annotations.NullMarked;
