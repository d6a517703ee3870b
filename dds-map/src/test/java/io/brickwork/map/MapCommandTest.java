package io.brickwork.map;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MapCommandTest {
    @Test
    void codesAreInLogsAndNeverChange() {
        assertThat(MapCommand.values())
                .extracting(MapCommand::code)
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
    }
}
