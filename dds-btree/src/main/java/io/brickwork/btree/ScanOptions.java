package io.brickwork.btree;

import io.brickwork.core.Check;
import io.brickwork.map.PageVisitor;

/**
 * How a {@link Scan} goes on. Its range and direction are those of the view that is scanned.
 *
 * @param limit after how many it ends; at least 0
 * @param pageRecords how many are asked for at a time, from 1 to {@value PageVisitor#RECORDS}; a page also ends at
 *     {@link io.brickwork.core.Limits#PAGE_BYTES}
 */
public record ScanOptions(long limit, int pageRecords) {
    public static final ScanOptions ALL = new ScanOptions(Long.MAX_VALUE, PageVisitor.RECORDS);

    public ScanOptions {
        Check.argument(limit >= 0, "a limit of %d; at least 0", limit);
        Check.argument(
                pageRecords >= 1 && pageRecords <= PageVisitor.RECORDS,
                "pages of %d records; from 1 to %d",
                pageRecords,
                PageVisitor.RECORDS);
    }

    public ScanOptions withLimit(long records) {
        return new ScanOptions(records, pageRecords);
    }

    public ScanOptions withPageRecords(int records) {
        return new ScanOptions(limit, records);
    }
}
