package io.brickwork.core.wire;

import io.brickwork.core.ballot.PaxosCodec;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.message.LeaseMessage;

/** The bodies of {@link LeaseMessage}s: their fields in order. */
final class LeaseCodec {
    private static final int RENEW = 96;
    private static final int GRANT = 97;
    private static final int KEEP = 98;

    private LeaseCodec() {}

    static int type(LeaseMessage message) {
        return switch (message) {
            case LeaseMessage.Renew m -> RENEW;
            case LeaseMessage.Grant m -> GRANT;
            case LeaseMessage.Keep m -> KEEP;
        };
    }

    static void write(ByteWriter writer, LeaseMessage message) {
        switch (message) {
            case LeaseMessage.Renew m -> {
                PaxosCodec.writeDisk(writer.varint(m.number()), m.disk());
                writer.varint(m.start()).bool(m.isDeparting());
            }
            case LeaseMessage.Grant m ->
                writer.varint(m.number()).varint(m.durationNanos()).varint(m.neededSlot());
            case LeaseMessage.Keep m -> IdCodec.writeSession(writer, m.session());
        }
    }

    static LeaseMessage read(int type, ByteReader body) {
        return switch (type) {
            case RENEW ->
                new LeaseMessage.Renew(body.varint(), PaxosCodec.readDisk(body), body.varint(), body.bool("departing"));
            case GRANT ->
                new LeaseMessage.Grant(
                        body.varint(), body.varint("duration", 0, Long.MAX_VALUE), PaxosCodec.readSlot(body, 0));
            case KEEP -> new LeaseMessage.Keep(IdCodec.readSession(body));
            default -> throw WireCodec.unknownType(type);
        };
    }
}
