/**
 * What a kind of structure is to a replica, where its keys lie, and the catalog of all structures. Knows nothing of
 * replication, messages or storage.
 */
@NullMarked
package io.brickwork.core.structure;

import org.jspecify.annotations.NullMarked;
