package io.brickwork.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demo's judge must see what is wrong. */
class LedgerTest {
    private final Ledger ledger = new Ledger(List.of("x", "y"));

    @BeforeEach
    void bothAcknowledgedOnTwoReplicas() {
        for (int key = 0; key < 2; key++) {
            ledger.isSent(key, 1);
            ledger.isAcknowledged(key, 1);
        }
        for (String replica : List.of("a", "b")) {
            ledger.isFound(replica, "x", 1);
            ledger.isFound(replica, "y", 1);
        }
    }

    @Test
    void whatIsThereEverywhereIsGood() {
        assertThat(ledger.judge()).isEqualTo(new Ledger.Verdict(4, 0, 0, 0, 0, List.of()));
        assertThat(ledger.acknowledged(1)).isEqualTo(2);
        assertThat(ledger.acknowledged(2)).isZero();
    }

    @Test
    void anAcknowledgedEntryThatIsAbsentIsLost() {
        ledger.forget("b");
        ledger.isFound("b", "y", 1);
        assertThat(ledger.judge().lost()).isEqualTo(1);
        assertThat(ledger.judge().divergent()).isEqualTo(1);
        assertThat(ledger.judge().isGood()).isFalse();
    }

    @Test
    void anOlderEditionThanTheAcknowledgedOneIsLost() {
        ledger.isSent(0, 2);
        ledger.isAcknowledged(0, 2);
        ledger.isFound("a", "x", 2);
        assertThat(ledger.judge().lost()).isEqualTo(1);
        assertThat(ledger.judge().examples()).contains("'x' at brick b: edition 2 was acknowledged, found edition 1");
    }

    @Test
    void anUnknownOutcomeMayBeThereOrNotButAlikeEverywhere() {
        ledger.isSent(0, 2);
        assertThat(ledger.judge()).isEqualTo(new Ledger.Verdict(4, 0, 0, 0, 1, List.of()));
        ledger.isFound("a", "x", 2);
        assertThat(ledger.judge().divergent()).isEqualTo(1);
        ledger.isFound("b", "x", 2);
        assertThat(ledger.judge().isGood()).isTrue();
    }

    @Test
    void whatWasNeverWrittenIsForeign() {
        ledger.isFound("a", "x", Ledger.FOREIGN);
        assertThat(ledger.judge().foreign()).isEqualTo(1);
        ledger.isFound("a", "x", 2);
        assertThat(ledger.judge().foreign()).isEqualTo(1);
        ledger.isFound("a", "x", 1);
        assertThat(ledger.judge().isGood()).isTrue();
        ledger.isFound("a", "z", 1);
        assertThat(ledger.judge().isGood()).isFalse();
    }
}
