/**
 * A simulated network: links that come and go, messages that take their time, get lost, doubled and overtaken. Decides
 * what arrives when; knows no protocol, only the wire codec that every message passes through.
 */
@NullMarked
package io.brickwork.sim.network;

import org.jspecify.annotations.NullMarked;
