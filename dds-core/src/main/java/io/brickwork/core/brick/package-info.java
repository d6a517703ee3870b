/** A whole brick as one machine: what goes in, and which replica it is for. */
@NullMarked
package io.brickwork.core.brick;

import org.jspecify.annotations.NullMarked;
