package io.brickwork.sim.check;

import io.brickwork.core.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The promise of scans: each key that is there throughout is met exactly once, in order, and none that is never there.
 *
 * <p>Checked as something stronger, page by page. The pages of a scan cover its range without gap or overlap, and keys come in its order. Each page is the state of one partition as of the version
 * that it is stamped with: all keys that it covers are there, or not, as the history tells of that version. And that version is not older than what any caller had been told before the page
 * was asked for, nor newer than what nobody had asked for when it was answered.
 */
public final class ScanOracle {
    private final TreeMap<String, KeyVersions> versions = new TreeMap<>();
    private final TreeMap<String, String> partitions = new TreeMap<>();
    private final TreeMap<String, List<Observation>> done = new TreeMap<>();
    private final Function<String, Bytes> recordKeys;
    private final List<Finding> findings = new ArrayList<>();

    private ScanOracle(History history, Function<String, Bytes> recordKeys) {
        this.recordKeys = recordKeys;
        history.byKey().forEach((key, observations) -> {
            versions.put(key, new KeyVersions(observations));
            partitions.put(key, observations.getFirst().partition());
        });
        history.byPartition()
                .forEach((partition, observations) -> done.put(
                        partition,
                        observations.stream().filter(Observation::isDone).toList()));
    }

    /**
     * @param recordKeys where a key lies
     */
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
        long asOf = page.version().seq();
        versions.forEach((key, of) -> {
            boolean isCovered = page.partition().equals(partitions.get(key)) && page.covers(recordKeys.apply(key));
            @Nullable String seen = values.remove(key);
            if (isCovered && !of.mayBe(seen, asOf)) {
                find(
                        scan,
                        "key " + key + " has " + (seen == null ? "nothing" : seen) + " in the page as of "
                                + page.version() + ", but " + of.expectation(asOf));
            }
        });
        if (!values.isEmpty()) {
            find(scan, "nobody ever wrote " + values.keySet());
        }
    }

    private void checkTime(ScanSeen scan, ScanSeen.Page page) {
        for (Observation other : done.getOrDefault(page.partition(), List.of())) {
            long seq = other.version().seq();
            if (!other.hadEffect() || !page.covers(recordKeys.apply(other.call().key()))) {
                continue; // whether the page is from before or after it cannot be told
            }
            if (other.endedAt() < page.askedAt() && seq > page.version().seq()) {
                find(scan, "a page as of " + page.version() + " was asked for after " + other + " had ended");
            }
            if (other.invokedAt() > page.answeredAt() && seq <= page.version().seq()) {
                find(scan, "a page as of " + page.version() + " was answered before " + other + " began");
            }
        }
    }

    private void find(ScanSeen scan, String text) {
        findings.add(new Finding("scan", scan + ": " + text));
    }
}
