/**
 * The framed connection that clients and bricks use alike: how a link comes up, stays up, is bounded, and goes down.
 * Decides nothing about what travels over it, and knows no machine.
 */
@NullMarked
package io.brickwork.client.link;

import org.jspecify.annotations.NullMarked;
