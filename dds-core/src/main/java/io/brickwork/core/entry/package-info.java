/**
 * Entries: what replicas store and tables apply, and their one encoding. Decides nothing about when an entry counts.
 */
@NullMarked
package io.brickwork.core.entry;

import org.jspecify.annotations.NullMarked;
