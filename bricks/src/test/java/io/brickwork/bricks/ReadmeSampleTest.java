package io.brickwork.bricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import io.brickwork.core.Durability;
import io.brickwork.core.codec.Codecs;
import io.brickwork.hashtable.DdsHashTable;
import io.brickwork.hashtable.TableSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample of the README stands here too, is compiled, and does what it says. */
class ReadmeSampleTest {
    @TempDir
    private static java.nio.file.Path directory;

    /** The sample's {@code Path.of("data")}, in a directory that goes away. */
    private static final class Path {
        static java.nio.file.Path of(String name) {
            return directory.resolve(name);
        }
    }

    @SuppressWarnings("unused") // made by Kryo
    static final class Order {
        private String item = "";
        private int count;

        Order() {}

        Order(String item, int count) {
            this.item = item;
            this.count = count;
        }
    }

    @Test
    void theSampleCompilesAndRuns() {
        // README: begin
        try (Dds dds = Dds.embedded(Path.of("data"), o -> o.register(Order.class, 101))) {
            DdsHashTable<String, Order> orders = dds.hashTable("orders", String.class, Order.class); // a ConcurrentMap
            orders.put("o-1", new Order("tea", 2));
            orders.merge("o-1", new Order("tea", 1), (old, more) -> new Order(old.item, old.count + more.count));
            orders.set("o-2", new Order("cups", 4)); // as put, but cheaper: does not fetch the old value
            orders.async().get("o-1").thenAccept(order -> System.out.println(order.count));
            Order now = orders.withTimeout(Duration.ofSeconds(1)).get("o-1");

            DdsTree<Instant, String> log = dds.tree("log", Instant.class, String.class); // a ConcurrentNavigableMap
            log.put(Instant.parse("2026-01-02T10:00:00Z"), "tea ordered");
            log.put(Instant.parse("2026-01-02T10:00:05Z"), "tea sent");
            var morning = log.subMap(Instant.parse("2026-01-02T00:00:00Z"), Instant.parse("2026-01-02T12:00:00Z"));
            morning.forEach((time, event) -> System.out.println(time + " " + event)); // in order, page by page
            var last = log.lastEntry();
            // README: end
            assertThat(last.getValue()).isEqualTo("tea sent");
            assertThat(morning).hasSize(2);
            assertThat(now.count).isEqualTo(3);
            assertThat(TableSpec.of("orders", Codecs.string(), dds.codecs().codecFor(Order.class))
                            .replicas(3)
                            .durability(Durability.SYNC))
                    .isNotNull();
        }
        try (Dds dds = Dds.embedded(Path.of("data"), o -> o.register(Order.class, 101))) {
            assertThat(dds.hashTable("orders", String.class, Order.class).get("o-2").count)
                    .isEqualTo(4);
        }
    }

    @Test
    void theReadmeShowsThisVerySample() throws IOException {
        List<String> here =
                Files.readAllLines(java.nio.file.Path.of("src/test/java/io/brickwork/bricks/ReadmeSampleTest.java"));
        int begin = indexOf(here, "// README: begin");
        int end = indexOf(here, "// README: end");
        String readme = Files.readString(java.nio.file.Path.of("../README.md")).replaceAll("\\s+", " ");
        for (String line : here.subList(begin + 1, end)) {
            assertThat(readme).contains(line.strip().replaceAll("\\s+", " "));
        }
    }

    private static int indexOf(List<String> lines, String marker) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(marker)) {
                return i;
            }
        }
        throw new AssertionError("no line " + marker);
    }
}
