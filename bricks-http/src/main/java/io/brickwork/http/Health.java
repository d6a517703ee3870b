package io.brickwork.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.brickwork.core.BrickId;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.ReplicaStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a brick does at one moment. Pure.
 *
 * @param reasons why it is not ready, in words for people; empty if it is
 * @param leaseMargin how long the brick's lease still lasts; negative once it has ended
 */
record Health(BrickId brick, List<String> reasons, CallMessage.Status status, Duration leaseMargin) {
    /** How many partitions are named of those that are not open. */
    private static final int NAMED = 5;

    Health {
        reasons = List.copyOf(reasons);
    }

    /** @param ailment what keeps the brick from saying how it does; null for nothing */
    static Health of(BrickId brick, @Nullable String ailment, CallMessage.Status status, Duration leaseMargin) {
        if (ailment != null) {
            return new Health(brick, List.of(ailment), status, leaseMargin);
        }
        List<String> reasons = new ArrayList<>();
        if (!status.isRegistered()) {
            reasons.add("the cluster does not know this brick yet");
        }
        if (status.isRegistered() && leaseMargin.isNegative()) {
            reasons.add("the lease ended " + leaseMargin.negated().toMillis()
                    + " ms ago: nothing is heard of whoever leads the metadata log");
        }
        List<String> closed = status.replicas().stream()
                .filter(replica -> !replica.isOpen())
                .map(replica -> String.valueOf(replica.partition()))
                .toList();
        if (!closed.isEmpty()) {
            reasons.add("%d of %d replicas are not open: %s%s"
                    .formatted(
                            closed.size(),
                            status.replicas().size(),
                            String.join(", ", closed.subList(0, Math.min(NAMED, closed.size()))),
                            closed.size() > NAMED ? ", …" : ""));
        }
        return new Health(brick, reasons, status, leaseMargin);
    }

    boolean isReady() {
        return reasons.isEmpty();
    }

    /** Replicas that answer requests. */
    long open() {
        return status.replicas().stream().filter(ReplicaStatus::isOpen).count();
    }

    /** Replicas that take a copy. */
    long copying() {
        return status.replicas().stream()
                .filter(replica -> replica.copiedBytes() >= 0)
                .count();
    }

    /** What is stored here and not yet in the table, in entries, over all replicas. */
    long unapplied() {
        return status.replicas().stream()
                .mapToLong(replica -> Math.max(0, replica.storedSeq() - replica.appliedSeq()))
                .sum();
    }

    private JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("brick", brick.name());
        json.addProperty("ready", isReady());
        JsonArray why = new JsonArray();
        reasons.forEach(why::add);
        json.add("reasons", why);
        return json;
    }

    /** {@code brick}, {@code ready} and {@code reasons}. */
    String toJson() {
        return json().toString();
    }

    /** The same, and each replica. */
    String statusJson() {
        JsonObject json = json();
        json.addProperty("registered", status.isRegistered());
        json.addProperty("leadsMetadata", status.isLeader());
        json.addProperty("fill", status.fillPermille() / 1000.0);
        json.addProperty("leaseMarginMillis", leaseMargin.toMillis());
        JsonArray replicas = new JsonArray();
        for (ReplicaStatus replica : status.replicas()) {
            JsonObject one = new JsonObject();
            one.addProperty("partition", String.valueOf(replica.partition()));
            one.addProperty("epoch", replica.view().epoch());
            one.addProperty("open", replica.isOpen());
            one.addProperty("stored", replica.storedSeq());
            one.addProperty("committed", replica.committedSeq());
            one.addProperty("applied", replica.appliedSeq());
            if (replica.copiedBytes() >= 0) {
                one.addProperty("copiedBytes", replica.copiedBytes());
            }
            replicas.add(one);
        }
        json.add("replicas", replicas);
        return json.toString();
    }
}
