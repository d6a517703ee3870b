package io.brickwork.bricks.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * A disk in memory that remembers what was not synced, sector by sector and name by name, and can lose it; that fails
 * when told, and fills up. Any thread.
 */
final class MemoryDisk implements LogFiles {
    private static final int SECTOR_BYTES = 512;

    private final TreeMap<String, Node> names = new TreeMap<>();
    /** The directory as it was after each change since it was last synced, the synced one first. */
    private final List<TreeMap<String, Node>> directories = new ArrayList<>();

    private long operationsLeft = Long.MAX_VALUE;
    private long capacityBytes = Long.MAX_VALUE;
    private boolean failsNextWrite;
    private boolean failsNextForce;
    private int segmentForces;
    private int creations;
    private CountDownLatch forceGate = new CountDownLatch(0);

    MemoryDisk() {
        directories.add(new TreeMap<>());
    }

    private static final class Node {
        byte[] content = new byte[0];
        int syncedSize;
        /** What the disk holds where it differs from the content: by sector, the old bytes. */
        final TreeMap<Integer, byte[]> unsynced = new TreeMap<>();

        byte[] sector(int number) {
            return Arrays.copyOfRange(content, number * SECTOR_BYTES, (number + 1) * SECTOR_BYTES);
        }

        Node copy() {
            Node copy = new Node();
            copy.content = content.clone();
            copy.syncedSize = syncedSize;
            unsynced.forEach((sector, old) -> copy.unsynced.put(sector, old));
            return copy;
        }

        Node withoutPower(Random random) {
            Node left = new Node();
            int keptPercent = List.of(0, 20, 50, 90, 100).get(random.nextInt(5));
            int size = random.nextBoolean() ? syncedSize : content.length;
            left.content = Arrays.copyOf(content, size);
            unsynced.forEach((sector, old) -> {
                if (random.nextInt(100) >= keptPercent && sector * SECTOR_BYTES < size) {
                    int bytes = Math.min(SECTOR_BYTES, size - sector * SECTOR_BYTES);
                    System.arraycopy(old, 0, left.content, sector * SECTOR_BYTES, bytes);
                }
            });
            left.syncedSize = size;
            return left;
        }
    }

    /** What a new process finds if this one dies here. Nothing works on this disk afterwards. */
    synchronized MemoryDisk kill() {
        MemoryDisk left = new MemoryDisk();
        names.forEach((name, node) -> left.names.put(name, node.copy()));
        left.directories.set(0, new TreeMap<>(left.names));
        operationsLeft = 0;
        return left;
    }

    /** What is found after the power was lost here. Nothing works on this disk afterwards. */
    synchronized MemoryDisk losePower(Random random) {
        MemoryDisk left = new MemoryDisk();
        directories
                .get(random.nextInt(directories.size()))
                .forEach((name, node) -> left.names.put(name, node.withoutPower(random)));
        left.directories.set(0, new TreeMap<>(left.names));
        operationsLeft = 0;
        return left;
    }

    /** Everything fails after this many changes and syncs. */
    synchronized void dieAfter(long operations) {
        operationsLeft = operations;
    }

    synchronized void limit(long bytes) {
        capacityBytes = bytes;
    }

    /** The next write to a segment fails. */
    synchronized void failNextWrite() {
        failsNextWrite = true;
    }

    /** The next sync of a segment fails. */
    synchronized void failNextForce() {
        failsNextForce = true;
    }

    /** Syncs of segments wait for this. */
    synchronized void gateForces(CountDownLatch gate) {
        forceGate = gate;
    }

    synchronized int segmentForces() {
        return segmentForces;
    }

    synchronized int creations() {
        return creations;
    }

    synchronized byte[] content(String name) {
        return names.get(name).content.clone();
    }

    /** Changes a file behind everybody's back, for good. */
    synchronized void put(String name, byte[] content) {
        Node node = new Node();
        node.content = content.clone();
        node.syncedSize = content.length;
        names.put(name, node);
        directories.getLast().put(name, node);
    }

    synchronized Map<String, byte[]> contents() {
        TreeMap<String, byte[]> all = new TreeMap<>();
        names.forEach((name, node) -> all.put(name, node.content.clone()));
        return all;
    }

    synchronized List<String> segments() {
        return names.keySet().stream().filter(Segment::isName).toList();
    }

    @Override
    public synchronized List<String> names() {
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized LogFile open(String name) throws IOException {
        Node node = names.get(name);
        if (node == null) {
            throw new FileNotFoundException(name);
        }
        return new MemoryFile(node);
    }

    @Override
    public synchronized LogFile create(String name) throws IOException {
        operation();
        creations++;
        Node node = new Node();
        names.put(name, node);
        directories.add(new TreeMap<>(names));
        return new MemoryFile(node);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        operation();
        Node node = names.remove(from);
        if (node == null) {
            throw new FileNotFoundException(from);
        }
        names.put(to, node);
        directories.add(new TreeMap<>(names));
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        operation();
        if (names.remove(name) == null) {
            throw new FileNotFoundException(name);
        }
        directories.add(new TreeMap<>(names));
    }

    @Override
    public synchronized void syncDirectory() throws IOException {
        operation();
        directories.clear();
        directories.add(new TreeMap<>(names));
    }

    @Override
    public String describe(String name) {
        return "memory/" + name;
    }

    private void operation() throws IOException {
        if (operationsLeft <= 0) {
            throw new IOException("the disk is dead");
        }
        operationsLeft--;
    }

    private boolean isSegment(Node node) {
        return names.entrySet().stream().anyMatch(entry -> entry.getValue() == node && Segment.isName(entry.getKey()));
    }

    private void write(Node node, ByteBuffer source, int position) throws IOException {
        operation();
        if (failsNextWrite && isSegment(node)) {
            failsNextWrite = false;
            // Half of it arrives, as a disk may do.
            source.limit(source.position() + source.remaining() / 2);
            put(node, source, position);
            throw new IOException("injected: Input/output error at a write");
        }
        long used =
                names.values().stream().mapToLong(each -> each.content.length).sum();
        int grows = Math.max(0, position + source.remaining() - node.content.length);
        if (grows > 0 && used + grows > capacityBytes) {
            throw new IOException("No space left on device");
        }
        put(node, source, position);
    }

    private static void put(Node node, ByteBuffer source, int position) {
        int end = position + source.remaining();
        for (int sector = position / SECTOR_BYTES; sector * SECTOR_BYTES < end; sector++) {
            if (sector * SECTOR_BYTES >= node.content.length) {
                node.unsynced.putIfAbsent(sector, new byte[SECTOR_BYTES]);
            } else if (!node.unsynced.containsKey(sector)) {
                node.unsynced.put(sector, node.sector(sector));
            }
        }
        if (end > node.content.length) {
            node.content = Arrays.copyOf(node.content, end);
        }
        source.get(node.content, position, end - position);
    }

    private final class MemoryFile implements LogFile {
        private final Node node;

        MemoryFile(Node node) {
            this.node = node;
        }

        @Override
        public void read(ByteBuffer target, long position) {
            synchronized (MemoryDisk.this) {
                int bytes = (int) Math.min(target.remaining(), Math.max(0, node.content.length - position));
                target.put(node.content, (int) Math.min(position, node.content.length), bytes);
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                MemoryDisk.this.write(node, source, (int) position);
            }
        }

        @Override
        public void force() throws IOException {
            CountDownLatch gate;
            TreeMap<Integer, byte[]> before;
            synchronized (MemoryDisk.this) {
                gate = isSegment(node) ? forceGate : new CountDownLatch(0);
                before = new TreeMap<>(node.unsynced);
            }
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            synchronized (MemoryDisk.this) {
                operation();
                if (isSegment(node)) {
                    segmentForces++;
                    if (failsNextForce) {
                        failsNextForce = false;
                        throw new IOException("injected: Input/output error at a sync");
                    }
                }
                // What was written while the sync was under way is as if not synced where that is possible.
                node.unsynced.keySet().removeAll(before.keySet());
                node.syncedSize = node.content.length;
            }
        }

        @Override
        public long size() {
            synchronized (MemoryDisk.this) {
                return node.content.length;
            }
        }

        @Override
        public void close() {}
    }
}
