/**
 * Who may say what to a brick: one table of roles and messages, and one of roles and changes of the metadata. Decides
 * by role and name alone; whether what is said fits the state is the machines' business, and whether the speaker is who
 * it says is the link's.
 */
@NullMarked
package io.brickwork.core.authority;

import org.jspecify.annotations.NullMarked;
