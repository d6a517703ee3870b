/** Decides whether a history was right. Knows what callers saw and when, and nothing of how it came about. */
@NullMarked
package io.brickwork.check;

import org.jspecify.annotations.NullMarked;
