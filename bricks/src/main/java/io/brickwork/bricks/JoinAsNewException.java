package io.brickwork.bricks;

/**
 * What is on a brick's disk is of no use to its cluster: it must be set aside, and the brick start with an empty disk.
 */
final class JoinAsNewException extends RuntimeException {
    private static final long serialVersionUID = 1;

    JoinAsNewException(String reason) {
        super(reason);
    }
}
