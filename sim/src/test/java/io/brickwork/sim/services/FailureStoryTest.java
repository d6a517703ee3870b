package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimService;
import io.brickwork.sim.junit.SimTest;
import io.brickwork.sim.world.FaultOptions.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a user finds when a test of his own service has failed: in the failure itself, and in the folder that it names.
 */
class FailureStoryTest {
    @TempDir
    private Path out;

    private Launched launch(Class<?> fixture) {
        return Launched.of(fixture, Map.of("sim.out", out.toString()));
    }

    private Path folder() throws IOException {
        try (Stream<Path> folders = Files.list(out)) {
            List<Path> all = folders.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    private static JsonObject data(Path folder) throws IOException {
        String page = Files.readString(folder.resolve("timeline.html"));
        String opening = "<script id=\"data\" type=\"application/json\">";
        int from = page.indexOf(opening) + opening.length();
        return JsonParser.parseString(page.substring(from, page.indexOf("</script>", from)))
                .getAsJsonObject();
    }

    private static Stream<JsonElement> stream(JsonArray array) {
        return array.asList().stream();
    }

    // ---- a write whose answer was lost, done again

    @Test
    void theStoryTellsOfAWriteWithAnUnknownOutcomeAndOfTheOneAfterIt() throws IOException {
        String message = launch(CouponsTest.Hasty.class).message();
        assertThat(message)
                .contains("look at: " + folder().resolve("timeline.html").toAbsolutePath())
                .containsPattern(
                        "The test failed [0-9.]+ s after the world began, at CouponsTest.java:[0-9]+: expected: 12 but was: ")
                .containsPattern(
                        "Outcome unknown: (customer-[0-9]) asked coupons.replace\\(\"left\", [0-9]+, [0-9]+\\) \\(HastyCoupons.java:[0-9]+\\), .*\\n"
                                + "    Then \\1 read .* and wrote the same record again, at .*: coupons.replace\\(\"left\", .* -> true \\(HastyCoupons.java:[0-9]+\\)")
                .containsPattern(
                        "At the same time on coupons\\[\"left\"\\]: customer-[0-9] asked coupons.* and customer-[0-9] coupons")
                .containsPattern("\\n +[0-9.]+ s  FAULT +.*brick-")
                .containsPattern("\\n +[0-9.]+ s  FAILURE +expected: 12 but was: ");
        assertThat(message.strip().lines().count()).isLessThanOrEqualTo(44);
    }

    @Test
    void theFolderHoldsTheCallsWithTheirCodeAndThePageShowsThem() throws IOException {
        launch(CouponsTest.Hasty.class);
        Path folder = folder();
        assertThat(folder.getFileName().toString())
                .matches("CouponsTest\\.Hasty\\.everyCouponIsRedeemedOnce-0x[0-9a-f]{16}");
        assertThat(folder.resolve("failure.txt")).content().contains("Outcome unknown: ", "HastyCoupons.java:");
        assertThat(folder.resolve("options.txt"))
                .content()
                .contains("test: Hasty#everyCouponIsRedeemedOnce", "bricks: 3");
        assertThat(folder.resolve("trace.txt"))
                .content()
                .contains(" asks coupons.put(\"left\", 20)   at HastyCoupons.issue(");
        assertThat(folder.resolve("history.txt"))
                .content()
                .containsPattern(
                        ">>> #[0-9]+ customer-[0-9] .* coupons\\.replace\\(.* -> outcome unknown: UnknownOutcome: .*\\n        at HastyCoupons\\.redeem\\(HastyCoupons\\.java:[0-9]+\\)\\n        at CouponsTest\\.");

        JsonObject data = data(folder);
        assertThat(stream(data.getAsJsonArray("nodes"))
                        .filter(node ->
                                node.getAsJsonObject().get("kind").getAsString().equals("service"))
                        .map(node -> node.getAsJsonObject().get("name").getAsString()))
                .contains("test", "customer-1", "customer-8");
        assertThat(stream(data.getAsJsonArray("operations"))
                        .map(JsonElement::getAsJsonArray)
                        .filter(call -> call.get(3).getAsString().equals("UNKNOWN")
                                && call.get(5).getAsInt() == 1
                                && call.get(4).getAsString().contains("at HastyCoupons.redeem(HastyCoupons.java:")))
                .isNotEmpty();
        assertThat(stream(data.getAsJsonArray("bands"))
                        .map(band -> band.getAsJsonArray().get(1).getAsString()))
                .contains("down", "cut");
        assertThat(stream(data.getAsJsonArray("messages"))
                        .map(message -> message.getAsJsonArray().get(5).getAsInt()))
                .contains(0, 1);
        assertThat(stream(data.getAsJsonArray("story")).map(JsonElement::getAsString))
                .anyMatch(line -> line.startsWith("Outcome unknown: customer-"));
    }

    @Test
    void seedsThatPassLeaveNothing() throws IOException {
        assertThat(launch(CouponsTest.class).failures()).isEmpty();
        assertThat(out).isEmptyDirectory();
    }

    /** Cut off with a write under way, killed, and started again. */
    static final class StartedAgain {
        @SimTest(seeds = 1)
        void fails(SimCluster cluster) {
            cluster.spawn("shop", () -> {
                DdsHashTable<String, Integer> stock = cluster.dds().hashTable("stock", String.class, Integer.class);
                cluster.sleep(Duration.ofSeconds(1));
                stock.put("tea", 1);
            });
            cluster.sleep(Duration.ofMillis(900));
            cluster.isolate("shop");
            cluster.sleep(Duration.ofSeconds(1));
            cluster.crash("shop");
            cluster.heal();
            cluster.sleep(Duration.ofSeconds(1));
            cluster.restart("shop");
            cluster.sleep(Duration.ofSeconds(2));
            throw new AssertionError("as intended");
        }
    }

    @Test
    void theStoryTellsOfACallThatItsServiceDidNotSurvive() throws IOException {
        assertThat(launch(StartedAgain.class).message())
                .containsPattern(
                        "Outcome unknown: shop asked stock.put\\(\"tea\", 1\\) \\(FailureStoryTest.java:[0-9]+\\), from [0-9.]+ s on, .*shop was cut off from brick-1, brick-2, brick-3 .*\\n"
                                + "    Then shop wrote the same record again, at [0-9.]+ s: stock.put\\(\"tea\", 1\\) -> ")
                .containsPattern("FAULT    shop was down, for 1.000 s");
        JsonObject data = data(folder());
        List<JsonElement> nodes = data.getAsJsonArray("nodes").asList();
        assertThat(stream(data.getAsJsonArray("bands"))
                        .map(JsonElement::getAsJsonArray)
                        .filter(band -> band.get(1).getAsString().equals("down"))
                        .map(band -> nodes.get(band.get(0).getAsInt()).getAsJsonObject())
                        .map(node -> node.get("kind").getAsString() + " "
                                + node.get("name").getAsString()))
                .containsExactly("service shop");
    }

    // ---- look, then act

    static final class Locking {
        @SimTest(seeds = 40)
        void onlyOneHoldsTheLock(SimCluster cluster) {
            cluster.slow("brick-2", 40);
            List<SimService<Boolean>> nodes = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                String name = "node-" + i;
                nodes.add(cluster.spawn(name, () -> {
                    ExpiringLock lock = new ExpiringLock(cluster.dds(), cluster.clock(), Duration.ofSeconds(30));
                    cluster.sleep(Duration.ofMillis(cluster.random().nextInt(100)));
                    return lock.tryAcquire(name);
                }));
            }
            assertThat(nodes.stream().filter(SimService::result).count())
                    .as("who holds the lock")
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void theStoryTellsWhoHasWrittenOverWhat() {
        assertThat(launch(Locking.class).message())
                .containsPattern(
                        "Written over: (node-[1-3]) read locks\\[\"lock\"\\]: locks.get\\(\"lock\"\\) -> null \\(ExpiringLock.java:[0-9]+\\), .*; node-[1-3] wrote it: locks.put\\(\"lock\", Held\\[owner=node-[1-3], .*\\n"
                                + "    and \\1 wrote without looking again: locks.put\\(\"lock\", Held\\[owner=\\1.* \\(ExpiringLock.java:[0-9]+\\)")
                .contains("Meanwhile brick-2 was slow (");
    }

    // ---- all kinds of calls

    static final class ManyWays {
        @SimTest(seeds = 1)
        void fails(SimCluster cluster) {
            Dds dds = cluster.dds();
            DdsHashTable<String, Integer> stock = dds.hashTable("stock", String.class, Integer.class);
            DdsTree<Integer, String> orders = dds.tree("orders", Integer.class, String.class);
            stock.merge("tea", 2, Integer::sum);
            cluster.await(stock.async().put("cups", 1));
            dds.transact(tx -> {
                tx.on(stock).put("tea", tx.on(stock).get("tea") - 1);
                tx.on(orders).put(7, "tea");
            });
            dds.miniTransaction().ifValue(stock, "tea", 1).delete(stock, "tea").commit();
            stock.replace("cups", 2, 3);
            orders.firstEntry();
            cluster.skew("test", Duration.ofHours(1));
            cluster.isolate("brick-3");
            cluster.sleep(Duration.ofMillis(10));
            throw new AssertionError("as intended");
        }
    }

    @Test
    void allKindsOfCallsAreInTheWordsOfTheUsersCode() throws IOException {
        assertThat(launch(ManyWays.class).message())
                .contains("FAULT    the wall clock of test was wrong, for 10.")
                .contains("FAULT    brick-3 was cut off from brick-1, brick-2, test, for 10.")
                .contains("FAILURE  as intended");
        assertThat(folder().resolve("history.txt"))
                .content()
                .contains(
                        "create structure 'stock' -> 'stock'\n        at FailureStoryTest$ManyWays.fails(FailureStoryTest.java:")
                .contains("stock.get(\"tea\") -> nothing")
                .contains("stock.putIfAbsent(\"tea\", 2) -> true")
                .contains("stock.put(\"cups\", 1) -> null")
                .contains("transaction reads stock[\"tea\"] -> 2")
                .contains(
                        "transaction commits: if stock[\"tea\"] is unchanged, orders[7] is absent: stock[\"tea\"] = 1, orders[7] = \"tea\" -> done")
                .contains("transaction commits: if stock[\"tea\"] is 1: stock[\"tea\"] removed -> done")
                .contains("stock.replace(\"cups\", 2, 3) -> false")
                .contains("orders.page() -> 1 entry");
    }

    // ---- chaos of some kinds

    static final class OnlyPauses {
        @SimTest(seeds = 1)
        void fails(SimCluster cluster) {
            cluster.chaos(EnumSet.of(Fault.PAUSE));
            cluster.runFor(Duration.ofSeconds(30));
            throw new AssertionError("as intended");
        }
    }

    @Test
    void chaosOfSomeKindsHasNoOthers() throws IOException {
        launch(OnlyPauses.class);
        JsonObject data = data(folder());
        assertThat(stream(data.getAsJsonArray("marks"))
                        .map(JsonElement::getAsJsonArray)
                        .filter(mark -> mark.get(2).getAsString().equals("fault"))
                        .map(mark -> mark.get(3).getAsString()))
                .isNotEmpty()
                .allMatch(text -> text.matches("fault [0-9]+ PAUSE: a brick stops for a while"));
    }
}
