/**
 * What somebody may do to which structures. Decides by names alone: which message needs which right is the business of
 * {@code authority}, and who somebody is that of the link.
 */
@NullMarked
package io.brickwork.core.rights;

import org.jspecify.annotations.NullMarked;
