package io.brickwork.core.brick;

import io.brickwork.core.Check;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.metadata.BrickInfo;
import io.brickwork.core.metadata.Incarnation;
import io.brickwork.core.metadata.Member;
import io.brickwork.core.metadata.MetadataAnswer;
import io.brickwork.core.metadata.MetadataCommand;
import io.brickwork.core.metadata.Registration;
import org.jspecify.annotations.Nullable;

/**
 * Makes this life of the brick known to the cluster. Until it is, the brick takes part in no replica group; in the metadata log it does, or a restart of everything would never end.
 *
 * <p>The counters are forced before and after, as {@link Registration} says. What is registered is asked of the log itself, by a command that expects what this disk believes: what this brick has learned so far may be old.
 */
final class Registrar {
    private enum Phase {
        /** The metadata log is not known here. */
        WAITING,
        /** The counter that is tried is being forced. */
        FORCING_TRIED,
        PROPOSED,
        /** The counter that is registered is being forced. */
        FORCING_CONFIRMED,
        REGISTERED,
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
        this.position = position;
        this.next = new Incarnation(registration.disk(), registration.confirmed() + 1);
    }

    /** This life of the brick; null until it is registered. */
    @Nullable
    Member member() {
        return phase == Phase.REGISTERED ? new Member(config.self(), next) : null;
    }

    void onTick(long nowNanos) {
        if (phase == Phase.WAITING && metadata.node().chosenSlot() >= 0) {
            // What the disk believes: the answer tells if it is wrong.
            expected = registration.confirmed() > 0
                    ? new Incarnation(registration.disk(), registration.confirmed())
                    : registeredHere();
            tryNext(new Incarnation(registration.disk(), registration.confirmed() + 1));
        }
    }

    private @Nullable Incarnation registeredHere() {
        BrickInfo info = metadata.state().brick(config.self());
        return info == null || info.incarnation().disk().equals(registration.disk()) ? null : info.incarnation();
    }

    private void tryNext(Incarnation incarnation) {
        next = incarnation;
        phase = Phase.FORCING_TRIED;
        force(new Registration(registration.disk(), incarnation.start(), registration.confirmed()));
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
            phase = Phase.PROPOSED;
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
        if (!metadata.propose(command, this::onAnswer, nowNanos)) {
            throw new Check.InvariantBroken("a brick that is not registered has proposals under way");
        }
    }

    private void onAnswer(@Nullable MetadataAnswer answer) {
        if (!(answer instanceof MetadataAnswer.Registered registered)) {
            phase = Phase.WAITING; // nobody answered: once more from the beginning
            return;
        }
        if (next.equals(registered.incarnation())) {
            phase = Phase.FORCING_CONFIRMED;
            boot = config.drawn().boot();
            force(registration.confirmed(next));
            return;
        }
        switch (registration.next(registered.incarnation())) {
            case Registration.Step.Register register -> {
                expected = register.expected();
                tryNext(register.next());
            }
            case Registration.Step.JoinAsNew join -> {
                phase = Phase.NEW;
                outbox.note(new Event.MustJoinAsNew(config.self(), join.reason()));
            }
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
