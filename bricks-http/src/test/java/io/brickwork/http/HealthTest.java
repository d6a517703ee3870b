package io.brickwork.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.group.View;
import io.brickwork.core.message.CallMessage.ReplicaStatus;
import io.brickwork.core.message.CallMessage.Status;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final BrickId A = new BrickId("a");
    private static final Duration VALID = Duration.ofMillis(1_500);

    private static ReplicaStatus replica(int number, boolean isOpen, long copiedBytes) {
        View view = new View(3, A, List.of(A));
        return new ReplicaStatus(new PartitionId(7, number), view, isOpen, 12, 11, 10, copiedBytes);
    }

    private static Status status(boolean isRegistered, ReplicaStatus... replicas) {
        return new Status(1, 250, isRegistered, false, List.of(replicas));
    }

    @Test
    void readyIfItServesAllThatItHoldsUnderALease() {
        Health health = Health.of(A, null, status(true, replica(0, true, -1), replica(1, true, -1)), VALID);
        assertThat(health.isReady()).isTrue();
        assertThat(health.open()).isEqualTo(2);
        assertThat(health.unapplied()).isEqualTo(4);
        assertThat(health.toJson()).isEqualTo("{\"brick\":\"a\",\"ready\":true,\"reasons\":[]}");
    }

    @Test
    void reasonsNameWhatIsMissing() {
        assertThat(Health.of(A, null, status(false), VALID).reasons())
                .containsExactly("the cluster does not know this brick yet");
        assertThat(Health.of(A, null, status(true), Duration.ofMillis(-250)).reasons())
                .containsExactly("the lease ended 250 ms ago: nothing is heard of whoever leads the metadata log");
        assertThat(Health.of(A, "no answer within 2 s", status(false), VALID).reasons())
                .containsExactly("no answer within 2 s");
    }

    @Test
    void someOfTheClosedReplicasAreNamed() {
        ReplicaStatus[] closed = IntStream.range(0, 7)
                .mapToObj(i -> replica(i, false, i == 0 ? 99 : -1))
                .toArray(ReplicaStatus[]::new);
        Health health = Health.of(A, null, status(true, closed), VALID);
        assertThat(health.reasons())
                .singleElement()
                .asString()
                .startsWith("7 of 7 replicas are not open: ")
                .endsWith(", …");
        assertThat(health.copying()).isEqualTo(1);
        assertThat(health.statusJson()).contains("\"copiedBytes\":99");
    }
}
