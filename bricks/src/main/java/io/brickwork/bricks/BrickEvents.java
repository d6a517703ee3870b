package io.brickwork.bricks;

import io.brickwork.bricks.meter.Meters;
import io.brickwork.bricks.meter.Meters.Counter;
import io.brickwork.client.link.Complaints;
import io.brickwork.core.BrickId;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.group.Member;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what a brick's machine notes into log lines and counters. Lane only. */
final class BrickEvents implements Consumer<Event> {
    private static final Logger LOG = LoggerFactory.getLogger("io.brickwork.bricks.events");

    private final BrickId brick;
    private final Counter commits;
    private final Counter viewsOpened;
    private final Counter viewsBlocked;
    private final Counter copies;
    private final Counter cuts;
    private final Counter corruptRecords;
    private final Counter differences;
    private final Counter refusals;
    private final Complaints complaints = new Complaints(LOG);

    BrickEvents(BrickId brick, Meters meters) {
        this.brick = brick;
        commits = meters.counter(
                brick,
                "brickwork.entries.committed",
                "Entries that this brick was the first to commit, as the primary, or the tail of a chain");
        viewsOpened = meters.counter(brick, "brickwork.views.opened", "Views opened at this brick");
        viewsBlocked = meters.counter(brick, "brickwork.views.blocked", "Times a view could not be opened for now");
        copies = meters.counter(brick, "brickwork.replicas.copied", "Times a replica began to take a copy");
        cuts = meters.counter(brick, "brickwork.replicas.cut", "Times a replica threw away a suffix");
        corruptRecords = meters.counter(brick, "brickwork.records.corrupt", "Rotten records found");
        refusals = meters.counter(
                brick,
                "brickwork.messages.refused",
                "Messages that their senders may not say or have no right to, or that cannot be true");
        differences =
                meters.counter(brick, "brickwork.replicas.differ", "Times a member was found to hold something else");
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
                        "{} partition {}: view {} is open, primary {}, members {}, learners {}, level {}{}",
                        brick,
                        opened.partition(),
                        opened.view().epoch(),
                        opened.view().primary(),
                        names(opened.view().members()),
                        names(opened.view().learners()),
                        opened.levelSeq(),
                        opened.commits() ? "" : "; too few to commit anything");
            }
            case Event.LevelReached level ->
                LOG.debug(
                        "{} partition {}: all members of view {} have {}",
                        brick,
                        level.partition(),
                        level.epoch(),
                        level.levelSeq());
            case Event.ViewClosed closed ->
                LOG.debug("{} partition {}: view {} is closed", brick, closed.partition(), closed.epoch());
            case Event.CopyBegan copy -> {
                copies.increment();
                LOG.info("{} partition {}: takes a copy from {}", brick, copy.partition(), copy.source());
            }
            case Event.CopyEnded copy ->
                LOG.info("{} partition {}: the copy is here, as of {}", brick, copy.partition(), copy.version());
            case Event.Dropped dropped ->
                LOG.info("{} partition {}: given up, since others have it", brick, dropped.partition());
            case Event.Registered registered ->
                LOG.info(
                        "{}: registered, start {} of disk {}",
                        brick,
                        registered.incarnation().start(),
                        registered.incarnation().disk());
            case Event.MustJoinAsNew join ->
                LOG.error("{}: what is on its disk is of no use to the cluster: {}", brick, join.reason());
            case Event.MessageRefused refused -> {
                refusals.increment();
                complaints.log(
                        "{}: refused a message of {}", brick, speaker(refused.speaker()) + ": " + refused.reason());
            }
            case Event.MetadataMended mended -> LOG.warn("{}: {}", brick, mended.what());
            case Event.Leads leads -> LOG.info("{}: leads the cluster's metadata, ballot {}", brick, leads.ballot());
            case Event.LeadsNoMore leads ->
                LOG.info("{}: leads the cluster's metadata no more: {}", brick, leads.reason());
            case Event.VotersChanged voters ->
                LOG.info(
                        "{}: the cluster's metadata is kept by {}",
                        brick,
                        voters.members().bricks());
            case Event.BricksKnown known -> LOG.debug("{}: the cluster's bricks are {}", brick, known.bricks());
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
            case Event.RecordRepaired repaired ->
                LOG.info(
                        "{} partition {}: record {} can be read again",
                        brick,
                        repaired.partition(),
                        repaired.recordKey());
            case Event.TransactionResolved resolved ->
                LOG.info(
                        "{} partition {}: nobody told what had come of transaction {}; it was {}",
                        brick,
                        resolved.partition(),
                        resolved.transaction(),
                        resolved.isCommitted() ? "committed" : "aborted");
            case Event.ReplicasDiffer differ -> {
                differences.increment();
                LOG.error(
                        "{} partition {}: what {} holds of the keys {} differs from what is here, though both have applied the same; one of them is wrong. Find out which, and start that brick with an empty directory: it takes copies",
                        brick,
                        differ.partition(),
                        differ.member(),
                        differ.range());
            }
        }
    }

    private static String speaker(Endpoint from) {
        return switch (from) {
            case Endpoint.Peer(BrickId peer) -> "brick " + peer;
            case Endpoint.Caller caller -> caller.toString();
        };
    }

    private static List<BrickId> names(List<Member> members) {
        return members.stream().map(Member::brick).toList();
    }
}
