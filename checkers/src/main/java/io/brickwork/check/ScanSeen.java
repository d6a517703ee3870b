package io.brickwork.check;

import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One scan as its caller saw it.
 *
 * @param range what was scanned
 * @param isWhole whether it came to its end
 */
public record ScanSeen(String client, KeyRange range, boolean backward, List<Page> pages, boolean isWhole) {
    public ScanSeen {
        pages = List.copyOf(pages);
    }

    /**
     * One answer.
     *
     * @param askedAt its invocation's place among all invocations and responses; see {@link Observation}
     * @param version what the answer was stamped with
     * @param rest what it left to be asked for; null at the end
     */
    public record Page(
            long askedAt,
            long answeredAt,
            String partition,
            Version version,
            KeyRange asked,
            @Nullable KeyRange rest,
            List<Row> rows) {
        public Page {
            rows = List.copyOf(rows);
        }

        /** Whether it says of this key what is there. */
        boolean covers(Bytes recordKey) {
            return asked.contains(recordKey) && (rest == null || !rest.contains(recordKey));
        }
    }

    public record Row(Bytes recordKey, String key, String value) {}

    @Override
    public String toString() {
        return "scan of " + range + (backward ? " backward" : "") + " by " + client;
    }
}
