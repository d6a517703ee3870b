package io.brickwork.core;

/** When a member of a replica group may say that it has stored an entry. */
public enum Durability {
    /** After the log has been forced to the disk: an acknowledged write survives losing all power. */
    SYNC,
    /**
     * After the log has been written, and synced within 100 ms: an acknowledged write survives the death of any
     * process, and of any machine but the last that has it.
     */
    REPLICATED
}
