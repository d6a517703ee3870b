package io.brickwork.core.structure;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Version;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition in a sorted map: what a {@link StructureType} is tested against. An operation's changes
 * are applied when it has been evaluated.
 */
public final class MapRecords implements Records {
    private final KeyRange range;
    private final TreeMap<Bytes, Bytes> records = new TreeMap<>();
    private final TreeMap<Bytes, Version> versions = new TreeMap<>();
    private long evaluated;

    public MapRecords() {
        this(KeyRange.ALL);
    }

    public MapRecords(KeyRange range) {
        this.range = range;
    }

    /** Evaluates the operation and applies what it changes, all or nothing. */
    public Bytes evaluate(StructureType type, Bytes body) {
        evaluated++;
        TreeMap<Bytes, @Nullable Bytes> changed = new TreeMap<>();
        Bytes result = type.evaluate(body, this, new Changes() {
            @Override
            public void put(Bytes recordKey, Bytes value) {
                changed.put(checked(recordKey), value);
            }

            @Override
            public void delete(Bytes recordKey) {
                changed.put(checked(recordKey), null);
            }
        });
        Check.invariant(changed.isEmpty() || !type.isRead(body), "a read changed %s", changed.keySet());
        changed.forEach((key, value) -> {
            if (value == null) {
                records.remove(key);
            } else {
                records.put(key, value);
                versions.put(key, new Version(1, evaluated));
            }
        });
        return result;
    }

    @Override
    public @Nullable Bytes get(Bytes recordKey) {
        return records.get(checked(recordKey));
    }

    @Override
    public @Nullable Version version(Bytes recordKey) {
        return records.containsKey(checked(recordKey)) ? versions.get(recordKey) : null;
    }

    @Override
    public void scanVersions(KeyRange within, boolean backward, VersionVisitor visitor) {
        NavigableMap<Bytes, Bytes> all = within(within);
        for (Map.Entry<Bytes, Bytes> record : (backward ? all.descendingMap() : all).entrySet()) {
            Version version = versions.getOrDefault(record.getKey(), Version.NONE);
            if (!visitor.visit(record.getKey(), version, record.getValue())) {
                return;
            }
        }
    }

    private NavigableMap<Bytes, Bytes> within(KeyRange within) {
        KeyRange both = range.intersection(within);
        if (both == null) {
            return new TreeMap<>();
        }
        Bytes high = both.high();
        return high == null ? records.tailMap(both.low(), true) : records.subMap(both.low(), true, high, false);
    }

    @Override
    public long count() {
        return records.size();
    }

    @Override
    public KeyRange range() {
        return range;
    }

    private Bytes checked(Bytes recordKey) {
        Check.argument(range.contains(recordKey), "key %s lies outside %s", recordKey, range);
        return recordKey;
    }
}
