package io.brickwork.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SimRandomTest {
    @Test
    void equalSeedsDrawEqually() {
        SimRandom a = new SimRandom(42);
        SimRandom b = new SimRandom(42);
        for (int i = 0; i < 1_000; i++) {
            assertThat(a.nextLong()).isEqualTo(b.nextLong());
        }
        assertThat(new SimRandom(43).nextLong()).isNotEqualTo(new SimRandom(42).nextLong());
    }

    @Test
    void aStreamDoesNotDependOnWhatWasDrawnBefore() {
        SimRandom untouched = new SimRandom(42);
        SimRandom used = new SimRandom(42);
        used.nextLong();
        used.stream("other").nextLong();

        assertThat(used.stream("network").nextLong())
                .isEqualTo(untouched.stream("network").nextLong());
        assertThat(used.stream("disk", 1).nextLong())
                .isEqualTo(untouched.stream("disk", 1).nextLong());
    }

    @Test
    void streamsDiffer() {
        SimRandom root = new SimRandom(0);
        TreeSet<Long> firsts = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            firsts.add(root.stream("node", i).nextLong());
            firsts.add(root.stream("node" + i).nextLong());
        }
        assertThat(firsts).hasSize(1_000);
    }

    @Test
    void drawsStayWithinTheirBoundsAndReachThem() {
        SimRandom random = new SimRandom(1);
        TreeSet<Integer> seen = new TreeSet<>();
        long smallest = Long.MAX_VALUE;
        long greatest = 0;
        int hits = 0;
        for (int i = 0; i < 100_000; i++) {
            seen.add(random.between(3, 7));
            assertThat(random.tailed(10, 100)).isBetween(10L, 10L + 100 * 32);
            long scaled = random.scaled(5, 5_000);
            smallest = Math.min(smallest, scaled);
            greatest = Math.max(greatest, scaled);
            hits += random.chance(250_000) ? 1 : 0;
        }
        assertThat(seen).containsExactly(3, 4, 5, 6, 7);
        assertThat(smallest).isEqualTo(5);
        assertThat(greatest).isEqualTo(5_000);
        assertThat(hits).isBetween(24_000, 26_000);
    }
}
