/**
 * What {@code Dds} needs of what is below it: a session, and for {@code Dds.embedded} a brick in the same process,
 * found through {@link java.util.ServiceLoader}. Knows nothing of how a brick stores.
 */
@NullMarked
package io.brickwork.client.spi;

import org.jspecify.annotations.NullMarked;
