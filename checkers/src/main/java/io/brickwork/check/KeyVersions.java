package io.brickwork.check;

import io.brickwork.core.Version;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the history tells of one key at each version: the committed writes have one order, that of their versions, also
 * when the key's partition is split or merged.
 *
 * <p>Writes whose outcome is unknown have no number. So a value that one of them brought may be there, and nothing may
 * be where one of them may have removed it.
 */
final class KeyVersions {
    private final TreeMap<Version, Observation> writes = new TreeMap<>();
    private final TreeSet<String> maybeWritten = new TreeSet<>();
    private boolean maybeRemoved;

    /** All that was asked of the key. */
    KeyVersions(List<Observation> observations) {
        for (Observation observation : observations) {
            Call call = observation.call();
            if (observation.ending() == Observation.Ending.UNKNOWN) {
                maybeRemoved |= call.kind().mayRemove();
                if (call.argument() != null) {
                    maybeWritten.add(call.argument());
                }
            } else if (observation.isDone() && observation.hadEffect()) {
                writes.put(observation.version(), observation);
            }
        }
    }

    /**
     * Whether this may have been there after this write; null is nothing. Of text that was appended to, only the value
     * that came last is looked at.
     */
    boolean mayBe(@Nullable String seen, @Nullable Observation write) {
        String last = lastValue(seen);
        boolean mayBe = last == null ? maybeRemoved : maybeWritten.contains(last);
        return mayBe || Objects.equals(last, left(write));
    }

    /** The last write that is known up to the version. */
    @Nullable
    Observation lastWrite(Version asOf) {
        Map.Entry<Version, Observation> last = writes.floorEntry(asOf);
        return last == null ? null : last.getValue();
    }

    /** The last write that is known before the version. */
    @Nullable
    Observation lastWriteBefore(Version version) {
        Map.Entry<Version, Observation> last = writes.lowerEntry(version);
        return last == null ? null : last.getValue();
    }

    /** What should be there, for messages. */
    static String expectation(@Nullable Observation write) {
        return write == null
                ? "nobody had written the key by then"
                : "the last write of the key up to there is " + write;
    }

    private static @Nullable String lastValue(@Nullable String text) {
        return text == null ? null : text.substring(text.lastIndexOf(',') + 1);
    }

    private static @Nullable String left(@Nullable Observation write) {
        return write == null || write.call().kind().mayRemove()
                ? null
                : write.call().argument();
    }
}
