package io.brickwork.core.brick;

import io.brickwork.core.Bytes;
import io.brickwork.core.Limits;
import io.brickwork.core.PartitionId;
import io.brickwork.core.entry.CorruptRecordException;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.partition.machine.PartitionMachine;
import io.brickwork.core.partition.machine.WriteSample;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.table.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Has the partitions that this brick leads split, when they have too many records or too many writes.
 *
 * <p>Where: if all that was written of late lies at one end, as in a time series, there, so that what is full stays
 * full and what is new grows; the new partition is the one that is written, and has a primary of its own. Else in the
 * middle, which is found by reading half of the keys, a little at a time. One that is written too often is split in the
 * middle of what was written of late.
 *
 * <p>Source: splits at the right edge are those of B-link trees (Lehman and Yao 1981 §5) and their descendants; splits
 * by load those of Bigtable's (Chang et al. 2006 §5.2).
 */
final class Splitter {
    private static final long CHECK_NANOS = 1_000_000_000;
    /** How long a partition must be written too often. */
    private static final int BUSY_CHECKS = 5;
    /** After it was asked for, a split is waited for. */
    private static final long ASKED_NANOS = 5_000_000_000L;
    /** Records that are read at a time. */
    private static final int SLICE_RECORDS = 1000;
    /** A partition that has this many times its records is split in the middle first. */
    private static final double EDGE_EXCESS = 1.5;
    /** A structure is not split for its writes once it has so many partitions for each brick. */
    private static final int BUSY_PARTITIONS = 16;

    private final GrowthLimits limits;
    private final Replicas replicas;
    private final Replicas.Host host;
    private final TreeMap<PartitionId, Watch> watches = new TreeMap<>();
    private long checkedNanos;
    /** The search for the middle of a partition; null if there is none. */
    private @Nullable Middle middle;

    /** What was seen of a partition. */
    private static final class Watch {
        /** Another one is another view's. */
        private final WriteSample sample;

        private long writes;
        private int busy;
        /** What the partition had when its last split was asked for; null before the first. */
        private @Nullable KeyRange asked;

        private long askedNanos;

        Watch(WriteSample sample) {
            this.sample = sample;
            this.writes = sample.writes();
        }
    }

    Splitter(GrowthLimits limits, Replicas replicas, Replicas.Host host) {
        this.limits = limits;
        this.replicas = replicas;
        this.host = host;
    }

    void begin(long nowNanos) {
        checkedNanos = nowNanos;
    }

    void onTick(long nowNanos) {
        Middle search = middle;
        if (search != null) {
            middle = search.goOn(nowNanos) ? search : null;
        }
        if (nowNanos - checkedNanos >= CHECK_NANOS) {
            long nanos = nowNanos - checkedNanos;
            checkedNanos = nowNanos;
            watches.keySet().removeIf(partition -> replicas.find(partition) == null);
            replicas.all().forEach(machine -> check(machine, nanos, nowNanos));
        }
    }

    private void check(PartitionMachine machine, long nanos, long nowNanos) {
        WriteSample sample = machine.writeSample();
        Watch watch = watches.get(machine.partition());
        if (sample == null) {
            watches.remove(machine.partition());
            return;
        }
        if (watch == null || watch.sample != sample) {
            watches.put(machine.partition(), new Watch(sample));
            return;
        }
        long written = sample.writes() - watch.writes;
        watch.writes = sample.writes();
        boolean isBusy = written > limits.writesPerSecond() * (nanos / 1e9);
        watch.busy = isBusy ? watch.busy + 1 : 0;
        boolean isAsked = machine.range().equals(watch.asked) && nowNanos - watch.askedNanos < ASKED_NANOS;
        if (!mayBeSplit(machine) || isAsked) {
            return;
        }
        long records = host.turnSnapshot().applied(machine.partition()).liveRecords();
        if (records > limits.records() || records * sample.meanBytes() > limits.bytes()) {
            if (records >= 2 && !splitAtEdge(machine, watch, records, nowNanos) && middle == null) {
                middle = new Middle(machine, watch, records);
            }
        } else if (watch.busy >= BUSY_CHECKS && isWorthwhile(machine)) {
            List<Bytes> keys = sample.sortedKeys();
            Bytes key = keys.get(keys.size() / 2);
            if (keys.size() == WriteSample.KEYS && key.compareTo(keys.get(keys.size() / 8)) > 0) {
                watch.busy = 0;
                ask(machine, watch, key, false, nowNanos);
            }
        }
    }

    private boolean mayBeSplit(PartitionMachine machine) {
        Group group = machine.group();
        return group != null
                && group.isSettled()
                && !group.isReshaping()
                && host.metadata().groups().size() < Limits.CLUSTER_PARTITIONS;
    }

    /** Whether others could lead a part of it. */
    private boolean isWorthwhile(PartitionMachine machine) {
        int partitions =
                host.metadata().groupsOf(machine.partition().structure()).size();
        return host.clusterBricks() > 1 && partitions < BUSY_PARTITIONS * host.clusterBricks();
    }

    private void ask(PartitionMachine machine, Watch watch, Bytes key, boolean givesLower, long nowNanos) {
        KeyRange range = machine.range();
        if (range.contains(key) && !key.equals(range.low())) {
            watch.asked = range;
            watch.askedNanos = nowNanos;
            host.propose(new MetadataCommand.SplitPartition(machine.partition(), key, givesLower));
        }
    }

    /** If all that was written of late has few records above it, or below it, that part becomes a partition. */
    private boolean splitAtEdge(PartitionMachine machine, Watch watch, long records, long nowNanos) {
        List<Bytes> keys = watch.sample.sortedKeys();
        KeyRange range = machine.range();
        if (keys.size() < WriteSample.KEYS || !range.contains(keys.getFirst()) || !range.contains(keys.getLast())) {
            return false;
        }
        if (records > limits.records() * EDGE_EXCESS) {
            return false; // what stays would have to be split all the same
        }
        int most = (int) Math.min(SLICE_RECORDS, records / 8);
        try {
            Bytes low = keys.getFirst();
            if (low.compareTo(range.low()) > 0
                    && read(machine, new KeyRange(low, range.high()), most + 1).size() <= most) {
                ask(machine, watch, low, false, nowNanos);
                return true;
            }
            List<Bytes> lower = read(machine, range, most + 1);
            if (lower.size() > most && lower.getLast().compareTo(keys.getLast()) > 0) {
                ask(machine, watch, lower.getLast(), true, nowNanos);
                return true;
            }
        } catch (CorruptRecordException rotten) {
            machine.onCorrupt(rotten);
        }
        return false;
    }

    /** The first record keys of the range, at most so many. */
    private List<Bytes> read(PartitionMachine machine, KeyRange range, int most) {
        List<Bytes> keys = new ArrayList<>();
        host.turnSnapshot().scan(machine.partition().structure(), range, (key, record) -> {
            keys.add(key);
            return keys.size() < most;
        });
        return keys;
    }

    /** Looks for the key that has half of the records below it. */
    private final class Middle {
        private final PartitionMachine machine;
        private final Watch watch;
        private long left;
        private Bytes from;
        /** The last key that was read. */
        private Bytes before = Bytes.EMPTY;

        Middle(PartitionMachine machine, Watch watch, long records) {
            this.machine = machine;
            this.watch = watch;
            left = records / 2;
            from = machine.range().low();
        }

        /** Returns whether there is more to do. */
        boolean goOn(long nowNanos) {
            if (machine.writeSample() != watch.sample
                    || !mayBeSplit(machine)
                    || !machine.range().contains(from)) {
                return false;
            }
            Slice slice = new Slice();
            Snapshot snapshot = host.turnSnapshot();
            try {
                snapshot.scan(
                        machine.partition().structure(),
                        new KeyRange(from, machine.range().high()),
                        slice::add);
            } catch (CorruptRecordException rotten) {
                machine.onCorrupt(rotten);
                return false; // it is repaired, and then the search begins anew
            }
            Bytes found = slice.found;
            if (found != null) {
                ask(machine, watch, found, false, nowNanos);
            }
            return found == null && slice.next != null;
        }

        private final class Slice {
            private int room = SLICE_RECORDS;
            private @Nullable Bytes found;
            private @Nullable Bytes next;

            boolean add(Bytes key, TableRecord record) {
                if (left == 0) {
                    found = separator(before, key);
                    return false;
                }
                if (room == 0) {
                    next = key;
                    from = key;
                    return false;
                }
                room--;
                left--;
                before = key;
                return true;
            }
        }
    }

    /** The shortest key above one and not above another. */
    static Bytes separator(Bytes below, Bytes key) {
        int common = 0;
        while (common < below.length() && below.at(common) == key.at(common)) {
            common++;
        }
        return key.slice(0, common + 1).compact();
    }
}
