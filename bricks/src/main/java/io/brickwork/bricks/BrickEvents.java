package io.brickwork.bricks;

import io.brickwork.core.BrickId;
import io.brickwork.core.effect.Event;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what a brick's machine notes into log lines and counters. Lane only. */
final class BrickEvents implements Consumer<Event> {
    private static final Logger LOG = LoggerFactory.getLogger("io.brickwork.bricks.events");

    private final BrickId brick;
    private final Counter commits;
    private final Counter viewsOpened;
    private final Counter viewsAbandoned;
    private final Counter viewsBlocked;
    private final Counter cuts;
    private final Counter corruptRecords;

    BrickEvents(BrickId brick, MeterRegistry meters) {
        this.brick = brick;
        commits = counter(meters, "brickwork.entries.committed", "Entries committed by primaries of this brick");
        viewsOpened = counter(meters, "brickwork.views.opened", "Views opened at this brick");
        viewsAbandoned = counter(meters, "brickwork.views.abandoned", "Views given up by primaries of this brick");
        viewsBlocked = counter(meters, "brickwork.views.blocked", "Times a view could not be opened for now");
        cuts = counter(meters, "brickwork.replicas.cut", "Times a replica threw away a suffix");
        corruptRecords = counter(meters, "brickwork.records.corrupt", "Rotten records found");
    }

    private Counter counter(MeterRegistry meters, String name, String description) {
        return Counter.builder(name)
                .description(description)
                .tag("brick", brick.name())
                .register(meters);
    }

    @Override
    public void accept(Event event) {
        switch (event) {
            case Event.EntryCommitted committed -> {
                commits.increment();
                LOG.debug("{} partition {}: entry {} is committed", brick, committed.partition(), committed.version());
            }
            case Event.Fenced fenced ->
                LOG.debug(
                        "{} partition {}: promised epoch {} to {}",
                        brick,
                        fenced.partition(),
                        fenced.epoch(),
                        fenced.primary());
            case Event.LevelChosen level ->
                LOG.debug(
                        "{} partition {}: epoch {} begins at {}, which {} has",
                        brick,
                        level.partition(),
                        level.epoch(),
                        level.level(),
                        level.fullest());
            case Event.WasCut cut -> {
                cuts.increment();
                LOG.info(
                        "{} partition {}: cut above {} in epoch {}; the last entry was {}",
                        brick,
                        cut.partition(),
                        cut.seq(),
                        cut.epoch(),
                        cut.was());
            }
            case Event.ViewOpened opened -> {
                viewsOpened.increment();
                LOG.info(
                        "{} partition {}: view {} is open, primary {}, members {}, level {}",
                        brick,
                        opened.partition(),
                        opened.view().epoch(),
                        opened.view().primary(),
                        opened.view().members(),
                        opened.levelSeq());
            }
            case Event.ViewAbandoned abandoned -> {
                viewsAbandoned.increment();
                LOG.info(
                        "{} partition {}: view {} is given up: {}",
                        brick,
                        abandoned.partition(),
                        abandoned.epoch(),
                        abandoned.reason());
            }
            case Event.ViewBlocked blocked -> {
                viewsBlocked.increment();
                LOG.warn(
                        "{} partition {}: view {} cannot be opened: {}",
                        brick,
                        blocked.partition(),
                        blocked.epoch(),
                        blocked.reason());
            }
            case Event.LogTrimmed trimmed ->
                LOG.debug("{} partition {}: the log is trimmed up to {}", brick, trimmed.partition(), trimmed.seq());
            case Event.RecordCorrupt corrupt -> {
                corruptRecords.increment();
                LOG.warn("{} partition {}: a record is rotten: {}", brick, corrupt.partition(), corrupt.detail());
            }
        }
    }
}
