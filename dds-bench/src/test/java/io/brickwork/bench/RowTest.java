package io.brickwork.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Durability;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {
    @Test
    void fullHasEveryCombinationButReadsOfBothDurabilities() {
        assertThat(Row.of(Row.Extent.FULL)).doesNotHaveDuplicates().hasSize(2 * 2 * (3 + 2) * 3 * 3);
    }

    @Test
    void eachExtentContainsTheSmallerOne() {
        assertThat(Row.of(Row.Extent.FULL)).containsAll(Row.of(Row.Extent.DEFAULT));
        assertThat(Row.of(Row.Extent.DEFAULT)).containsAll(Row.of(Row.Extent.QUICK));
    }

    @Test
    void quickHasTheRowsThatTargetsAreAbout() {
        assertThat(Row.of(Row.Extent.QUICK))
                .containsAll(List.of(
                        row(Row.Place.THREE_BRICKS, Callers.Operation.SET, 64, Callers.Style.ASYNC),
                        row(Row.Place.THREE_BRICKS, Callers.Operation.SET, 1, Callers.Style.BLOCKING),
                        row(Row.Place.ONE_BRICK, Callers.Operation.GET, 1, Callers.Style.BLOCKING),
                        row(Row.Place.THREE_BRICKS, Callers.Operation.GET, 64, Callers.Style.ASYNC)));
    }

    private static Row row(Row.Place place, Callers.Operation operation, int outstanding, Callers.Style style) {
        return new Row(place, 100, Durability.REPLICATED, operation, outstanding, style);
    }
}
