package io.brickwork.client;

import io.brickwork.btree.DdsTree;
import io.brickwork.btree.TreeSpec;
import io.brickwork.client.call.LinkedBricks;
import io.brickwork.client.call.LinkedBricks.Seed;
import io.brickwork.client.call.LocalBrick;
import io.brickwork.client.call.LoopInvoker;
import io.brickwork.client.codec.CodecRegistry;
import io.brickwork.client.link.LinkOptions;
import io.brickwork.client.link.Transport;
import io.brickwork.client.spi.ClientSession;
import io.brickwork.client.spi.EmbeddedBrick;
import io.brickwork.client.spi.EmbeddedBricks;
import io.brickwork.client.spi.EmbeddedOptions;
import io.brickwork.client.spi.MemberBrick;
import io.brickwork.client.spi.SessionSettings;
import io.brickwork.client.spi.ShippedStructures;
import io.brickwork.core.DdsException;
import io.brickwork.core.OperationId;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.invoke.CallOptions;
import io.brickwork.core.invoke.Invoker;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.structure.Catalog;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import io.brickwork.map.MiniTransaction;
import io.brickwork.map.transaction.Transaction;
import io.brickwork.map.transaction.Transactor;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way in: distributed data structures, on a brick in this process or on a cluster of them.
 *
 * <pre>{@code
 * try (Dds dds = Dds.embedded(Path.of("data"), o -> o.register(Order.class, 101))) {
 *     DdsHashTable<String, Order> orders = dds.hashTable("orders", String.class, Order.class);
 *     orders.put("o-1", new Order(...));
 * }
 * }</pre>
 *
 * Both kinds promise the same, are used in the same way, and differ in what they survive: an embedded brick is one copy
 * on one disk; a cluster keeps several.
 *
 * <p>Safe for use from any thread, virtual ones included; expensive to open, so a program has one. What fails in the
 * world is a {@link DdsException}, which says whether the operation certainly did not happen.
 */
public final class Dds implements AutoCloseable {
    private static final long SHUTDOWN_SECONDS = 5;

    private final ClientSession session;
    private final CodecRegistry codecs;
    private final CallOptions calls;
    /** Lets go of what is below the session. */
    private final Runnable release;

    private final AtomicBoolean isClosed = new AtomicBoolean();

    private Dds(ClientSession session, CodecRegistry codecs, CallOptions calls, Runnable release) {
        this.session = session;
        this.codecs = codecs;
        this.calls = calls;
        this.release = release;
    }

    /** Opens a brick in this process, as {@link #embedded(Path, Consumer)} without options. */
    public static Dds embedded(Path directory) {
        return embedded(directory, options -> {});
    }

    /**
     * Opens a brick in this process, whose data lies in the directory; no network, one copy.
     *
     * @param directory made if it does not exist; used by one process at a time
     * @throws IllegalStateException if no brick is on the class path; the message names the artifact to add
     * @throws RuntimeException if the directory cannot be used; the message says why and what to do
     */
    public static Dds embedded(Path directory, Consumer<DdsOptions> configure) {
        DdsOptions options = configured(configure);
        CodecRegistry codecs = options.codecs();
        EmbeddedBrick brick = bricks("Dds.embedded").open(directory, new EmbeddedOptions(options.capacityBytes()));
        LoopInvoker invoker = LoopInvoker.start(
                brick.lane(),
                new LoopInvoker.Settings(ShippedStructures.TYPES, brick.id(), options.executor(), options.openCalls()),
                new LocalBrick(brick));
        return new Dds(invoker, codecs, options.calls(), brick::close);
    }

    private static EmbeddedBricks bricks(String needs) {
        Iterator<EmbeddedBricks> found = ServiceLoader.load(EmbeddedBricks.class, Dds.class.getClassLoader())
                .iterator();
        if (!found.hasNext()) {
            throw new IllegalStateException(
                    needs
                            + " needs a brick, and none is on the class path: add the artifact io.brickwork:bricks, in the version of io.brickwork:client-lib");
        }
        return found.next();
    }

    /** Becomes a member of a cluster, as {@link #member(Map, Consumer)} without options. */
    public static Dds member(Map<String, ?> settings) {
        return member(settings, options -> {});
    }

    /**
     * Becomes a member of a cluster: runs one of its bricks in this process, and speaks to all of them. What this brick
     * has a replica of is read on the caller's thread, linearizably; everything else goes to the brick that it
     * concerns, to this one without a socket.
     *
     * <pre>{@code
     * Dds dds = Dds.member(Map.of(
     *         "id", "shop-1",
     *         "members", List.of("shop-1=10.0.0.1:7400", "shop-2=10.0.0.2:7400", "shop-3=10.0.0.3:7400"),
     *         "directory", "data",
     *         "secret-file", "secret"));
     * }</pre>
     *
     * Returns when the brick takes connections; calls wait for the others, as long as their timeout allows. Closing it
     * stops the brick in order.
     *
     * @param settings those of {@code brickwork.brick}, which {@code reference.conf} explains
     * @param configure of the options, those that say "clients only" or "embedded bricks only" mean nothing here
     * @throws IllegalStateException if no brick is on the class path; the message names the artifact to add
     * @throws RuntimeException if a setting, the directory or a port is unfit; the message says which, and what to do
     */
    public static Dds member(Map<String, ?> settings, Consumer<DdsOptions> configure) {
        return member(configure, bricks -> bricks.member(settings));
    }

    /** Becomes a member of a cluster, as {@link #member(Path, Consumer)} without options. */
    public static Dds member(Path file) {
        return member(file, options -> {});
    }

    /**
     * Becomes a member of a cluster, as {@link #member(Map, Consumer)}.
     *
     * @param file with the settings in HOCON, below {@code brickwork.brick}
     */
    public static Dds member(Path file, Consumer<DdsOptions> configure) {
        return member(configure, bricks -> bricks.member(file));
    }

    private static Dds member(Consumer<DdsOptions> configure, Function<EmbeddedBricks, MemberBrick> starter) {
        DdsOptions options = configured(configure);
        CodecRegistry codecs = options.codecs();
        MemberBrick brick = starter.apply(bricks("Dds.member"));
        return new Dds(brick.session(options.sessionSettings()), codecs, options.calls(), brick::close);
    }

    /** Connects to a cluster, as {@link #connect(String, Consumer)} without options. */
    public static Dds connect(String addresses) {
        return connect(addresses, options -> {});
    }

    /**
     * Connects to a cluster. Returns when the first brick has been reached; links to the others, which that one names,
     * follow.
     *
     * @param addresses of some of the bricks: {@code "host:port,host:port"}
     * @throws IllegalArgumentException if an address makes no sense; the message names it
     * @throws DdsException.Unavailable if no brick could be reached in time; the message says for each address why
     */
    public static Dds connect(String addresses, Consumer<DdsOptions> configure) {
        DdsOptions options = configured(configure);
        CodecRegistry codecs = options.codecs();
        List<Seed> seeds = Addresses.parse(addresses);
        EventLoopGroup loops = Transport.newLoops(
                1,
                Thread.ofPlatform().name("dds-" + options.clientName()).daemon().factory());
        EventLoop loop = loops.next();
        LinkedBricks bricks = new LinkedBricks(
                loop,
                new LinkedBricks.Target(
                        seeds,
                        options.isGivenAllAddresses(),
                        LinkMessage.Role.CLIENT,
                        options.cluster(),
                        options.clientName(),
                        null),
                LinkOptions.DEFAULT.withToken(options.token()).withTls(options.tls()));
        LoopInvoker invoker = LoopInvoker.start(
                loop,
                new LoopInvoker.Settings(ShippedStructures.TYPES, null, options.executor(), options.openCalls()),
                bricks);
        Dds dds = new Dds(
                invoker,
                codecs,
                options.calls(),
                () -> loops.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                        .awaitUninterruptibly(SHUTDOWN_SECONDS, TimeUnit.SECONDS));
        boolean isReached = false;
        try {
            awaitFirstBrick(bricks, options);
            isReached = true;
        } finally {
            if (!isReached) {
                dds.close();
            }
        }
        return dds;
    }

    /**
     * Stands on a session that something else keeps up, such as a simulated world. Of the options, those that say
     * "clients only" or "embedded bricks only" mean nothing here.
     *
     * @param opener makes the session; closed with this object
     */
    public static Dds over(Function<SessionSettings, ClientSession> opener, Consumer<DdsOptions> configure) {
        DdsOptions options = configured(configure);
        CodecRegistry codecs = options.codecs();
        return new Dds(opener.apply(options.sessionSettings()), codecs, options.calls(), () -> {});
    }

    private static void awaitFirstBrick(LinkedBricks bricks, DdsOptions options) {
        try {
            bricks.reached().get(options.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DdsException.Unavailable("no brick of cluster '%s' could be reached within %s ms: %s"
                    .formatted(options.cluster(), options.connectTimeout().toMillis(), bricks.failures()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DdsException.Unavailable("interrupted before a brick of cluster '%s' was reached: %s"
                    .formatted(options.cluster(), bricks.failures()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("connecting failed", e.getCause());
        }
    }

    private static DdsOptions configured(Consumer<DdsOptions> configure) {
        DdsOptions options = new DdsOptions();
        configure.accept(options);
        return options;
    }

    /**
     * Opens the hash table of this name, and makes it if there is none.
     *
     * @throws DdsException.WrongType if it exists with other types; the message names both
     * @throws DdsException.Unregistered if a class has no codec; the message holds the line to add
     */
    public <K, V> DdsHashTable<K, V> hashTable(String name, Class<K> keys, Class<V> values) {
        return hashTable(TableSpec.of(name, codecs.codecFor(keys), codecs.codecFor(values)));
    }

    /**
     * Opens the hash table that the spec describes, and makes it if there is none.
     *
     * @throws DdsException.WrongType if it exists and is not what the spec says; the message names both
     */
    public <K, V> DdsHashTable<K, V> hashTable(TableSpec<K, V> spec) {
        return DdsHashTable.open(session, spec, calls);
    }

    /**
     * Opens the tree of this name, and makes it if there is none.
     *
     * @throws IllegalArgumentException if no codec keeps the order of such keys; the message says which have one, and
     *     what else to do
     * @throws DdsException.WrongType if it exists with other types; the message names both
     * @throws DdsException.Unregistered if the values' class has no codec; the message holds the line to add
     */
    public <K, V> DdsTree<K, V> tree(String name, Class<K> keys, Class<V> values) {
        return tree(TreeSpec.of(name, OrderedCodecs.of(keys), codecs.codecFor(values)));
    }

    /**
     * Opens the tree that the spec describes, and makes it if there is none.
     *
     * @throws DdsException.WrongType if it exists and is not what the spec says; the message names both
     */
    public <K, V> DdsTree<K, V> tree(TreeSpec<K, V> spec) {
        return DdsTree.open(session, spec, calls);
    }

    /**
     * Runs a function in a transaction: what it reads and writes through {@link Transaction#on} happens at one moment,
     * or not at all, whatever structures and partitions it touches, and whoever dies meanwhile.
     *
     * <pre>{@code
     * dds.transact(tx -> {
     *     DdsHashTable<String, Long> mine = tx.on(accounts);
     *     mine.merge("alice", -10L, Long::sum);
     *     mine.merge("bob", 10L, Long::sum);
     * });
     * }</pre>
     *
     * <p>Strictly serializable: as if all transactions, and all operations outside of any, were done one after the
     * other, each between its call and its return; what was not found, and ranges that were read, count as read too.
     *
     * <p>The function runs again if others got in its way, so it should do nothing but read and write through its
     * transaction. All of it takes no longer than the timeout of this {@code Dds}. What it throws ends the transaction,
     * which then changes nothing.
     *
     * @throws DdsException.Conflict if others got in its way all the time: nothing was changed
     * @throws DdsException.UnknownOutcome if nobody can tell yet whether it was done: ask {@link #outcome}
     * @throws DdsException.TooLarge if it compares and writes more than
     *     {@link io.brickwork.core.Limits#TRANSACTION_BYTES}
     * @throws IllegalArgumentException if it concerns more than {@link io.brickwork.core.Limits#TRANSACTION_ITEMS}
     *     records and ranges
     */
    public void transact(Consumer<? super Transaction> function) {
        transactAndGet(transaction -> {
            function.accept(transaction);
            return Boolean.TRUE;
        });
    }

    /** As {@link #transact}, with a result: what the function returned in the transaction that was committed. */
    public <R extends @Nullable Object> R transactAndGet(Function<? super Transaction, ? extends R> function) {
        return transactAndGet(calls.timeout(), function);
    }

    /** As {@link #transactAndGet(Function)}, within a time of its own. */
    public <R extends @Nullable Object> R transactAndGet(
            Duration timeout, Function<? super Transaction, ? extends R> function) {
        session.checkMayBlock();
        return new Transactor(session, ShippedStructures.TYPES).run(function, calls.withTimeout(timeout));
    }

    /**
     * As {@link #transactAndGet(Function)}, on another thread.
     *
     * @param executor runs the function, on a thread that waits for the bricks: virtual threads do well
     */
    public <R extends @Nullable Object> CompletionStage<R> transactAsync(
            Function<? super Transaction, ? extends R> function, Executor executor) {
        return CompletableFuture.<R>supplyAsync(() -> transactAndGet(function), executor)
                .minimalCompletionStage();
    }

    /** Some conditions and some writes, to be sent in one round: what {@link #transact} would do in two. */
    public MiniTransaction miniTransaction() {
        return new MiniTransaction(session, calls);
    }

    /** All structures that exist, in the order of their names. */
    public List<StructureInfo> structures() {
        return session.invoke(Catalog.list(), calls).await();
    }

    /** The codecs of this program's classes, for a {@link TableSpec} or a {@link TreeSpec}. */
    public CodecRegistry codecs() {
        return codecs;
    }

    /** What structures are made of, for those who write their own. */
    public Invoker invoker() {
        return session;
    }

    /**
     * Asks what became of an operation, named by the {@link DdsException.UnknownOutcome} that its caller got from this
     * {@code Dds}. Can be asked until about a thousand later writes have been begun.
     */
    public OperationOutcome outcome(OperationId operation) {
        try {
            session.inquire(operation, calls).await();
            return new OperationOutcome.Done();
        } catch (DdsException.Conflict rejected) {
            return new OperationOutcome.Rejected(String.valueOf(rejected.getMessage()));
        } catch (DdsException.UnknownOutcome unknown) {
            return new OperationOutcome.Unknown(operation, String.valueOf(unknown.getMessage()));
        } catch (DdsException.Forgotten forgotten) {
            return new OperationOutcome.Forgotten(String.valueOf(forgotten.getMessage()));
        } catch (DdsException notTold) {
            // That the question certainly was not asked says nothing of the operation.
            return new OperationOutcome.Unknown(operation, String.valueOf(notTold.getMessage()));
        }
    }

    /**
     * Ends all open calls with what is certain, and lets go of everything; an embedded brick stops in order, also if
     * the thread is interrupted, whose flag stays set. Calls made later fail as {@link DdsException.Closed}. May be
     * repeated. Waits some seconds at most.
     *
     * @throws IllegalStateException on a thread of this {@code Dds} or of a brick, such as a stage's if its executor
     *     runs tasks on the thread that hands them in
     */
    @Override
    public void close() {
        session.checkMayBlock();
        if (isClosed.compareAndSet(false, true)) {
            session.close();
            release.run();
        }
    }
}
