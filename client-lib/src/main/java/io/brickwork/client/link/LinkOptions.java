package io.brickwork.client.link;

import io.brickwork.client.tls.Tls;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How links behave. Both sides have options of their own; only {@code credits} is told to the other.
 *
 * @param token what a listener demands and a dialler shows, at most {@link Limits#TOKEN_BYTES}; empty for none
 * @param secret by which bricks and operators prove themselves; null at clients, and at a brick that is to be alone
 * @param tls that connections are made with, dialled and taken; null for plain ones
 * @param clientCertificates whether clients, too, must show a certificate at a port with TLS; bricks and operators must
 *     in any case
 * @param helloTimeout how long a link may take from its first connection to its welcome
 * @param pingInterval a connection on which nothing was sent for so long gets a ping
 * @param silenceLimit a link one of whose connections brought nothing for so long is closed; at least two ping
 *     intervals, counted in whole ones
 * @param firstRetry how long a dialler waits at most before its second attempt; doubles with each failure
 * @param longestRetry the most that it grows to
 * @param credits how many requests a dialler may have unanswered on one link; at least 1
 * @param outgoingBytes of one link that may wait for the network, those not yet flushed included; a link that would
 *     hold more is closed. At least one frame
 * @param holdBackBytes of one link from which on {@link Link#isWritable} is false, until a quarter of it is left
 * @param connections that a data port serves at a time, accepted or not. Above it, whoever has let a tenth of the hello
 *     timeout pass without a hello makes room for the next, and if there is no such, the next is closed unheard. The
 *     last 64, or a quarter if that is less, are for bricks and operators
 */
public record LinkOptions(
        Bytes token,
        @Nullable ClusterSecret secret,
        @Nullable Tls tls,
        boolean clientCertificates,
        Duration helloTimeout,
        Duration pingInterval,
        Duration silenceLimit,
        Duration firstRetry,
        Duration longestRetry,
        int credits,
        long outgoingBytes,
        long holdBackBytes,
        int connections) {

    public static final LinkOptions DEFAULT = new LinkOptions(
            Bytes.EMPTY,
            null,
            null,
            false,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofMillis(20),
            Duration.ofSeconds(1),
            1024,
            64L << 20,
            4L << 20,
            4096);

    public LinkOptions {
        Check.argument(
                token.length() <= Limits.TOKEN_BYTES,
                "token of %d bytes; the limit is %d",
                token.length(),
                Limits.TOKEN_BYTES);
        Check.argument(helloTimeout.isPositive(), "hello timeout %s is not positive", helloTimeout);
        Check.argument(pingInterval.isPositive(), "ping interval %s is not positive", pingInterval);
        Check.argument(
                silenceLimit.compareTo(pingInterval.multipliedBy(2)) >= 0,
                "silence limit %s is not at least twice the ping interval %s",
                silenceLimit,
                pingInterval);
        Check.argument(
                firstRetry.isPositive() && firstRetry.compareTo(longestRetry) <= 0,
                "first retry after %s, the longest after %s",
                firstRetry,
                longestRetry);
        Check.argument(credits >= 1, "%d credits", credits);
        Check.argument(
                outgoingBytes >= Limits.FRAME_BYTES,
                "%d outgoing bytes are less than a frame of %d",
                outgoingBytes,
                Limits.FRAME_BYTES);
        Check.argument(
                holdBackBytes >= 1 && holdBackBytes <= outgoingBytes,
                "holding back from %d of %d outgoing bytes on",
                holdBackBytes,
                outgoingBytes);
        Check.argument(connections >= 2, "%d connections do not make a link", connections);
    }

    public LinkOptions withToken(Bytes token) {
        return new LinkOptions(
                token,
                secret,
                tls,
                clientCertificates,
                helloTimeout,
                pingInterval,
                silenceLimit,
                firstRetry,
                longestRetry,
                credits,
                outgoingBytes,
                holdBackBytes,
                connections);
    }

    public LinkOptions withSecret(@Nullable ClusterSecret secret) {
        return new LinkOptions(
                token,
                secret,
                tls,
                clientCertificates,
                helloTimeout,
                pingInterval,
                silenceLimit,
                firstRetry,
                longestRetry,
                credits,
                outgoingBytes,
                holdBackBytes,
                connections);
    }

    public LinkOptions withTls(@Nullable Tls tls) {
        return new LinkOptions(
                token,
                secret,
                tls,
                clientCertificates,
                helloTimeout,
                pingInterval,
                silenceLimit,
                firstRetry,
                longestRetry,
                credits,
                outgoingBytes,
                holdBackBytes,
                connections);
    }

    public LinkOptions withClientCertificates(boolean clientCertificates) {
        return new LinkOptions(
                token,
                secret,
                tls,
                clientCertificates,
                helloTimeout,
                pingInterval,
                silenceLimit,
                firstRetry,
                longestRetry,
                credits,
                outgoingBytes,
                holdBackBytes,
                connections);
    }

    public LinkOptions withTimeouts(Duration helloTimeout, Duration pingInterval, Duration silenceLimit) {
        return new LinkOptions(
                token,
                secret,
                tls,
                clientCertificates,
                helloTimeout,
                pingInterval,
                silenceLimit,
                firstRetry,
                longestRetry,
                credits,
                outgoingBytes,
                holdBackBytes,
                connections);
    }

    public LinkOptions withRetries(Duration firstRetry, Duration longestRetry) {
        return new LinkOptions(
                token,
                secret,
                tls,
                clientCertificates,
                helloTimeout,
                pingInterval,
                silenceLimit,
                firstRetry,
                longestRetry,
                credits,
                outgoingBytes,
                holdBackBytes,
                connections);
    }

    public LinkOptions withBounds(int credits, long outgoingBytes, long holdBackBytes, int connections) {
        return new LinkOptions(
                token,
                secret,
                tls,
                clientCertificates,
                helloTimeout,
                pingInterval,
                silenceLimit,
                firstRetry,
                longestRetry,
                credits,
                outgoingBytes,
                holdBackBytes,
                connections);
    }

    /** All but the token and the secret. */
    @Override
    public String toString() {
        return "LinkOptions[token " + (token.isEmpty() ? "none" : "set") + ", secret "
                + (secret == null ? "none" : "set") + ", tls " + (tls != null)
                + ", clientCertificates " + clientCertificates + ", helloTimeout " + helloTimeout + ", pingInterval "
                + pingInterval
                + ", silenceLimit " + silenceLimit + ", firstRetry " + firstRetry + ", longestRetry " + longestRetry
                + ", credits " + credits + ", outgoingBytes " + outgoingBytes + ", holdBackBytes " + holdBackBytes
                + ", connections " + connections + "]";
    }
}
