package io.brickwork.bricks;

import io.brickwork.bricks.caller.Undisturbed;
import io.brickwork.bricks.disk.DiskSpace;
import io.brickwork.bricks.lane.Lane;
import io.brickwork.bricks.lmdb.LmdbTable;
import io.brickwork.bricks.lmdb.TableOptions;
import io.brickwork.bricks.log.SegmentedLog;
import io.brickwork.bricks.meter.Meters;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.client.spi.ShippedStructures;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.DiskId;
import io.brickwork.core.brick.BrickConfig;
import io.brickwork.core.brick.BrickInput;
import io.brickwork.core.brick.BrickMachine;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.log.LogCorruptException;
import io.brickwork.core.log.StoreFailedException;
import io.brickwork.core.partition.read.LeaseEnd;
import io.brickwork.core.partition.read.ReadView;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A brick on its directory: log, table, machine and lane. Has no network of its own: whoever opens it connects links or
 * local callers to its lane.
 *
 * <p>Halts at anything that a step, the log or the table throws: nothing more is sent, all links are closed, and log
 * and table are let go without a mark that they were closed in order. The directory stays locked by a halted brick
 * until {@link #close}.
 */
public final class Brick implements AutoCloseable {
    private static final int CLUSTER_ID_BYTES = 16;
    /** For so long nothing may be done in the process but collecting garbage. */
    static final int EXHAUSTED_SECONDS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(Brick.class);

    private final BrickId id;
    private final Lane lane;
    private final BrickDirectory directory;
    private final SegmentedLog log;
    private final LmdbTable table;
    private final BrickMachine machine;
    private final CollectionWatch watch;
    private final AtomicReference<@Nullable Throwable> halted;

    private Brick(
            BrickId id,
            Lane lane,
            BrickDirectory directory,
            SegmentedLog log,
            LmdbTable table,
            BrickMachine machine,
            CollectionWatch watch,
            AtomicReference<@Nullable Throwable> halted) {
        this.id = id;
        this.lane = lane;
        this.directory = directory;
        this.log = log;
        this.table = table;
        this.machine = machine;
        this.watch = watch;
        this.halted = halted;
    }

    /** Halts a brick whose process does nothing but collect garbage. */
    static final class HeapExhausted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HeapExhausted() {
            super(EXHAUSTION + EXHAUSTED_SECONDS + " s", null, false, false);
        }
    }

    static final String EXHAUSTION = "the heap is full, and the process has done nothing but collect garbage for ";

    /** Who opens a brick, and is told what becomes of it. All calls but the first come on the lane's thread. */
    public interface Owner {
        /**
         * The lane is there, before its first turn, so that a storage actor may be put in front of it. On the thread
         * that opens.
         */
        default void made(Lane lane) {}

        /** Something has happened to the brick as a whole. Not to be blocked. */
        default void told(Event.OfBrick event) {}

        /** Whether other bricks have copies of all that this one has: what is damaged here can be thrown away. */
        default boolean hasCopies() {
            return false;
        }

        /** The brick has halted, once, and why. */
        void halted(Throwable failure);
    }

    /**
     * Where a brick keeps its data, and how much.
     *
     * @param capacityBytes what log and table may take together; 0 for the whole disk
     * @param logSegmentBytes the size of a log file; a small capacity or disk makes it smaller, since the log always
     *     keeps a full file and the current one
     * @param diskReserveBytes what is kept free on the disk, so that deletes still work; a small disk makes it smaller
     */
    public record Storage(Path directory, long capacityBytes, long logSegmentBytes, long diskReserveBytes) {
        private static final long SEGMENTS_OF_CAPACITY = 16;
        private static final long RESERVES_OF_DISK = 16;
        private static final long LEAST_SEGMENT_BYTES = 256 << 10;
        /** A full log file, the current one, one that lies ready, and as much for the table. */
        private static final long LEAST_SEGMENTS = 6;

        public Storage {
            Check.argument(
                    capacityBytes >= 0 && diskReserveBytes >= 0,
                    "capacity of %d, disk reserve of %d bytes",
                    capacityBytes,
                    diskReserveBytes);
            if (capacityBytes > 0) {
                logSegmentBytes =
                        Math.min(logSegmentBytes, Math.max(LEAST_SEGMENT_BYTES, capacityBytes / SEGMENTS_OF_CAPACITY));
            }
        }

        /** With the default reserve. */
        public Storage(Path directory, long capacityBytes, long logSegmentBytes) {
            this(directory, capacityBytes, logSegmentBytes, TableOptions.DISK_RESERVE_BYTES);
        }

        /**
         * As it fits on the disk.
         *
         * @throws BrickStartException if it cannot, with all figures
         */
        Storage on(DiskSpace disk) {
            long total = disk.totalBytes();
            if (total <= 0) {
                return this; // some file systems do not tell
            }
            Storage fitting = new Storage(
                    directory,
                    capacityBytes,
                    Math.min(logSegmentBytes, Math.max(LEAST_SEGMENT_BYTES, total / SEGMENTS_OF_CAPACITY)),
                    Math.min(diskReserveBytes, total / RESERVES_OF_DISK));
            long needed = fitting.diskReserveBytes + LEAST_SEGMENTS * fitting.logSegmentBytes;
            if (capacityBytes > total) {
                throw new BrickStartException(
                        "the capacity of %,d bytes is more than the disk has: %s. Set capacity lower, or to 0 for all there is"
                                .formatted(capacityBytes, disk));
            }
            if (needed > total) {
                throw new BrickStartException(
                        "the disk is too small: %s, and at least %,d bytes are needed (a disk reserve of %,d, and %d log files of %,d). Choose a directory on a larger disk"
                                .formatted(
                                        disk,
                                        needed,
                                        fitting.diskReserveBytes,
                                        LEAST_SEGMENTS,
                                        fitting.logSegmentBytes));
            }
            if (!fitting.equals(this)) {
                LOG.info(
                        "{}: of these {} stay free as a reserve, not {}, and log files have {}, not {}",
                        disk,
                        fitting.diskReserveBytes,
                        diskReserveBytes,
                        fitting.logSegmentBytes,
                        logSegmentBytes);
            }
            if (disk.usableBytes() <= fitting.diskReserveBytes) {
                LOG.warn(
                        "{}, no more than the reserve of {} bytes: the brick counts as full, and refuses puts until there is room; deletes work",
                        disk,
                        fitting.diskReserveBytes);
            }
            return fitting;
        }
    }

    /**
     * Opens the brick and begins with its turns. Any thread but the loop's; an interrupted one too.
     *
     * @param config what the brick is, given what is drawn for it here
     * @param loop the lane's event loop; still the caller's to shut down
     * @throws BrickStartException if the directory, the log or the table cannot be used
     */
    public static Brick open(
            BrickId id,
            Function<BrickConfig.Drawn, BrickConfig> config,
            Storage storage,
            EventLoop loop,
            Meters meters,
            Owner owner) {
        return Undisturbed.call("open-brick-" + id, () -> openHere(id, config, storage, loop, meters, owner));
    }

    private static Brick openHere(
            BrickId id,
            Function<BrickConfig.Drawn, BrickConfig> config,
            Storage wanted,
            EventLoop loop,
            Meters meters,
            Owner owner) {
        AtomicReference<@Nullable Throwable> halted = new AtomicReference<>();
        Opened opened = new Opened();
        Storage storage = DiskSpace.of(wanted.directory()).map(wanted::on).orElse(wanted);
        try {
            BrickDirectory directory = BrickDirectory.open(storage.directory(), id.name());
            opened.add(directory);
            AtomicReference<@Nullable Lane> made = new AtomicReference<>();
            Consumer<Event> events = new BrickEvents(id, meters);
            Consumer<Event> listener = event -> {
                events.accept(event);
                Lane halting = made.get();
                if (event instanceof Event.MustJoinAsNew join && halting != null) {
                    halting.halt(new JoinAsNewException(join.reason()));
                }
                if (event instanceof Event.OfBrick ofBrick) {
                    owner.told(ofBrick);
                }
            };
            Lane lane = new Lane(loop, listener, failure -> {
                halted.set(failure);
                if (failure instanceof StoreFailedException) {
                    Boot.failed(storage.directory());
                }
                if (failure instanceof JoinAsNewException) {
                    owner.halted(failure); // who holds the brick knows what to do
                    return;
                }
                LOG.error("FATAL: brick {} has halted: {}", id, adviceFor(failure, storage.directory()), failure);
                owner.halted(failure);
            });
            made.set(lane);
            SegmentedLog log = new SegmentedLog(
                    directory.logDirectory(),
                    storage.logSegmentBytes(),
                    position -> lane.post(new BrickInput.Synced(position)),
                    lane::halt);
            opened.add(log::abandon);
            boolean hasLog = log.isFounded();
            LmdbTable table = LmdbTable.open(
                    TableOptions.of(directory.tableDirectory())
                            .withCapacityBytes(storage.capacityBytes())
                            .withDiskReserveBytes(storage.diskReserveBytes())
                            .withCopies(owner.hasCopies()),
                    hasLog || directory.isFounded(),
                    log::segmentsBytes,
                    System::nanoTime,
                    batch -> lane.post(new BrickInput.Applied(batch)),
                    lane::halt,
                    lane::halt);
            opened.add(table);
            if (!hasLog && (directory.isFounded() || table.isUsed())) {
                throw new LogCorruptException(
                        "the log's files in %s are gone, and were there: what was written last is lost. Put back an intact copy of the brick's whole directory; a brick of a cluster may also be started on an empty directory, and gets everything from the others"
                                .formatted(directory.logDirectory()));
            }
            log.mustReach(table.logReached());
            table.follow(log::syncedPosition);
            owner.made(lane);
            BrickConfig drawn = config.apply(drawn(directory, storage.directory()));
            BrickMachine machine =
                    lane.begin(log, outbox -> new BrickMachine(drawn, ShippedStructures.TYPES, log, table, outbox));
            directory.markFounded();
            CollectionWatch watch =
                    CollectionWatch.start("collections-" + id, EXHAUSTED_SECONDS, () -> lane.halt(new HeapExhausted()));
            opened.keep();
            return new Brick(id, lane, directory, log, table, machine, watch, halted);
        } catch (LogCorruptException | CorruptRecordException | StoreFailedException failure) {
            throw new BrickStartException(
                    "brick '%s' cannot start on %s: %s".formatted(id, storage.directory(), failure.getMessage()),
                    failure);
        } finally {
            opened.close();
        }
    }

    private static BrickConfig.Drawn drawn(BrickDirectory directory, Path path) {
        byte[] cluster = new byte[CLUSTER_ID_BYTES];
        new SecureRandom().nextBytes(cluster);
        UUID disk = directory.diskId();
        return new BrickConfig.Drawn(
                new DiskId(disk.getMostSignificantBits(), disk.getLeastSignificantBits()),
                Bytes.wrap(cluster),
                Boot.id(path),
                new SplittableRandom());
    }

    public BrickId id() {
        return id;
    }

    public Lane lane() {
        return lane;
    }

    /** Only for what any thread may ask of it. */
    public BrickMachine machine() {
        return machine;
    }

    /**
     * Evaluates a pure read on the calling thread, linearizably: see {@link ReadView}. Any thread.
     *
     * @return the encoded result; null if the brick cannot answer in this way just now
     */
    public @Nullable Bytes tryRead(int structure, Bytes routingKey, Bytes body) {
        ReadView view = halted() != null ? null : machine.readViews().find(structure, routingKey);
        ReadView.Result read = view == null ? null : view.read(routingKey, body, lane.clock());
        return read == null ? null : read.result();
    }

    /** How long the brick's lease still lasts; negative once it has ended. Any thread. */
    Duration leaseMargin() {
        long nowNanos = lane.clock().getAsLong();
        LeaseEnd lease = machine.leaseEnd();
        return Duration.ofNanos(
                lease.isValid(nowNanos)
                        ? lease.nanos(nowNanos) - nowNanos
                        : Math.min(-1, lease.nanos(nowNanos) - nowNanos));
    }

    /** Why the brick has halted; null while it has not. */
    public @Nullable Throwable halted() {
        return halted.get();
    }

    /** What to tell people of a failure that halts a brick. */
    public static String adviceFor(Throwable failure, Path directory) {
        String what = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return switch (failure) {
            case StoreFailedException disk ->
                what + ". Nothing was acknowledged that is not stored. Look at the disk under " + directory
                        + ", then start the brick again";
            case Check.InvariantBroken bug ->
                "a promise of Brickwork's own code is broken: " + what
                        + ". This is a bug; please report it with this log and keep " + directory
                        + ". Starting the brick again is safe";
            case JoinAsNewException useless ->
                "what is in " + directory + " is of no use to this cluster: " + what
                        + ". Move it away, then start the brick again; it joins as a new one";
            case CorruptRecordException damage -> what;
            case HeapExhausted exhausted ->
                what + ": give the process a larger heap (-Xmx), then start the brick again";
            case OutOfMemoryError memory ->
                "the heap is too small (" + what + "): give the process more (-Xmx), then start the brick again";
            default ->
                failure.getClass().getSimpleName() + ": " + what
                        + ". Starting the brick again is safe; please report this with this log";
        };
    }

    /**
     * Ends the turn under way, closes all links, and closes log and table in order; a halted brick only lets go of
     * them. Any thread but the loop's; an interrupted one too.
     */
    @Override
    public void close() {
        Undisturbed.run("close-brick-" + id, this::closeHere);
    }

    private void closeHere() {
        watch.close();
        boolean isHalted = halted.get() != null;
        lane.end();
        try {
            if (isHalted) {
                log.abandon();
            } else {
                log.close();
            }
        } finally {
            try {
                table.close();
            } finally {
                directory.close();
            }
        }
    }

    /** What is open so far, to be closed in reverse order unless all went well. */
    private static final class Opened {
        private final ArrayDeque<AutoCloseable> parts = new ArrayDeque<>();

        void add(AutoCloseable part) {
            parts.push(part);
        }

        void keep() {
            parts.clear();
        }

        void close() {
            for (AutoCloseable part : parts) {
                try {
                    part.close();
                } catch (Exception failure) {
                    LOG.warn("could not close after a failed start: {}", failure.toString());
                }
            }
        }
    }
}
