package io.brickwork.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.brickwork.client.Dds;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimService;
import io.brickwork.sim.junit.SimTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Nothing is sold twice, and nothing is lost, whatever happens to bricks and callers. */
class OrdersTest {
    @SimTest(seeds = 20)
    void whatIsOrderedIsWhatWasTakenFromTheShelf(SimCluster cluster) {
        check(cluster, CarefulOrders::new);
    }

    /** Not found by the name of a test class: it must fail. */
    static final class Hasty {
        @SimTest(seeds = 20)
        void whatIsOrderedIsWhatWasTakenFromTheShelf(SimCluster cluster) {
            check(cluster, HastyOrders::new);
        }
    }

    private static void check(SimCluster cluster, Function<Dds, OrderService> service) {
        OrderService shop = service.apply(cluster.dds());
        shop.stock("tea", 20);
        List<SimService<Boolean>> customers = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            String name = "customer-" + i;
            OrderService own = service.apply(cluster.dds(name, options -> options.timeout(Duration.ofSeconds(2))));
            customers.add(cluster.spawn(name, () -> {
                cluster.sleep(Duration.ofMillis(cluster.random().nextInt(3_000)));
                Instant now = cluster.clock().instant();
                return own.place(new Order(new Order.Place(now, name), "tea", 4));
            }));
        }
        cluster.chaos();
        cluster.runFor(Duration.ofSeconds(10));
        cluster.settle();
        int sold = 0;
        for (SimService<Boolean> customer : customers) {
            sold += customer.result() ? 4 : 0;
        }
        assertThat(sold).as("there is tea for five").isEqualTo(20);
        assertThat(shop.ordered("tea")).as("what was ordered").isEqualTo(20);
        assertThat(shop.left("tea")).as("what is left").isZero();
    }

    @Test
    void theSimulationFindsTheBugOfTheHastyOne() {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(Hasty.class))
                                .build(),
                        listener);
        assertThat(listener.getSummary().getTestsFailedCount()).isEqualTo(1);
        assertThat(listener.getSummary().getFailures().getFirst().getException())
                .hasStackTraceContaining("there is tea for five")
                .hasStackTraceContaining("seed");
    }
}
