/** Users' objects to bytes and back, for types that need no registration. */
@NullMarked
package io.brickwork.core.codec;

import org.jspecify.annotations.NullMarked;
