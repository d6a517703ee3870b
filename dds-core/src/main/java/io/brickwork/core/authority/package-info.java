/**
 * Who may say what to a brick: one table of roles and messages, one of roles and changes of the metadata, and the right
 * that a caller needs for each. Decides by role, name and rights alone; whether what is said fits the state is the
 * machines' business, and whether the speaker is who it says is the link's.
 */
@NullMarked
package io.brickwork.core.authority;

import org.jspecify.annotations.NullMarked;
