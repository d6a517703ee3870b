/**
 * Replica groups in words: their members, their views, their epochs, and the commands that change them. Plain values
 * that decide nothing.
 */
@NullMarked
package io.brickwork.core.group;

import org.jspecify.annotations.NullMarked;
