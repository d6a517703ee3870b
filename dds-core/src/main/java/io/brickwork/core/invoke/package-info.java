/** The one port between facades and everything below them: a typed operation goes in, its outcome comes out. */
@NullMarked
package io.brickwork.core.invoke;

import org.jspecify.annotations.NullMarked;
