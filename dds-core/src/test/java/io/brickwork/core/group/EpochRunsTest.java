package io.brickwork.core.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EpochRunsTest {
    @Test
    void lastIsNoneWithoutEntries() {
        assertThat(new EpochRuns(Version.NONE).last()).isEqualTo(Version.NONE);
    }

    @Test
    void commonSeqIsWhereTwoLogsPart() {
        for (int seed = 0; seed < 5_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Long> one = new ArrayList<>();
            long epoch = 1;
            for (int i = random.nextInt(8); i > 0; i--) {
                epoch += random.nextInt(3) == 0 ? 1 : 0;
                one.add(epoch);
            }
            // The other log shares a beginning, and goes on in epochs of its own: an epoch has one primary.
            int shared = random.nextInt(one.size() + 1);
            List<Long> other = new ArrayList<>(one.subList(0, shared));
            long otherEpoch = epoch + 1;
            for (int i = random.nextInt(6); i > 0; i--) {
                otherEpoch += random.nextInt(3) == 0 ? 1 : 0;
                other.add(otherEpoch);
            }
            int base = random.nextInt(shared + 1);
            EpochRuns runs = runs(one, random.nextBoolean() ? base : 0);
            EpochRuns otherRuns = runs(other, random.nextBoolean() ? base : 0);

            assertThat(runs.commonSeq(otherRuns))
                    .as("seed %d: %s and %s", seed, one, other)
                    .isEqualTo(shared);
            assertThat(otherRuns.commonSeq(runs)).isEqualTo(shared);
            assertThat(EpochRuns.reported(runs.toList()).commonSeq(otherRuns)).isEqualTo(shared);
        }
    }

    @Test
    void cutAndForgetLeaveWhatIsBetween() {
        for (int seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Long> epochs = new ArrayList<>();
            long epoch = 1;
            for (int i = 1 + random.nextInt(10); i > 0; i--) {
                epoch += random.nextInt(2);
                epochs.add(epoch);
            }
            EpochRuns runs = runs(epochs, 0);
            int settled = random.nextInt(epochs.size() + 1);
            if (settled > 0) {
                runs.forget(settled);
            }
            int cut = settled + random.nextInt(epochs.size() - settled + 1);
            runs.cut(cut);

            Version last = cut == 0 ? Version.NONE : new Version(epochs.get(cut - 1), cut);
            assertThat(runs.last())
                    .as("seed %d: %s settled %d cut %d", seed, epochs, settled, cut)
                    .isEqualTo(last);
            runs.add(new Version(epoch + 1, cut + 1L));
            assertThat(runs.last()).isEqualTo(new Version(epoch + 1, cut + 1L));
        }
    }

    /** What is committed and applied here says nothing of another's entries under the same numbers. */
    @Test
    void logsThatPartWhereTheEpochsAreForgottenHaveNothingInCommonToTell() {
        EpochRuns left = runs(List.of(1L, 1L, 2L, 2L, 2L), 4);
        EpochRuns stale = runs(List.of(1L, 1L, 1L, 1L, 1L, 1L), 0);
        assertThat(left.commonSeq(stale)).isEqualTo(-1);
        assertThat(stale.commonSeq(left)).isEqualTo(-1);
        EpochRuns all = runs(List.of(1L, 1L, 2L, 2L, 2L), 0);
        assertThat(all.commonSeq(stale)).isEqualTo(2);
    }

    @Test
    void aLogThatEndsBelowWhatIsRememberedHasNothingInCommonToTell() {
        EpochRuns left = runs(List.of(1L, 1L, 1L, 1L), 3);
        assertThat(left.commonSeq(runs(List.of(1L), 0))).isEqualTo(-1);
        assertThat(left.commonSeq(runs(List.of(1L, 1L, 1L), 0))).isEqualTo(3);
    }

    private static EpochRuns runs(List<Long> epochs, int base) {
        EpochRuns runs = new EpochRuns(base == 0 ? Version.NONE : new Version(epochs.get(base - 1), base));
        for (int seq = base + 1; seq <= epochs.size(); seq++) {
            runs.add(new Version(epochs.get(seq - 1), seq));
        }
        return runs;
    }
}
