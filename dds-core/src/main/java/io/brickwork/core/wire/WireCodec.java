package io.brickwork.core.wire;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;

/**
 * Message ↔ bytes. One message is
 *
 * <pre>
 * u8 type · varint length of the body · body
 * </pre>
 *
 * <p>Types 1 to 15 are {@link LinkMessage}s, 16 to 31 and 104 to 111 {@link CallMessage}s, 32 to 63
 * {@link ReplicaMessage}s, 64 to 95 {@link PaxosMessage}s, 96 to 103 {@link LeaseMessage}s; a type is never used again
 * for another message. Bytes of a body that this version does not know are skipped, so a later one may add fields at
 * the end; an unknown type is refused. What is read is a slice of what it was read from.
 *
 * <p>Whatever the bytes, reading gives a message or throws {@link MalformedException}, and allocates no more than a
 * small multiple of the bytes that are there.
 */
public final class WireCodec {
    private static final int FIRST_CALL = 16;
    private static final int FIRST_REPLICA = 32;
    private static final int FIRST_PAXOS = 64;
    private static final int FIRST_LEASE = 96;
    private static final int FIRST_OF_TRANSACTIONS = 104;
    private static final int FIRST_UNUSED = 112;

    private WireCodec() {}

    /** Appends the message. */
    public static void write(ByteWriter writer, Message message) {
        switch (message) {
            case ReplicaMessage replica -> {
                int expected = ReplicaCodec.expectedBytes(replica);
                int body = writer.u8(ReplicaCodec.type(replica)).beginSized(expected);
                ReplicaCodec.write(writer, replica);
                writer.endSized(body, expected);
            }
            case CallMessage call -> {
                int expected = CallCodec.expectedBytes(call);
                int body = writer.u8(CallCodec.type(call)).beginSized(expected);
                CallCodec.write(writer, call);
                writer.endSized(body, expected);
            }
            case LinkMessage link -> {
                int body = writer.u8(LinkCodec.type(link)).beginSized(0);
                LinkCodec.write(writer, link);
                writer.endSized(body, 0);
            }
            case PaxosMessage paxos -> {
                int body = writer.u8(PaxosMessageCodec.type(paxos)).beginSized(0);
                PaxosMessageCodec.write(writer, paxos);
                writer.endSized(body, 0);
            }
            case LeaseMessage lease -> {
                int body = writer.u8(LeaseCodec.type(lease)).beginSized(0);
                LeaseCodec.write(writer, lease);
                writer.endSized(body, 0);
            }
        }
    }

    /**
     * Reads the next message.
     *
     * @throws MalformedException if the bytes are not a message, or not all of one
     */
    public static Message read(ByteReader reader) {
        int type = reader.u8();
        ByteReader body = reader.sized("message", Limits.FRAME_BYTES);
        try {
            return readBody(type, body);
        } catch (IllegalArgumentException e) {
            // The constructors of messages and of what they hold refuse what no sender of ours makes.
            throw new MalformedException("message of type " + type + ": " + e.getMessage(), e);
        }
    }

    /** One message in an array of its own. */
    public static Bytes encode(Message message) {
        ByteWriter writer = new ByteWriter(256);
        write(writer, message);
        return writer.toBytes();
    }

    /**
     * The one message that the bytes hold.
     *
     * @throws MalformedException if they are anything else
     */
    public static Message decode(Bytes bytes) {
        ByteReader reader = new ByteReader(bytes);
        Message message = read(reader);
        if (reader.remaining() > 0) {
            throw new MalformedException(reader.remaining() + " bytes follow the message");
        }
        return message;
    }

    private static Message readBody(int type, ByteReader body) {
        if (type < FIRST_CALL) {
            return LinkCodec.read(type, body);
        }
        if (type < FIRST_REPLICA) {
            return CallCodec.read(type, body);
        }
        if (type < FIRST_PAXOS) {
            return ReplicaCodec.read(type, body);
        }
        if (type < FIRST_LEASE) {
            return PaxosMessageCodec.read(type, body);
        }
        if (type < FIRST_OF_TRANSACTIONS) {
            return LeaseCodec.read(type, body);
        }
        if (type < FIRST_UNUSED) {
            return CallCodec.read(type, body);
        }
        throw unknownType(type);
    }

    static MalformedException unknownType(int type) {
        return new MalformedException("message type " + type + " is not known");
    }
}
