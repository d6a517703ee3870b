/**
 * Proxies between processes, through which links are cut, held in one direction, broken and slowed. Knows bytes only,
 * nothing of what they say.
 */
@NullMarked
package io.brickwork.torture.net;

import org.jspecify.annotations.NullMarked;
