package io.brickwork.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.check.StaleReads.StaleRead;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A stale read shows nothing, or what somebody had asked to write there. */
class StaleReadsTest {
    private final Histories h = new Histories();

    private List<Finding> checkShown(String key, @Nullable String value) {
        return StaleReads.check(h.history, List.of(new StaleRead("c", key, value, h.history.place())));
    }

    @Test
    void oldAndUncommittedValuesMayBeShown() {
        h.done(Histories.set("k", "old"), null);
        h.done(Histories.set("k", "new"), null);
        h.unknown(Histories.set("k", "open"));
        assertThat(checkShown("k", "old")).isEmpty();
        assertThat(checkShown("k", "new")).isEmpty();
        assertThat(checkShown("k", "open")).isEmpty();
        assertThat(checkShown("k", null)).isEmpty();
    }

    @Test
    void valueOfAnotherKeyMayNot() {
        h.done(Histories.set("k", "v"), null);
        h.done(Histories.set("l", "w"), null);
        assertThat(checkShown("k", "w")).singleElement().asString().startsWith("stale-read: key k: ");
    }

    @Test
    void valueOfAWriteThatBeginsLaterMayNot() {
        StaleRead read = new StaleRead("c", "k", "v", h.history.place());
        h.done(Histories.set("k", "v"), null);
        assertThat(StaleReads.check(h.history, List.of(read))).hasSize(1);
    }

    @Test
    void eachAppendedValueIsLookedAt() {
        h.done(Histories.append("a", "x"), null);
        h.done(Histories.append("a", "y"), null);
        assertThat(checkShown("a", ",x,y")).isEmpty();
        assertThat(checkShown("a", ",x,z")).hasSize(1);
    }
}
