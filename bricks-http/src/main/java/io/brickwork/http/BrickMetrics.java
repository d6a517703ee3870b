package io.brickwork.http;

import io.brickwork.core.BrickId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus is told: all meters of Micrometer's global registry, the JVM's, and gauges of the brick as of the
 * moment of the scrape. Any thread.
 */
final class BrickMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicReference<@Nullable Health> health = new AtomicReference<>();
    private final JvmGcMetrics collections = new JvmGcMetrics();

    BrickMetrics(BrickId brick) {
        gauge(brick, "brickwork.ready", "1 if the brick serves all that it holds, else 0", h -> h.isReady() ? 1 : 0);
        gauge(
                brick,
                "brickwork.replicas.held",
                "Replicas at this brick",
                h -> h.status().replicas().size());
        gauge(brick, "brickwork.replicas.open", "Replicas at this brick that answer requests", Health::open);
        gauge(brick, "brickwork.replicas.copying", "Replicas at this brick that take a copy", Health::copying);
        gauge(
                brick,
                "brickwork.entries.unapplied",
                "Entries that are stored and not yet in the table",
                Health::unapplied);
        gauge(
                brick,
                "brickwork.fill.ratio",
                "Share of the capacity that log and table take",
                h -> h.status().fillPermille() / 1000.0);
        gauge(
                brick,
                "brickwork.metadata.leader",
                "1 if the brick leads the metadata log, else 0",
                h -> h.status().isLeader() ? 1 : 0);
        gauge(
                brick,
                "brickwork.lease.margin.seconds",
                "How long the lease still lasts; negative once it has ended",
                h -> h.leaseMargin().toNanos() / 1e9);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
        Metrics.addRegistry(registry);
    }

    private void gauge(BrickId brick, String name, String description, ToDoubleFunction<Health> value) {
        Gauge.builder(name, health, latest -> {
                    Health known = latest.get();
                    return known == null ? Double.NaN : value.applyAsDouble(known);
                })
                .description(description)
                .tag("brick", brick.name())
                .register(registry);
    }

    /** In Prometheus's text format. */
    String scrape(Health now) {
        health.set(now);
        return registry.scrape();
    }

    @Override
    public void close() {
        Metrics.removeRegistry(registry);
        collections.close();
        registry.close();
    }
}
