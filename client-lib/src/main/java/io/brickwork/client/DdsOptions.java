package io.brickwork.client;

import io.brickwork.client.codec.CodecRegistry;
import io.brickwork.client.spi.EmbeddedOptions;
import io.brickwork.client.spi.SessionSettings;
import io.brickwork.client.tls.Tls;
import io.brickwork.client.tls.TlsFiles;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.Names;
import io.brickwork.core.invoke.CallOptions;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What can be said when a {@link Dds} is opened. All of it has defaults; each method returns this object.
 *
 * <pre>{@code
 * Dds.connect("10.0.0.1:7400,10.0.0.2:7400", o -> o
 *         .cluster("orders")
 *         .timeout(Duration.ofSeconds(2))
 *         .register(Order.class, 101));
 * }</pre>
 *
 * One thread; not to be kept beyond the call that it was handed to.
 */
public final class DdsOptions {
    public static final String DEFAULT_CLUSTER = "brickwork";
    public static final int DEFAULT_OPEN_CALLS = 4096;
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final CodecRegistry.Builder codecs = CodecRegistry.builder();
    private CallOptions calls = CallOptions.DEFAULT;
    private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
    private String cluster = DEFAULT_CLUSTER;
    private String clientName = "pid-" + ProcessHandle.current().pid();
    private Bytes token = Bytes.EMPTY;
    private @Nullable Tls tls;
    private boolean isGivenAllAddresses;
    private int openCalls = DEFAULT_OPEN_CALLS;
    private long capacityBytes;
    private @Nullable Executor executor;

    DdsOptions() {}

    /**
     * Lets objects of a class be keys or values, or be inside of some, by Kryo. Strings, numbers, {@code UUID},
     * {@code byte[]}, {@code Instant}, enums and records of these need no registration.
     *
     * @param id stored with each object: the same in every program, and never given to another class;
     *     {@value CodecRegistry#FIRST_ID} to {@value CodecRegistry#LAST_ID}
     */
    public DdsOptions register(Class<?> type, int id) {
        codecs.register(type, id);
        return this;
    }

    /**
     * Registers a class that had other names. Needed if it was renamed <em>and</em> has got or lost so many fields that
     * it looks like another class: {@code docs/values.md}.
     *
     * @param formerNames simple names that the class has had
     */
    public DdsOptions register(Class<?> type, int id, String... formerNames) {
        codecs.register(type, id, formerNames);
        return this;
    }

    /**
     * How long a call may take, from the call to its outcome; 10 s unless said otherwise, at most a day. Structures can
     * be given their own.
     */
    public DdsOptions timeout(Duration timeout) {
        calls = calls.withTimeout(timeout);
        return this;
    }

    /**
     * Clients only: how long {@link Dds#connect} waits for the first brick; {@link #DEFAULT_CONNECT_TIMEOUT} unless
     * said otherwise, at most a day.
     */
    public DdsOptions connectTimeout(Duration timeout) {
        Check.argument(
                timeout.isPositive() && timeout.compareTo(CallOptions.LONGEST) <= 0,
                "connect timeout %s is not positive and at most %s",
                timeout,
                CallOptions.LONGEST);
        connectTimeout = timeout;
        return this;
    }

    /**
     * Clients only: the cluster's name, so that nobody talks to the wrong one; {@value #DEFAULT_CLUSTER} unless said
     * otherwise.
     */
    public DdsOptions cluster(String name) {
        cluster = Names.checkNew("cluster", name);
        return this;
    }

    /** Clients only: what bricks call this client in their logs; the process id unless said otherwise. */
    public DdsOptions clientName(String name) {
        clientName = Names.checkNew("client", name);
        return this;
    }

    /**
     * Clients only: what the bricks demand of who connects; nothing unless said otherwise. Not sent to other machines
     * without {@link #tls}.
     */
    public DdsOptions token(String token) {
        Bytes bytes = Bytes.utf8(token);
        Check.argument(
                bytes.length() <= Limits.TOKEN_BYTES,
                "a token of %d bytes; it must have at most %d",
                bytes.length(),
                Limits.TOKEN_BYTES);
        this.token = bytes;
        return this;
    }

    /**
     * Clients only: connects over TLS. The certificate that a brick shows must be for the host that was dialled, and be
     * signed by an authority that the files name.
     *
     * @throws IllegalArgumentException if a file cannot be used; names it, and says what to do
     */
    public DdsOptions tls(TlsFiles files) {
        tls = Tls.of(files);
        return this;
    }

    /**
     * Clients only: connects over TLS with a context of the program's own. The certificate that a brick shows must be
     * for the host that was dialled.
     */
    public DdsOptions tls(SSLContext context) {
        tls = Tls.of(context);
        return this;
    }

    /**
     * Clients only: dials the addresses that were given and no others, whatever addresses the bricks name. For a client
     * that sees the bricks through tunnels, proxies or translated addresses; all bricks must be among those given.
     */
    public DdsOptions onlyGivenAddresses() {
        isGivenAllAddresses = true;
        return this;
    }

    /**
     * How many calls may be open at a time, 1 to 1,000,000; {@value #DEFAULT_OPEN_CALLS} unless said otherwise. Above
     * it, blocking calls wait their turn and others fail as overloaded.
     */
    public DdsOptions openCalls(int limit) {
        Check.argument(limit >= 1 && limit <= 1_000_000, "%d open calls is not from 1 to 1,000,000", limit);
        openCalls = limit;
        return this;
    }

    /**
     * What completes the stages of asynchronous calls, and so runs what depends on them; the common pool unless said
     * otherwise. Must not run tasks on the thread that hands them in.
     */
    public DdsOptions executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /**
     * Embedded bricks only: how many bytes log and table may take together; 0, the default, for as much as the disk
     * has.
     */
    public DdsOptions capacityBytes(long bytes) {
        EmbeddedOptions.checkCapacity(bytes);
        capacityBytes = bytes;
        return this;
    }

    CodecRegistry codecs() {
        return codecs.build();
    }

    CallOptions calls() {
        return calls;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    String cluster() {
        return cluster;
    }

    String clientName() {
        return clientName;
    }

    Bytes token() {
        return token;
    }

    @Nullable
    Tls tls() {
        return tls;
    }

    boolean isGivenAllAddresses() {
        return isGivenAllAddresses;
    }

    int openCalls() {
        return openCalls;
    }

    long capacityBytes() {
        return capacityBytes;
    }

    SessionSettings sessionSettings() {
        return new SessionSettings(openCalls, executor);
    }

    Executor executor() {
        return sessionSettings().executorOrUsual();
    }
}
