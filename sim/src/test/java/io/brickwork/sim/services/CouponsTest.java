package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.client.Dds;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimService;
import io.brickwork.sim.junit.SimTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The test that the documentation shows, of the service without the bug; {@link SimTestTest} runs it on the one with
 * the bug.
 */
class CouponsTest {
    @SimTest(seeds = 40)
    void everyCouponIsRedeemedOnce(SimCluster cluster) {
        check(cluster, CarefulCoupons::new);
    }

    /** Not found by the name of a test class: it must fail. */
    static final class Hasty {
        @SimTest(seeds = 40)
        void everyCouponIsRedeemedOnce(SimCluster cluster) {
            check(cluster, HastyCoupons::new);
        }
    }

    private static void check(SimCluster cluster, Function<Dds, Coupons> service) {
        Coupons coupons = service.apply(cluster.dds());
        coupons.issue(20);
        List<SimService<Boolean>> customers = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            String name = "customer-" + i;
            Coupons own = service.apply(cluster.dds(name, options -> options.timeout(Duration.ofSeconds(1))));
            customers.add(cluster.spawn(name, () -> {
                cluster.sleep(Duration.ofMillis(cluster.random().nextInt(5_000)));
                return own.redeem(name);
            }));
        }
        cluster.chaos();
        cluster.runFor(Duration.ofSeconds(10));
        cluster.settle();
        for (SimService<Boolean> customer : customers) {
            assertThat(customer.result()).isTrue();
        }
        assertThat(coupons.left()).isEqualTo(20 - 8);
    }
}
