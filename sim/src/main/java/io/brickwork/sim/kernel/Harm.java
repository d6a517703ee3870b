package io.brickwork.sim.kernel;

/**
 * What a fault can do to somebody. A fault that was drawn and harmed nobody has tested nothing, so harm is counted
 * where it is done.
 */
public enum Harm {
    /** A process died. */
    PROCESS_KILLED,
    /** A machine lost power. */
    POWER_LOST,
    /** A crash struck in the middle of a turn. */
    TURN_CUT_SHORT,
    /** An input or a message waited for a paused node. */
    HELD_BY_PAUSE,
    /** A turn or a step took longer than it should. */
    SLOWED,
    /** A process of a client died. */
    CLIENT_LOST,
    /** A wall clock jumped. */
    CLOCK_JUMPED,
    /** A message was due and could not get through, or a link was lost or could not come up, because of a cut. */
    CUT_OFF,
    /** A link broke. */
    LINK_BROKEN,
    /** A message took longer than the network's options say. */
    DELAYED,
    /** A single message was lost. */
    MESSAGE_LOST,
    /** A message came twice. */
    MESSAGE_DOUBLED,
    /** A message was let go out of turn. */
    OUT_OF_TURN,
    /** A sync or a batch waited for a disk that did nothing. */
    STALLED,
    /** A sync or a batch took longer than the disk's options say. */
    DISK_SLOWED,
    /** A sync failed. */
    SYNC_FAILED,
    /** A write failed. */
    WRITE_FAILED,
    /** A disk was too full for puts. */
    DISK_FULL,
    /** A brick found a record that cannot be read. */
    ROT_FOUND,
    /** A brick came back with less on its disk than it had acknowledged. */
    DISK_REPLACED,
    /** A brick was told to give away all that it held. */
    EMPTIED,
    /** An operator asked for a split. */
    SPLIT,
    /** An operator asked for a merge. */
    MERGED,
    /** A crash that lay in wait for a message or an event has struck. */
    AMBUSHED
}
