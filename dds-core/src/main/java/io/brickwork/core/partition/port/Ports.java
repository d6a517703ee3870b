package io.brickwork.core.partition.port;

/** The ports that most rooms need, together. */
public record Ports(ClusterPort cluster, PeerPort peers, TablePort table, LoadPort load) {}
