package io.brickwork.core.defence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DefencesTest {
    @Test
    void allHasEveryRule() {
        assertThat(Defence.values()).allMatch(Defences.ALL::has);
        assertThat(Defences.without()).isEqualTo(Defences.ALL).hasToString("all");
    }

    @Test
    void onlyWhatIsNamedIsLeftOut() {
        for (Defence left : Defence.values()) {
            Defences broken = Defences.without(left);
            for (Defence defence : Defence.values()) {
                assertThat(broken.has(defence)).isEqualTo(defence != left);
            }
            assertThat(broken).isNotEqualTo(Defences.ALL).hasToString("all but " + left);
        }
    }

    /** A rule is a bit of a long. */
    @Test
    void thereIsRoomForEveryRule() {
        assertThat(Defence.values()).hasSizeLessThanOrEqualTo(Long.SIZE);
    }
}
