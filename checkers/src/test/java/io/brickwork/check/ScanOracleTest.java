package io.brickwork.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Version;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Scans that keep the promise, and for each way to break it one that does. */
class ScanOracleTest {
    private static final String P = "1/0";
    private static final KeyRange ALL = KeyRange.ALL;

    private final History history = new History();

    private void set(String key, String value, long seq) {
        int number = history.invoke("c1", P, Call.of(Call.Kind.SET, key, value), 0);
        history.done(number, null, new Version(1, seq), 0);
    }

    private void delete(String key, long seq) {
        int number = history.invoke("c1", P, Call.of(Call.Kind.DELETE, key), 0);
        history.done(number, null, new Version(1, seq), 0);
    }

    private static KeyRange from(String low) {
        return new KeyRange(Bytes.utf8(low), null);
    }

    private static KeyRange below(String high) {
        return new KeyRange(Bytes.EMPTY, Bytes.utf8(high));
    }

    private ScanSeen.Page page(long seq, KeyRange asked, @Nullable KeyRange rest, String... rows) {
        return page(history.place(), seq, asked, rest, rows);
    }

    private ScanSeen.Page page(long askedAt, long seq, KeyRange asked, @Nullable KeyRange rest, String... rows) {
        List<ScanSeen.Row> seen = List.of(rows).stream()
                .map(row -> row.split("="))
                .map(row -> new ScanSeen.Row(Bytes.utf8(row[0]), row[0], row[1]))
                .toList();
        return new ScanSeen.Page(askedAt, history.place(), P, new Version(1, seq), asked, rest, seen);
    }

    private List<String> check(boolean backward, ScanSeen.Page... pages) {
        ScanSeen scan = new ScanSeen("s1", ALL, backward, List.of(pages), true);
        return ScanOracle.check(history, List.of(scan), Bytes::utf8).stream()
                .map(Finding::text)
                .toList();
    }

    @Test
    void whatIsThereAsOfEachPageMayBeSeen() {
        set("a", "1", 1);
        set("b", "2", 2);
        ScanSeen.Page first = page(2, ALL, from("b"), "a=1");
        delete("a", 3);
        set("b", "3", 4);
        assertThat(check(false, first, page(4, from("b"), null, "b=3"))).isEmpty();
    }

    @Test
    void backwardScansDescend() {
        set("a", "1", 1);
        set("b", "2", 2);
        assertThat(check(true, page(2, ALL, below("b"), "b=2"), page(2, below("b"), null, "a=1")))
                .isEmpty();
        assertThat(check(true, page(2, ALL, null, "a=1", "b=2")))
                .anyMatch(text -> text.contains("key b comes out of order"));
    }

    @Test
    void aKeyThatIsMissedIsFound() {
        set("a", "1", 1);
        set("b", "2", 2);
        assertThat(check(false, page(2, ALL, null, "a=1")))
                .anyMatch(text -> text.contains("key b has nothing in the page as of (1,2)"));
    }

    @Test
    void aKeyThatComesTwiceIsFound() {
        set("a", "1", 1);
        assertThat(check(false, page(1, ALL, from("a"), "a=1"), page(1, from("a"), null, "a=1")))
                .anyMatch(text -> text.contains("key a lies outside of its page"))
                .anyMatch(text -> text.contains("out of order, or twice"));
    }

    @Test
    void aGapBetweenPagesIsFound() {
        set("a", "1", 1);
        set("b", "2", 2);
        assertThat(check(false, page(2, ALL, from("b"), "a=1"), page(2, from("c"), null)))
                .anyMatch(text -> text.contains("0 of its pages say what is under b"));
    }

    @Test
    void aValueFromTheDeadIsFound() {
        set("a", "1", 1);
        delete("a", 2);
        assertThat(check(false, page(2, ALL, null, "a=1"))).anyMatch(text -> text.contains("key a has 1"));
    }

    @Test
    void aPageThatMixesTwoStatesIsFound() {
        set("a", "1", 1);
        set("b", "2", 2);
        set("a", "3", 3);
        set("b", "4", 4);
        assertThat(check(false, page(2, ALL, null, "a=1", "b=4"))).anyMatch(text -> text.contains("key b has 4"));
    }

    @Test
    void aPageThatIsOlderThanWhatWasToldIsFound() {
        set("a", "1", 1);
        set("a", "2", 2);
        assertThat(check(false, page(1, ALL, null, "a=1"))).anyMatch(text -> text.contains("was asked for after"));
    }

    @Test
    void aPageFromTheFutureIsFound() {
        ScanSeen.Page page = page(1, ALL, null, "a=1");
        set("a", "1", 1);
        assertThat(check(false, page)).anyMatch(text -> text.contains("was answered before"));
    }

    @Test
    void whatNobodyWroteIsFound() {
        assertThat(check(false, page(1, ALL, null, "x=1"))).anyMatch(text -> text.contains("nobody ever wrote [x]"));
    }

    @Test
    void whatIsUnknownMayBeThereOrNot() {
        int number = history.invoke("c1", P, Call.of(Call.Kind.SET, "a", "1"), 0);
        history.unknown(number);
        assertThat(check(false, page(3, ALL, null, "a=1"))).isEmpty();
        assertThat(check(false, page(3, ALL, null))).isEmpty();
        assertThat(check(false, page(3, ALL, null, "a=2"))).isNotEmpty();
    }
}
