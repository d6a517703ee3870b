/**
 * Views of a replica group, and the change from one to the next: fence, level, open. Knows nothing of clients.
 */
@NullMarked
package io.brickwork.core.view;

import org.jspecify.annotations.NullMarked;
