package io.brickwork.core.wire;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.bytes.ByteReader;
import io.brickwork.core.bytes.ByteWriter;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Cause;
import io.brickwork.core.message.LinkMessage.Challenge;
import io.brickwork.core.message.LinkMessage.Channel;
import io.brickwork.core.message.LinkMessage.Goodbye;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Member;
import io.brickwork.core.message.LinkMessage.Members;
import io.brickwork.core.message.LinkMessage.Ping;
import io.brickwork.core.message.LinkMessage.Pong;
import io.brickwork.core.message.LinkMessage.Proof;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.message.LinkMessage.Welcome;
import java.util.ArrayList;
import java.util.List;

/** The bodies of {@link LinkMessage}s. */
final class LinkCodec {
    static final int HELLO = 1;
    private static final int WELCOME = 2;
    static final int GOODBYE = 3;
    private static final int PING = 4;
    private static final int PONG = 5;
    private static final int MEMBERS = 6;
    private static final int CHALLENGE = 7;
    static final int PROOF = 8;

    /** The first version whose greeting holds a nonce. */
    private static final int FIRST_WITH_NONCE = 2;

    private LinkCodec() {}

    static int type(LinkMessage message) {
        return switch (message) {
            case Hello hello -> HELLO;
            case Welcome welcome -> WELCOME;
            case Goodbye goodbye -> GOODBYE;
            case Ping ping -> PING;
            case Pong pong -> PONG;
            case Members members -> MEMBERS;
            case Challenge challenge -> CHALLENGE;
            case Proof proof -> PROOF;
        };
    }

    static void write(ByteWriter writer, LinkMessage message) {
        switch (message) {
            case Hello hello -> {
                writer.varint(hello.version());
                writer.u8(hello.role().code()).u8(hello.channel().code());
                writer.string(hello.cluster()).string(hello.name());
                IdCodec.writeLink(writer, hello.link());
                writer.bytes(hello.token());
                if (hello.version() >= FIRST_WITH_NONCE) {
                    writer.bytes(hello.nonce());
                }
            }
            case Welcome welcome -> {
                writer.varint(welcome.version());
                IdCodec.writeBrick(writer, welcome.brick());
                writeMembers(writer, welcome.members());
                writer.varint(welcome.credits());
            }
            case Members members -> writeMembers(writer, members.members());
            case Challenge challenge -> {
                IdCodec.writeBrick(writer, challenge.brick());
                writer.bytes(challenge.nonce()).bytes(challenge.proof());
            }
            case Proof proof -> writer.bytes(proof.proof());
            case Goodbye goodbye -> writeGoodbye(writer, goodbye);
            case Ping ping -> writer.varint(ping.number());
            case Pong pong -> writer.varint(pong.number());
        }
    }

    /** The cause is left out where there is none to tell, as it was before there were any. */
    private static void writeGoodbye(ByteWriter writer, Goodbye goodbye) {
        writer.string(goodbye.reason());
        if (goodbye.cause() != Cause.OTHER) {
            writer.u8(goodbye.cause().code());
        }
    }

    private static Cause readCause(ByteReader body) {
        return body.remaining() > 0 && body.u8() == Cause.TOKEN.code() ? Cause.TOKEN : Cause.OTHER;
    }

    static LinkMessage read(int type, ByteReader body) {
        return switch (type) {
            case HELLO -> readHello(body);
            case WELCOME ->
                new Welcome(
                        body.varint32("wire version", 1, Integer.MAX_VALUE),
                        IdCodec.readBrick(body),
                        readMembers(body),
                        body.varint32("credits", 1, Integer.MAX_VALUE));
            case GOODBYE -> new Goodbye(body.string("reason", Limits.REASON_CHARS), readCause(body));
            case PING -> new Ping(body.varint());
            case PONG -> new Pong(body.varint());
            case MEMBERS -> new Members(readMembers(body));
            case CHALLENGE ->
                new Challenge(
                        IdCodec.readBrick(body),
                        body.bytes("nonce", Limits.PROOF_BYTES),
                        body.bytes("proof", Limits.PROOF_BYTES));
            case PROOF -> new Proof(body.bytes("proof", Limits.PROOF_BYTES));
            default -> throw WireCodec.unknownType(type);
        };
    }

    private static Hello readHello(ByteReader body) {
        int version = body.varint32("wire version", 1, Integer.MAX_VALUE);
        return new Hello(
                version,
                role(body.u8()),
                channel(body.u8()),
                body.string("cluster name", Limits.NAME_CHARS),
                body.string("name", Limits.NAME_CHARS),
                IdCodec.readLink(body),
                body.bytes("token", Limits.TOKEN_BYTES),
                version >= FIRST_WITH_NONCE ? body.bytes("nonce", Limits.PROOF_BYTES) : Bytes.EMPTY);
    }

    private static void writeMembers(ByteWriter writer, List<Member> members) {
        writer.varint(members.size());
        for (Member member : members) {
            IdCodec.writeBrick(writer, member.brick());
            writer.string(member.host()).varint(member.port()).varint(member.controlPort());
        }
    }

    private static List<Member> readMembers(ByteReader body) {
        int count = body.count("members", 4);
        List<Member> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members.add(new Member(
                    IdCodec.readBrick(body),
                    body.string("host", Limits.HOST_CHARS),
                    body.varint32("port", 0, 65_535),
                    body.varint32("control port", 0, 65_535)));
        }
        return members;
    }

    private static Role role(int code) {
        for (Role role : Role.values()) {
            if (role.code() == code) {
                return role;
            }
        }
        throw new MalformedException("role " + code + " is not known");
    }

    private static Channel channel(int code) {
        for (Channel channel : Channel.values()) {
            if (channel.code() == code) {
                return channel;
            }
        }
        throw new MalformedException("channel " + code + " is not known");
    }
}
