package io.brickwork.core;

/** The sizes that every part of the system agrees on. All in bytes unless the name says otherwise. */
public final class Limits {
    private Limits() {}

    /** A record's key, order bytes included: the store's limit of 511 less the structure's number. */
    public static final int RECORD_KEY_BYTES = 496;
    /** A key of the hash table after encoding. */
    public static final int KEY_BYTES = 480;
    /** A value after encoding. */
    public static final int VALUE_BYTES = 1 << 20;
    /** The body of an operation: a key, an expected and a new value, and a little. */
    public static final int BODY_BYTES = 2 * VALUE_BYTES + 4096;
    /** An entry: what an operation changes, and its result. */
    public static final int ENTRY_BYTES = 3 * VALUE_BYTES + 8192;
    /** A frame on a connection, whatever it holds: more than one session's row, which is copied whole. */
    public static final int FRAME_BYTES = 16 << 20;
    /** The records of one page of a scan, unless a single record is larger. */
    public static final int PAGE_BYTES = 128 << 10;
    /** Open operations of one session. */
    public static final int SESSION_WINDOW_OPERATIONS = 1024;
    /**
     * Answers and votes that one partition keeps for one session until they are acknowledged. The entry that reaches
     * the limit is still taken, so a row has up to {@link #ENTRY_BYTES} more.
     */
    public static final int SESSION_RESULT_BYTES = 8 << 20;
    /** Records and ranges that one transaction may read and write. */
    public static final int TRANSACTION_ITEMS = 1 << 14;
    /** What one transaction compares and writes, all in all. */
    public static final int TRANSACTION_BYTES = 2 * VALUE_BYTES - (128 << 10);
    /** What one transaction reads, all in all: it is kept until the transaction ends. */
    public static final int TRANSACTION_READ_BYTES = 64 << 20;
    /** Members of a replica group. */
    public static final int GROUP_MEMBERS = 16;
    /**
     * Partitions that a structure is created with. A brick looks at each of its replicas in every tick, so each costs
     * it some 0.01 % of a core while nothing happens. A structure with more data gets more partitions by splits.
     */
    public static final int PARTITIONS = 1024;
    /**
     * Partitions of all structures of a cluster together: neither is a structure created nor a partition split beyond
     * it.
     */
    public static final int CLUSTER_PARTITIONS = 4096;
    /**
     * Partitions that a structure may ever have had, those that were merged away included. Numbers up to it are read
     * back from disk.
     */
    public static final int PARTITION_NUMBERS = 1 << 16;
    /** A change of the cluster's metadata after encoding. */
    public static final int COMMAND_BYTES = 128 << 10;
    /**
     * The keys at which the partitions of a new structure begin, together: they are part of one change of the metadata.
     */
    public static final int FENCE_BYTES = COMMAND_BYTES - (8 << 10);
    /** Names, types and codecs of all structures of a cluster together, as the list of them is encoded. */
    public static final int CATALOG_BYTES = 2 << 20;
    /** Characters of a structure's or a type's name. */
    public static final int NAME_CHARS = 200;
    /** Characters of a codec's name, which lists the components of records and the constants of enums. */
    public static final int CODEC_NAME_CHARS = 2000;
    /** Characters of the reason of a refusal or a goodbye. */
    public static final int REASON_CHARS = 400;
    /** Characters of a host's name. */
    public static final int HOST_CHARS = 255;
    /** What a dialler authenticates itself with. */
    public static final int TOKEN_BYTES = 1024;
    /** A nonce, or a proof over nonces, of a greeting. */
    public static final int PROOF_BYTES = 64;
    /** The shortest term that the metadata leader's leases may be given. */
    public static final long SHORTEST_LEASE_TERM_NANOS = 100_000_000;
    /** The longest term that leases may be given. */
    public static final long LONGEST_LEASE_TERM_NANOS = 60_000_000_000L;
}
