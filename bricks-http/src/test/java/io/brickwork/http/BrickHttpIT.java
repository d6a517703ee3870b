package io.brickwork.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import io.brickwork.bricks.FreePorts;
import io.brickwork.bricks.HostedBrick;
import io.brickwork.bricks.TestCluster;
import io.brickwork.bricks.settings.BrickSettings;
import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.client.Dds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrickHttpIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path temp;

    private HttpResponse<String> ask(String method, int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(20))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return ask("GET", port, path);
    }

    @Test
    void aBrickWithoutTheOthersIsAliveAndNotReady() throws Exception {
        int port = FreePorts.take(1)[0];
        List<BrickSettings> settings = TestCluster.settings(temp, 3, "http = \"127.0.0.1:%d\"".formatted(port));
        try (HostedBrick alone = HostedBrick.start(settings.getFirst())) {
            assertThat(get(port, "/alive").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = get(port, "/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("the cluster does not know this brick yet");
            assertThat(alone.id().name()).isEqualTo("a");
        }
        assertThatThrownBy(() -> get(port, "/alive")).isInstanceOf(IOException.class);
    }

    @Test
    void aBrickThatServesIsReadyAndTellsItsMetrics() throws Exception {
        int port = FreePorts.take(1)[0];
        BrickSettings settings = TestCluster.settings(temp, 1, "http = \"127.0.0.1:%d\"".formatted(port))
                .getFirst();
        try (HostedBrick brick = HostedBrick.start(settings);
                Dds dds = brick.dds(TestCluster::patiently)) {
            dds.hashTable("t", String.class, String.class).set("k", "v");
            await().atMost(PATIENCE).until(() -> get(port, "/ready").statusCode() == 200);

            String metrics = get(port, "/metrics").body();
            assertThat(metrics)
                    .contains("brickwork_ready{brick=\"a\"} 1.0")
                    .containsPattern("brickwork_entries_committed_total\\{brick=\"a\"} [1-9]")
                    .containsPattern("brickwork_lease_margin_seconds\\{brick=\"a\"} -?[0-9]")
                    .containsPattern("brickwork_replicas_open\\{brick=\"a\"} [1-9]")
                    .contains("jvm_memory_used_bytes");

            var status = JsonParser.parseString(get(port, "/status").body()).getAsJsonObject();
            assertThat(status.get("leadsMetadata").getAsBoolean()).isTrue();
            assertThat(status.getAsJsonArray("replicas")).isNotEmpty();

            assertThat(get(port, "/").statusCode()).isEqualTo(404);
            assertThat(ask("POST", port, "/alive").statusCode()).isEqualTo(405);

            assertThatThrownBy(() -> BrickHttp.open(brick, new InetSocketAddress("127.0.0.1", port)))
                    .isInstanceOf(BrickStartException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + port);
            assertThatThrownBy(() -> BrickHttp.open(brick, new InetSocketAddress("0.0.0.0", port)))
                    .isInstanceOf(BrickStartException.class)
                    .hasMessageContaining("name 127.0.0.1:" + port);
        }
    }
}
