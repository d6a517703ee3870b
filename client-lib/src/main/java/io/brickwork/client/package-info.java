/**
 * Decides how a program reaches bricks: sessions, connections, codecs of user values. Refuses to know how bricks are
 * built inside.
 */
@NullMarked
package io.brickwork.client;

import org.jspecify.annotations.NullMarked;
