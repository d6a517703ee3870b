package io.brickwork.core.brick;

import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.metadata.Registration;
import org.jspecify.annotations.Nullable;

/**
 * Makes this life of the brick known to the cluster. Until it is, the brick takes part in no replica group; in the
 * metadata log it does, or a restart of everything would never end.
 *
 * <p>First it asks what is registered, and of the log itself: what this brick has learned so far may be old. Before it
 * knows, it forces nothing: a counter that was tried is taken for the disk's own ever after, which an old image must
 * not come by. Then the counters are forced before and after, as {@link Registration} says.
 *
 * <p>That a counter is registered which an earlier life tried does not say who registered it, nor what was on the disk
 * then: it is nobody's, and this life takes the next one.
 */
final class Registrar {
    private enum Phase {
        /** The metadata log is not known here, or has not answered. */
        WAITING,
        /** What is registered is asked. */
        ASKED,
        /** The counter that is tried is being forced. */
        FORCING_TRIED,
        /** It is to be proposed as soon as there is room. */
        TRIED,
        PROPOSED,
        /** The counter that is registered is being forced. */
        FORCING_CONFIRMED,
        REGISTERED,
        /** This brick has carried out the metadata log up to where it is registered. */
        KNOWN,
        /** What is on this disk is of no use. */
        NEW
    }

    private final BrickConfig config;
    private final MetadataLog metadata;
    private final Log log;
    private final Outbox outbox;
    private Registration registration;
    /** In which boot of the machine the life before was confirmed. */
    private String boot;
    /** The highest counter that an earlier life on this disk may have proposed. */
    private final long triedBefore;

    private @Nullable Incarnation expected;
    private Incarnation next;
    private Phase phase = Phase.WAITING;
    /** Where the newest counters stand in the log. */
    private long position;

    /**
     * @param known what the disk holds
     * @param position where it stands in the log
     */
    Registrar(
            BrickConfig config,
            MetadataLog metadata,
            Log log,
            Outbox outbox,
            LogRecord.Registered known,
            long position) {
        this.config = config;
        this.metadata = metadata;
        this.log = log;
        this.outbox = outbox;
        this.registration = known.registration();
        this.boot = known.boot();
        this.triedBefore = registration.tried();
        this.position = position;
        this.next = new Incarnation(registration.disk(), registration.confirmed() + 1);
    }

    /** This life of the brick; null until it is registered. */
    @Nullable
    Member member() {
        return phase == Phase.REGISTERED || phase == Phase.KNOWN ? new Member(config.self(), next) : null;
    }

    void onTick(long nowNanos) {
        if (phase == Phase.WAITING && metadata.node().chosenSlot() >= 0) {
            ask(nowNanos);
        } else if (phase == Phase.TRIED) {
            propose(nowNanos);
        } else if (phase == Phase.REGISTERED || phase == Phase.KNOWN) {
            lookAfterItself();
        }
    }

    /**
     * A brick that was emptied and silent for long has been forgotten; one whose name another disk has taken is
     * another's.
     */
    private void lookAfterItself() {
        BrickInfo known = metadata.state().brick(config.self());
        boolean isKnown = known != null && known.incarnation().equals(next);
        if (isKnown) {
            phase = Phase.KNOWN;
        } else if (phase == Phase.KNOWN) {
            phase = Phase.NEW;
            outbox.note(new Event.MustJoinAsNew(
                    config.self(),
                    known == null
                            ? "the cluster has forgotten this brick, which was to be emptied and was silent for long"
                            : "the metadata log knows " + known.incarnation() + " for this brick, which is " + next));
        }
    }

    private void ask(long nowNanos) {
        MetadataCommand question = MetadataCommand.RegisterBrick.question(config.self(), registration.disk());
        if (metadata.propose(question, this::onTold, nowNanos)) {
            phase = Phase.ASKED;
        }
    }

    private void onTold(@Nullable MetadataAnswer answer) {
        if (answer instanceof MetadataAnswer.Registered registered) {
            goOn(registered.incarnation());
        } else {
            phase = Phase.WAITING;
        }
    }

    /** Tries what follows what is registered, if this disk may. */
    private void goOn(@Nullable Incarnation registered) {
        switch (registration.next(registered)) {
            case Registration.Step.Register register -> {
                expected = register.expected();
                next = register.next();
                phase = Phase.FORCING_TRIED;
                force(register.force());
            }
            case Registration.Step.JoinAsNew join
            when registered != null && !config.defences().has(Defence.JOIN_AS_NEW) -> {
                expected = registered;
                next = registered.next();
                phase = Phase.FORCING_TRIED;
                force(new Registration(registered.disk(), next.start(), registered.start()));
            }
            case Registration.Step.JoinAsNew join -> {
                phase = Phase.NEW;
                outbox.note(new Event.MustJoinAsNew(config.self(), join.reason()));
            }
        }
    }

    private void force(Registration counters) {
        registration = counters;
        position = log.append(new LogRecord.Registered(counters, boot));
        log.requestSync();
    }

    void onSynced(long syncedPosition, long nowNanos) {
        if (syncedPosition <= position) {
            return;
        }
        if (phase == Phase.FORCING_TRIED) {
            phase = Phase.TRIED;
            propose(nowNanos);
        } else if (phase == Phase.FORCING_CONFIRMED) {
            phase = Phase.REGISTERED;
            outbox.note(new Event.Registered(config.self(), next));
        }
    }

    private void propose(long nowNanos) {
        MetadataCommand command = new MetadataCommand.RegisterBrick(
                config.self(),
                expected,
                next,
                config.host(),
                config.port(),
                boot.equals(config.drawn().boot()));
        if (metadata.propose(command, this::onProposed, nowNanos)) {
            phase = Phase.PROPOSED;
        }
    }

    private void onProposed(@Nullable MetadataAnswer answer) {
        if (!(answer instanceof MetadataAnswer.Registered registered)) {
            phase = Phase.WAITING; // nobody answered: once more from the beginning
            return;
        }
        if (next.equals(registered.incarnation()) && next.start() > triedBefore) {
            phase = Phase.FORCING_CONFIRMED;
            boot = config.drawn().boot();
            force(registration.confirmed(next));
        } else {
            goOn(registered.incarnation());
        }
    }

    /** Writes the counters anew if they lie below the position, and returns where they stand. */
    long renew(long headPosition) {
        if (position < headPosition) {
            position = log.append(new LogRecord.Registered(registration, boot));
            log.requestSync();
        }
        return position;
    }
}
