/**
 * What all maps have in common, whatever the order of their keys: the operations on one key and how a replica evaluates
 * them, and the {@link java.util.concurrent.ConcurrentMap} that programs see. Knows keys and values only as bytes, but
 * for the facade, which has their codecs; knows nothing of partitions but that answers say where the next one begins.
 */
@NullMarked
package io.brickwork.map;

import org.jspecify.annotations.NullMarked;
