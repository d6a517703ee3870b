package io.brickwork.core.message;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.LinkId;
import java.util.List;

/**
 * How a connection begins, and how it is kept alive.
 *
 * <pre>
 * dialler                                        listener
 *   Hello(version, role, channel, name, token, nonce)  ───▶   on each of the link's two connections
 *   unless the dialler is a client:
 *                       ◀───  Challenge(brick, nonce, proof)      the listener knows the cluster's secret
 *   Proof(proof)  ───▶                                            so does the dialler
 *                       ◀───  Welcome(version, brick, members, credits)   once both are there
 *                       ◀───  Goodbye(reason), and the connection is closed   otherwise; either end may say it
 *   Ping(n)  ───▶        ◀───  Pong(n)            either way, on both connections
 * </pre>
 *
 * Nothing else is parsed before {@code Hello} has been accepted. The version agreed on is the lower of the two. Version
 * 2 has brought the proofs: a brick of version 1 cannot be linked to one of version 2, a client can.
 */
public sealed interface LinkMessage extends Message {
    /** The version of the wire format that this code speaks. */
    int VERSION = 2;

    /** Who dials. */
    enum Role {
        CLIENT(1),
        BRICK(2),
        /** A brick that the cluster does not know yet. */
        JOINING(3),
        /** Somebody who may change what the cluster consists of; knows the cluster's secret like a brick. */
        OPERATOR(4);

        private final int code;

        Role(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /** Whether the name that goes with it is a brick's. */
        public boolean isBrick() {
            return this == BRICK || this == JOINING;
        }

        /** Whether the dialler must prove that it knows the cluster's secret. */
        public boolean mustProve() {
            return this != CLIENT;
        }
    }

    /** Which of the two connections of a link this is. */
    enum Channel {
        URGENT(1),
        BULK(2);

        private final int code;

        Channel(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /**
     * The dialler's first message.
     *
     * @param version the highest version that the dialler speaks
     * @param cluster the cluster's name; must be the listener's
     * @param name a brick's id, or anything that tells a client in logs
     * @param link drawn at random by the dialler, the same for both connections of one link
     * @param token what every dialler must show if the listener asks for it; empty without
     * @param nonce drawn at random by a dialler that must prove something, so that a recorded answer is of no use;
     *     empty for clients
     */
    record Hello(
            int version, Role role, Channel channel, String cluster, String name, LinkId link, Bytes token, Bytes nonce)
            implements LinkMessage {
        /** One that proves nothing. */
        public Hello(int version, Role role, Channel channel, String cluster, String name, LinkId link, Bytes token) {
            this(version, role, channel, cluster, name, link, token, Bytes.EMPTY);
        }

        public Hello {
            Check.argument(version >= 1, "wire version %d is below 1", version);
            Check.argument(version >= 2 || nonce.isEmpty(), "wire version %d has no nonce", version);
            checkProofPart("nonce", nonce);
            Check.argument(
                    cluster.length() <= Limits.NAME_CHARS && name.length() <= Limits.NAME_CHARS, "name too long");
            Check.argument(
                    token.length() <= Limits.TOKEN_BYTES,
                    "token of %d bytes; the limit is %d",
                    token.length(),
                    Limits.TOKEN_BYTES);
        }

        /** All but the token. */
        @Override
        public String toString() {
            return "Hello[version=" + version + ", role=" + role + ", channel=" + channel + ", cluster=" + cluster
                    + ", name=" + name + ", link=" + link + "]";
        }
    }

    /**
     * "I am this brick and know the cluster's secret, as my proof shows; now show me the same." To whoever must prove
     * it.
     *
     * @param nonce drawn at random by the listener for this connection
     * @param proof over both nonces and all that the {@code Hello} says
     */
    record Challenge(BrickId brick, Bytes nonce, Bytes proof) implements LinkMessage {
        public Challenge {
            checkProofPart("nonce", nonce);
            checkProofPart("proof", proof);
        }
    }

    /** The dialler's answer to a {@link Challenge}. */
    record Proof(Bytes proof) implements LinkMessage {
        public Proof {
            checkProofPart("proof", proof);
        }
    }

    private static void checkProofPart(String what, Bytes part) {
        Check.argument(
                part.length() <= Limits.PROOF_BYTES,
                "%s of %d bytes; the limit is %d",
                what,
                part.length(),
                Limits.PROOF_BYTES);
    }

    /**
     * The listener's word that it takes the connection.
     *
     * @param members all bricks that the listener knows, with their addresses
     * @param credits how many requests the dialler may have unanswered on the link; it closes a link with more
     */
    record Welcome(int version, BrickId brick, List<Member> members, int credits) implements LinkMessage {
        public Welcome {
            Check.argument(credits >= 1, "%d credits", credits);
            members = List.copyOf(members);
        }
    }

    /**
     * A brick and where it is.
     *
     * @param port of its data port
     * @param controlPort of its node in the control plane; 0 if that is not known
     */
    record Member(BrickId brick, String host, int port, int controlPort) {
        public Member {
            Check.argument(host.length() <= Limits.HOST_CHARS, "host name of %d characters", host.length());
            Check.argument(port >= 0 && port <= 65_535, "port %d", port);
            Check.argument(controlPort >= 0 && controlPort <= 65_535, "control port %d", controlPort);
        }

        public Member(BrickId brick, String host, int port) {
            this(brick, host, port, 0);
        }
    }

    /** The listener has heard of other bricks since its {@link Welcome}: all that it knows now. */
    record Members(List<Member> members) implements LinkMessage {
        public Members {
            members = List.copyOf(members);
        }
    }

    /** What a {@link Goodbye} is about. */
    enum Cause {
        OTHER(0),
        /** The receiver's token opens nothing here: it is missing, wrong or revoked. */
        TOKEN(1);

        private final int code;

        Cause(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /** The sender closes the connection, and why. */
    record Goodbye(String reason, Cause cause) implements LinkMessage {
        public Goodbye(String reason) {
            this(reason, Cause.OTHER);
        }

        public Goodbye {
            reason = reason.length() <= Limits.REASON_CHARS ? reason : reason.substring(0, Limits.REASON_CHARS);
        }
    }

    /** Asks for a {@link Pong} with the same number. */
    record Ping(long number) implements LinkMessage {
        @Override
        public boolean isUrgent() {
            return true;
        }
    }

    record Pong(long number) implements LinkMessage {
        @Override
        public boolean isUrgent() {
            return true;
        }
    }
}
