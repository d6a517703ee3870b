/**
 * The HTTP port of a hosted brick, for those who watch it. Knows of the brick what {@code HostedBrick} says, and
 * Prometheus's registry of Micrometer.
 */
@NullMarked
package io.brickwork.http;

import org.jspecify.annotations.NullMarked;
