package io.brickwork.core.transaction;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A partition that a transaction asks for its vote.
 *
 * @param partition as it was called when it was asked: it may have been split or merged since, and the record is kept
 *     under this name wherever it lies
 * @param routingKey a record key of its part: whoever has that key has the record
 */
public record Participant(PartitionId partition, Bytes routingKey) {
    /** Groups that one transaction may span. */
    public static final int AT_MOST = 256;

    /** As bytes: varint count [ varint structure · varint partition · bytes routing key ]…. */
    public static void writeAll(ByteWriter writer, List<Participant> participants) {
        writer.varint(participants.size());
        for (Participant one : participants) {
            writer.varint(one.partition.structure()).varint(one.partition.number());
            writer.bytes(one.routingKey);
        }
    }

    /** Reads what {@link #writeAll} wrote; keys are slices of the input. */
    public static List<Participant> readAll(ByteReader reader) {
        int count = reader.varint32("participants", 0, AT_MOST);
        List<Participant> participants = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            PartitionId partition = new PartitionId(
                    reader.varint32("structure", 0, Integer.MAX_VALUE),
                    reader.varint32("partition", 0, Integer.MAX_VALUE));
            participants.add(new Participant(partition, reader.bytes("routing key", Limits.RECORD_KEY_BYTES)));
        }
        return participants;
    }
}
