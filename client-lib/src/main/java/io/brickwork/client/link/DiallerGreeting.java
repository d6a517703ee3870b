package io.brickwork.client.link;

import io.brickwork.core.BrickId;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.LinkMessage.Challenge;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Proof;
import io.brickwork.core.message.LinkMessage.Welcome;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The dialler's side of the greeting, over both connections of one link: says hello on each, proves itself and has the
 * listener prove itself unless the dialler is a client, and waits for both welcomes.
 *
 * <p>Ends once, with {@link Result#welcomed} or {@link Result#refused}. The listener's side is the {@link DataPort}'s.
 */
final class DiallerGreeting {
    /** How the greeting ended. */
    interface Result {
        /** Both connections were welcomed, by one brick. */
        void welcomed(Welcome answer);

        /** The other end is not whom the dialler must talk to, or does not keep the protocol. */
        void refused(String reason);
    }

    private final Hello hello;
    private final @Nullable ClusterSecret secret;
    private final @Nullable BrickId expected;
    private final Result result;
    /** The first of the two welcomes. */
    private @Nullable Welcome first;
    /** By connection, the brick that has proved itself. */
    private final Map<LinkMessage.Channel, BrickId> proven = new EnumMap<>(LinkMessage.Channel.class);

    /**
     * @param hello what is said on both connections, each time with the kind of the connection
     * @param secret of the cluster; null if it has none
     * @param expected which brick must answer; null if any may
     */
    DiallerGreeting(Hello hello, @Nullable ClusterSecret secret, @Nullable BrickId expected, Result result) {
        this.hello = hello;
        this.secret = secret;
        this.expected = expected;
        this.result = result;
    }

    /** What is said first on a connection of this kind. */
    Hello hello(LinkMessage.Channel kind) {
        return new Hello(
                hello.version(),
                hello.role(),
                kind,
                hello.cluster(),
                hello.name(),
                hello.link(),
                hello.token(),
                hello.nonce());
    }

    /** The other end has greeted on the connection of this kind. */
    void onGreeting(Connection connection, LinkMessage.Channel kind, LinkMessage greeting) {
        switch (greeting) {
            case Challenge challenge -> onChallenge(connection, kind, challenge);
            case Welcome answer -> onWelcome(connection, kind, answer);
            default -> result.refused("no Welcome came");
        }
    }

    private void onChallenge(Connection connection, LinkMessage.Channel kind, Challenge challenge) {
        if (!hello.role().mustProve() || secret == null || proven.containsKey(kind)) {
            result.refused("a Challenge came that nobody has asked for");
            return;
        }
        if (expected != null && !expected.equals(challenge.brick())) {
            result.refused("brick " + challenge.brick() + " answers at " + connection.remote() + ", where brick "
                    + expected + " should be");
            return;
        }
        Hello said = hello(kind);
        if (!secret.isProof(
                challenge.proof(), ClusterSecret.End.LISTENER, said, challenge.brick(), challenge.nonce())) {
            result.refused("brick " + challenge.brick() + " at " + connection.remote()
                    + " has not proved that it knows the secret of the cluster as '" + hello.name()
                    + "' has it: compare the secret files of both");
            return;
        }
        proven.put(kind, challenge.brick());
        connection.control(
                new Proof(secret.proof(ClusterSecret.End.DIALLER, said, challenge.brick(), challenge.nonce())));
    }

    private void onWelcome(Connection connection, LinkMessage.Channel kind, Welcome answer) {
        if (hello.role().mustProve() && !answer.brick().equals(proven.get(kind))) {
            result.refused("whoever answers as brick " + answer.brick() + " at " + connection.remote()
                    + " has not proved that it knows the secret of the cluster");
            return;
        }
        if (answer.version() > hello.version()) {
            result.refused(
                    "the other end speaks version %d, this one up to %d".formatted(answer.version(), hello.version()));
            return;
        }
        Welcome other = first;
        if (other == null) {
            first = answer;
        } else if (!other.brick().equals(answer.brick())) {
            result.refused("two bricks answer at one address: " + other.brick() + " and " + answer.brick());
        } else {
            result.welcomed(answer);
        }
    }
}
