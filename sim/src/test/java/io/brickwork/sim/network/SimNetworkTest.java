package io.brickwork.sim.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.sim.kernel.EventQueue;
import io.brickwork.sim.kernel.Harm;
import io.brickwork.sim.kernel.Harms;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.kernel.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SimNetworkTest {
    private static final long MS = 1_000_000;
    private static final NetworkOptions SLOW =
            new NetworkOptions(100_000, 5 * MS, 20_000, 50 * MS, 0, false, 0, 0, 100 * MS);
    private static final NetworkOptions HARSH =
            new NetworkOptions(100_000, 5 * MS, 0, 0, 0, true, 100_000, 100_000, 100 * MS);

    private final EventQueue queue = new EventQueue();
    private final Harms harms = new Harms();
    private final SimNetwork network =
            new SimNetwork(queue, new SimRandom(11), new Trace(queue, 0), harms, NetworkOptions.PERFECT);
    private final Peer a = new Peer();
    private final Peer b = new Peer();
    private final int nodeA = network.add(a);
    private final int nodeB = network.add(b);

    /** Takes down what it is told. */
    private static final class Peer implements SimNetwork.Node {
        final List<String> told = new ArrayList<>();
        final List<Long> pings = new ArrayList<>();
        final List<String> goodbyes = new ArrayList<>();

        @Override
        public void linkUp(int peer) {
            told.add("up");
        }

        @Override
        public void linkDown(int peer) {
            told.add("down");
        }

        @Override
        public void deliver(int peer, Message message) {
            switch (message) {
                case LinkMessage.Ping ping -> pings.add(ping.number());
                case LinkMessage.Goodbye goodbye -> goodbyes.add(goodbye.reason());
                default -> throw new AssertionError(message);
            }
        }
    }

    private void connect(NetworkOptions options) {
        network.connect(nodeA, nodeB, true);
        network.nodeUp(nodeA);
        network.nodeUp(nodeB);
        pass(1_000);
        network.setOptions(options);
        assertThat(a.told).containsExactly("up");
        assertThat(b.told).containsExactly("up");
    }

    private void pass(long millis) {
        queue.runUntil(queue.nowNanos() + millis * MS);
    }

    private void sendPings(int from, int to) {
        for (int i = from; i <= to; i++) {
            network.send(nodeA, nodeB, new LinkMessage.Ping(i));
            pass(i % 3 == 0 ? 1 : 0);
        }
    }

    private static List<Long> upTo(long last) {
        List<Long> numbers = new ArrayList<>();
        for (long i = 1; i <= last; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void aConnectionKeepsOrderAndLosesNothing() {
        connect(SLOW);
        sendPings(1, 500);
        pass(1_000);
        assertThat(b.pings).isEqualTo(upTo(500));
    }

    @Test
    void urgentMessagesDoNotWaitForBulk() {
        connect(SLOW);
        boolean overtook = false;
        for (int i = 1; i <= 100; i++) {
            network.send(nodeA, nodeB, new LinkMessage.Goodbye("bulk " + i));
            network.send(nodeA, nodeB, new LinkMessage.Ping(i));
            while (b.pings.size() < i && b.goodbyes.size() < i) {
                queue.runNext();
            }
            overtook |= b.pings.size() == i && b.goodbyes.size() < i;
            pass(500);
        }
        assertThat(overtook).isTrue();
        assertThat(b.goodbyes).hasSize(100);
    }

    @Test
    void aBrokenLinkLosesTheEndOfWhatWasUnderWayAndBothEndsHearOfIt() {
        connect(SLOW);
        int lost = 0;
        for (int round = 0; round < 20; round++) {
            b.pings.clear();
            sendPings(1, 30);
            network.breakLink(nodeA, nodeB);
            pass(1_000);
            assertThat(b.pings).isEqualTo(upTo(b.pings.size()));
            lost += 30 - b.pings.size();
        }
        assertThat(lost).isPositive();
        assertThat(a.told).hasSize(41).startsWith("up", "down", "up").endsWith("down", "up");
        assertThat(b.told).isEqualTo(a.told);
    }

    @Test
    void whatWasUnderWayWhenTheLinkBrokeMayArriveLateIfTheOptionsSaySo() {
        connect(new NetworkOptions(20 * MS, 20 * MS, 0, 0, 500_000, false, 0, 0, 100 * MS));
        sendPings(1, 100);
        network.breakLink(nodeA, nodeB);
        pass(100);
        assertThat(network.isBusy()).isTrue();
        pass(10_000);
        assertThat(network.isBusy()).isFalse();
        assertThat(b.pings.size()).isBetween(1, 99);
        assertThat(new TreeSet<>(b.pings)).hasSameSizeAs(b.pings);
    }

    @Test
    void aShortCutDelaysAndALongOneBreaksTheLink() {
        connect(SLOW);
        network.cut(nodeA, nodeB);
        sendPings(1, 10);
        pass(20);
        assertThat(b.pings).isEmpty();
        network.heal(nodeA, nodeB);
        pass(500);
        assertThat(b.pings).isEqualTo(upTo(10));
        assertThat(a.told).containsExactly("up");

        network.cut(nodeA, nodeB);
        sendPings(11, 20);
        pass(10_000);
        assertThat(a.told).containsExactly("up", "down");
        assertThat(b.told).containsExactly("up", "down");
        network.heal(nodeA, nodeB);
        pass(1_000);
        assertThat(a.told).containsExactly("up", "down", "up");
        assertThat(b.pings).isEqualTo(upTo(10));
    }

    @Test
    void aOneWayCutLetsTheOtherWayThrough() {
        connect(new NetworkOptions(20_000, 30_000, 0, 0, 0, false, 0, 0, 100 * MS));
        network.cut(nodeB, nodeA);
        network.send(nodeB, nodeA, new LinkMessage.Ping(7));
        sendPings(1, 5);
        pass(30);
        assertThat(a.pings).isEmpty();
        assertThat(b.pings).isEqualTo(upTo(5));
    }

    @Test
    void aHarshNetworkLosesDoublesAndReordersSingleMessages() {
        connect(HARSH);
        sendPings(1, 1_000);
        pass(1_000);
        int distinct = new TreeSet<>(b.pings).size();
        assertThat(distinct).isBetween(850, 950);
        assertThat(b.pings.size() - distinct).isBetween(50, 150);
        assertThat(b.pings).isNotEqualTo(b.pings.stream().sorted().toList());
        assertThat(a.told).containsExactly("up");
    }

    @Test
    void nothingReachesANodeThatIsGone() {
        connect(SLOW);
        sendPings(1, 10);
        network.nodeDown(nodeB, false);
        pass(1_000);
        int arrived = b.pings.size();
        assertThat(a.told).containsExactly("up", "down");
        sendPings(11, 20);
        network.nodeUp(nodeB);
        pass(1_000);
        assertThat(b.pings).hasSize(arrived);
        assertThat(b.told).as("the dead hear nothing").containsExactly("up", "up");
        assertThat(a.told).containsExactly("up", "down", "up");
    }

    @Test
    void aLossOfPowerIsNoticedLate() {
        connect(SLOW);
        network.nodeDown(nodeB, true);
        pass(40);
        assertThat(a.told).containsExactly("up");
        pass(10_000);
        assertThat(a.told).containsExactly("up", "down");
    }

    @Test
    void aSlowLinkIsSlowOneWayOnlyAndKeepsOrder() {
        connect(new NetworkOptions(1 * MS, 0, 0, 0, 0, false, 0, 0, 100 * MS));
        network.slowDown(nodeA, nodeB, 50);
        sendPings(1, 10);
        network.send(nodeB, nodeA, new LinkMessage.Ping(7));
        pass(20);
        assertThat(b.pings).isEmpty();
        assertThat(a.pings).containsExactly(7L);
        pass(50);
        assertThat(b.pings).isEqualTo(upTo(10));
        assertThat(harms.of(Harm.DELAYED)).isEqualTo(10);
        network.slowDown(nodeA, nodeB, 1);
        sendPings(11, 11);
        pass(2);
        assertThat(b.pings).isEqualTo(upTo(11));
    }

    @Test
    void messagesBetweenTwoNodesMayBeLostDoubledOrReorderedByThemselves() {
        connect(new NetworkOptions(100_000, 5 * MS, 0, 0, 0, false, 0, 0, 100 * MS));
        network.disturb(nodeA, nodeB, new Disturbance(300_000, 0, 0));
        sendPings(1, 200);
        pass(1_000);
        assertThat(b.pings).hasSizeBetween(100, 180).isSorted().doesNotHaveDuplicates();
        assertThat(harms.of(Harm.MESSAGE_LOST)).isEqualTo(200 - b.pings.size());

        b.pings.clear();
        network.disturb(nodeA, nodeB, new Disturbance(0, 300_000, 0));
        sendPings(1, 200);
        pass(1_000);
        assertThat(new TreeSet<>(b.pings)).hasSize(200);
        assertThat(harms.of(Harm.MESSAGE_DOUBLED)).isPositive().isEqualTo(b.pings.size() - 200);

        b.pings.clear();
        network.disturb(nodeA, nodeB, new Disturbance(0, 0, 300_000));
        sendPings(1, 200);
        pass(1_000);
        assertThat(b.pings).hasSize(200).doesNotHaveDuplicates().isNotEqualTo(upTo(200));

        b.pings.clear();
        network.healAll();
        sendPings(1, 200);
        pass(1_000);
        assertThat(b.pings).isEqualTo(upTo(200));
    }

    @Test
    void whatWasCutTwiceIsWholeAfterTheSecondHealing() {
        connect(new NetworkOptions(20_000, 30_000, 0, 0, 0, false, 0, 0, 10_000 * MS));
        network.cut(nodeA, nodeB);
        network.cut(nodeA, nodeB);
        sendPings(1, 3);
        network.heal(nodeA, nodeB);
        pass(10);
        assertThat(b.pings).isEmpty();
        network.heal(nodeA, nodeB);
        pass(10);
        assertThat(b.pings).isEqualTo(upTo(3));
        assertThat(harms.of(Harm.CUT_OFF)).isEqualTo(3);
    }
}
