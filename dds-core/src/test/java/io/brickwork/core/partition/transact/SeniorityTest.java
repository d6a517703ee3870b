package io.brickwork.core.partition.transact;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeniorityTest {
    private static Seniority of(int age, long session, long number) {
        return new Seniority(age, new OperationId(new SessionId(session, 1), number));
    }

    /** Age, session and number of the older transaction, then of the younger. */
    @ParameterizedTest
    @CsvSource({
        "1, 9, 9,  0, 1, 1", // who has tried more often, whatever the rest
        "0, 1, 9,  0, 2, 1", // then the earlier session
        "0, 1, 1,  0, 1, 2", // then the earlier operation
    })
    void oneOfTwoIsOlder(int age, long session, long number, int otherAge, long otherSession, long otherNumber) {
        Seniority older = of(age, session, number);
        Seniority younger = of(otherAge, otherSession, otherNumber);
        assertThat(older.isOlderThan(younger)).isTrue();
        assertThat(younger.isOlderThan(older)).as("else both would wait").isFalse();
    }

    @Test
    void noTransactionIsOlderThanItself() {
        assertThat(of(1, 1, 1).isOlderThan(of(1, 1, 1))).isFalse();
    }
}
