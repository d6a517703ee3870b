/** What a failure means to a user: done, certainly not, or unknown. */
@NullMarked
package io.brickwork.core.outcome;

import org.jspecify.annotations.NullMarked;
