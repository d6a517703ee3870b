package io.brickwork.core.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.brickwork.core.Limits;
import io.brickwork.core.brick.MemoryBudget.Wishes;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final long MIB = 1L << 20;

    @Test
    void allSharesTogetherFitIntoTheBudgetAndTheBudgetIntoTheHeap() {
        for (long heap = 56 * MIB; heap < 1L << 42; heap += heap / 7) {
            MemoryBudget budget = MemoryBudget.of(heap, Wishes.NONE);
            long shares = budget.overlayBytes()
                    + budget.uncommittedBytes()
                    + budget.toClientsBytes()
                    + budget.toBricksBytes()
                    + budget.receiveBytes()
                    + budget.waitingBytes();
            assertThat(shares).as("heap %d", heap).isLessThanOrEqualTo(budget.totalBytes());
            assertThat(budget.totalBytes() + MemoryBudget.BASE_BYTES).isLessThan(heap);
            assertThat(budget.windowBytes()).isLessThanOrEqualTo(budget.uncommittedBytes());
            assertThat(budget.shares()).allMatch(share -> share.bytes() >= MemoryBudget.LEAST_SHARE_BYTES);
        }
    }

    @Test
    void aLargeHeapGivesWhatIsOfUseAndNoMore() {
        MemoryBudget budget = MemoryBudget.of(64L << 30, Wishes.NONE);
        assertThat(budget.overlayBytes()).isEqualTo(BrickConfig.OVERLAY_BYTES);
        assertThat(budget.windowBytes()).isEqualTo(BrickConfig.WINDOW_BYTES);
        assertThat(budget.uncommittedBytes()).isEqualTo(BrickConfig.UNCOMMITTED_BYTES);
        assertThat(budget.toClientsBytes()).isEqualTo(256 * MIB);
    }

    @Test
    void aSmallHeapHasRoomForValuesInEveryBuffer() {
        MemoryBudget budget = MemoryBudget.of(62 * MIB, Wishes.NONE);
        assertThat(budget.overlayBytes()).isGreaterThan(Limits.ENTRY_BYTES);
        assertThat(budget.windowBytes()).isGreaterThan(Limits.ENTRY_BYTES);
        assertThat(budget.toClientsBytes()).isGreaterThan(Limits.ENTRY_BYTES);
    }

    @Test
    void aHeapThatIsTooSmallIsRefusedWithTheOneThatWouldDo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryBudget.of(48 * MIB, Wishes.NONE))
                .withMessageContainingAll("a heap of 48 MiB leaves 15 MiB", "20 MiB at least", "-Xmx59m");
        MemoryBudget.of(MemoryBudget.heapFor(MemoryBudget.LEAST_BYTES), Wishes.NONE);
        assertThatIllegalArgumentException().isThrownBy(() -> MemoryBudget.of(0, Wishes.NONE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryBudget.of(MemoryBudget.heapFor(MemoryBudget.LEAST_BYTES) - 64, Wishes.NONE));
    }

    @Test
    void aBudgetThatIsSetMustFitIntoTheHeap() {
        assertThat(MemoryBudget.of(1L << 30, new Wishes(100 * MIB, 0, 0)).totalBytes())
                .isEqualTo(100 * MIB);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryBudget.of(256 * MIB, new Wishes(200 * MIB, 0, 0)))
                .withMessageContainingAll("memory-budget is 200 MiB", "a heap of 256 MiB has room for 145 MiB", "-Xmx")
                .withMessageContaining("or lower memory-budget");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryBudget.of(1L << 30, new Wishes(10 * MIB, 0, 0)))
                .withMessageContaining("20 MiB at least");
    }

    @Test
    void sharesThatAreSetMustFitIntoTheBudgetAndTheRefusalNamesOneThatWouldDo() {
        assertThat(MemoryBudget.of(1L << 30, new Wishes(0, 32 * MIB, 2 * MIB)))
                .matches(budget -> budget.overlayBytes() == 32 * MIB && budget.windowBytes() == 2 * MIB);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryBudget.of(62 * MIB, new Wishes(0, 64 * MIB, 0)))
                .withMessageContainingAll("overlay is 64 MiB", "-Xmx", "or lower overlay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryBudget.of(62 * MIB, new Wishes(0, 0, 8 * MIB)))
                .withMessageContaining("window is 8 MiB");
        for (long overlay = MIB; overlay < 1L << 33; overlay += overlay / 3 + 1) {
            long wish = overlay;
            long heap = MemoryBudget.heapFor(wish / 24 * 100 + 300);
            assertThat(MemoryBudget.of(Math.max(heap, 62 * MIB), new Wishes(0, wish, 0))
                            .overlayBytes())
                    .isEqualTo(wish);
        }
    }
}
