/**
 * The rules of the protocols by name, so that tests can leave one out and see whether anybody notices. Decides nothing;
 * knows no machine.
 */
@NullMarked
package io.brickwork.core.defence;

import org.jspecify.annotations.NullMarked;
