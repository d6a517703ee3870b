package io.brickwork.check;

import io.brickwork.core.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The promise of scans: each key that is there throughout is met exactly once, in order, and none that is never there.
 *
 * <p>Checked as something stronger, page by page. The pages of a scan cover its range without gap or overlap, and keys
 * come in its order. Each page is the state of one partition as of the version that it is stamped with: all keys that
 * it covers are there, or not, as the history tells of that version. And that version is not older than what any caller
 * had been told before the page was asked for, nor newer than what nobody had asked for when it was answered.
 */
public final class ScanOracle {
    private final TreeMap<String, KeyVersions> versions = new TreeMap<>();
    private final TreeMap<String, List<Observation>> effects = new TreeMap<>();
    private final Function<String, Bytes> recordKeys;
    private final List<Finding> findings = new ArrayList<>();

    private ScanOracle(History history, Function<String, Bytes> recordKeys) {
        this.recordKeys = recordKeys;
        history.byKey().forEach((key, observations) -> {
            versions.put(key, new KeyVersions(observations));
            effects.put(
                    key,
                    observations.stream()
                            .filter(one -> one.isDone() && one.hadEffect())
                            .toList());
        });
    }

    /** @param recordKeys where a key lies */
    public static List<Finding> check(History history, List<ScanSeen> scans, Function<String, Bytes> recordKeys) {
        ScanOracle oracle = new ScanOracle(history, recordKeys);
        scans.forEach(oracle::check);
        return oracle.findings;
    }

    private void check(ScanSeen scan) {
        checkOrder(scan);
        for (ScanSeen.Page page : scan.pages()) {
            checkState(scan, page);
            checkTime(scan, page);
        }
        if (scan.isWhole()) {
            checkCover(scan);
        }
    }

    private void checkOrder(ScanSeen scan) {
        Bytes before = null;
        for (ScanSeen.Page page : scan.pages()) {
            for (ScanSeen.Row row : page.rows()) {
                if (!page.covers(row.recordKey())) {
                    find(scan, "key " + row.key() + " lies outside of its page");
                }
                if (before != null && (before.compareTo(row.recordKey()) < 0) == scan.backward()
                        || row.recordKey().equals(before)) {
                    find(scan, "key " + row.key() + " comes out of order, or twice");
                }
                before = row.recordKey();
            }
        }
    }

    private void checkCover(ScanSeen scan) {
        for (String key : versions.keySet()) {
            Bytes recordKey = recordKeys.apply(key);
            long covering =
                    scan.pages().stream().filter(page -> page.covers(recordKey)).count();
            if (covering != (scan.range().contains(recordKey) ? 1 : 0)) {
                find(scan, covering + " of its pages say what is under " + key);
            }
        }
    }

    private void checkState(ScanSeen scan, ScanSeen.Page page) {
        TreeMap<String, String> values = new TreeMap<>();
        page.rows().forEach(row -> values.put(row.key(), row.value()));
        versions.forEach((key, of) -> {
            @Nullable String seen = values.remove(key);
            Observation write = of.lastWrite(page.version());
            if (page.covers(recordKeys.apply(key)) && !of.mayBe(seen, write)) {
                find(
                        scan,
                        "key " + key + " has " + (seen == null ? "nothing" : seen) + " in the page as of "
                                + page.version() + ", but " + KeyVersions.expectation(write));
            }
        });
        if (!values.isEmpty()) {
            find(scan, "nobody ever wrote " + values.keySet());
        }
    }

    /**
     * Whatever the page does not cover may be from before or after it; and where a key lies makes no difference, since
     * its versions rise all the same.
     */
    private void checkTime(ScanSeen scan, ScanSeen.Page page) {
        effects.forEach((key, of) -> {
            if (page.covers(recordKeys.apply(key))) {
                of.forEach(effect -> checkTime(scan, page, effect));
            }
        });
    }

    private void checkTime(ScanSeen scan, ScanSeen.Page page, Observation effect) {
        boolean isNewer = effect.version().compareTo(page.version()) > 0;
        if (effect.endedAt() < page.askedAt() && isNewer) {
            find(scan, "a page as of " + page.version() + " was asked for after " + effect + " had ended");
        }
        if (effect.invokedAt() > page.answeredAt() && !isNewer) {
            find(scan, "a page as of " + page.version() + " was answered before " + effect + " began");
        }
    }

    private void find(ScanSeen scan, String text) {
        findings.add(new Finding("scan", scan + ": " + text));
    }
}
