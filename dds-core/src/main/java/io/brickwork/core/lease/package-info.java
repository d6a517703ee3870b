/**
 * Until when a brick may answer reads by itself. Decides how long a lease lasts and whether one is valid at a moment;
 * knows nothing of what is read.
 */
@NullMarked
package io.brickwork.core.lease;

import org.jspecify.annotations.NullMarked;
