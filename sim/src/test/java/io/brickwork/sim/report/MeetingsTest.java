package io.brickwork.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.sim.report.UserCall.Effect;
import io.brickwork.sim.report.UserCall.Ending;
import io.brickwork.sim.report.UserCall.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which calls of services are told to have met. */
class MeetingsTest {
    private static final String PLACE = "t[\"k\"]";

    private final Recording recording = new Recording();
    private long nowNanos;

    MeetingsTest() {
        recording.begins(() -> nowNanos);
    }

    private UserCall call(int service, String place, Effect effect, long from, long to, Ending ending, String answer) {
        nowNanos = from;
        int number = recording.called(
                service, "thread-" + service, new Request(List.of(place), effect + " " + place, effect), List.of());
        if (ending != Ending.OPEN) {
            nowNanos = to;
            recording.answered(number, ending, answer);
        }
        return recording.calls().get(number);
    }

    private UserCall read(int service, long from, long to) {
        return call(service, PLACE, Effect.READ, from, to, Ending.DONE, "1");
    }

    private UserCall write(int service, long from, long to) {
        return call(service, PLACE, Effect.UNCONDITIONAL, from, to, Ending.DONE, "done");
    }

    private UserCall replace(int service, long from, long to, Ending ending, String answer) {
        return call(service, PLACE, Effect.CONDITIONAL, from, to, ending, answer);
    }

    private Meetings meetings() {
        return new Meetings(recording.calls());
    }

    // ---- in doubt

    @Test
    void aWriteInDoubtIsToldWithWhatItsServiceReadAndWroteNext() {
        UserCall lost = replace(-3, 0, 10, Ending.UNKNOWN, "UnknownOutcome: …");
        write(-4, 11, 12);
        UserCall seen = read(-3, 13, 14);
        UserCall next = replace(-3, 15, 16, Ending.DONE, "true");
        assertThat(meetings().inDoubt()).containsExactly(new Meetings.InDoubt(lost, seen, next));
    }

    @Test
    void aReadInDoubtMattersToNobody() {
        call(-3, PLACE, Effect.READ, 0, 10, Ending.UNKNOWN, "UnknownOutcome: …");
        assertThat(meetings().inDoubt()).isEmpty();
    }

    @Test
    void whatIsUnderWayAtTheEndIsInDoubtOnlyIfItsServiceHasGoneOn() {
        UserCall open = replace(-3, 0, 0, Ending.OPEN, "");
        assertThat(meetings().inDoubt()).isEmpty();
        call(-3, "t[\"other\"]", Effect.READ, 20, 21, Ending.DONE, "1");
        assertThat(meetings().inDoubt()).containsExactly(new Meetings.InDoubt(open, null, null));
    }

    // ---- lost updates

    @Test
    void whoWritesOverWhatCameSinceHeReadIsTold() {
        UserCall read = read(-3, 0, 1);
        UserCall between = write(-4, 2, 3);
        UserCall write = write(-3, 4, 5);
        assertThat(meetings().lostUpdates()).containsExactly(new Meetings.LostUpdate(PLACE, read, between, write));
    }

    @Test
    void whoComparesWhenHeWritesLosesNothing() {
        read(-3, 0, 1);
        write(-4, 2, 3);
        replace(-3, 4, 5, Ending.DONE, "true");
        assertThat(meetings().lostUpdates()).isEmpty();
    }

    @Test
    void whatWasRefusedOrDidNotHappenIsNotWrittenOver() {
        read(-3, 0, 1);
        replace(-4, 2, 3, Ending.DONE, "false");
        call(-4, PLACE, Effect.UNCONDITIONAL, 3, 4, Ending.DID_NOT_HAPPEN, "Unavailable: …");
        call(-4, "t[\"other\"]", Effect.UNCONDITIONAL, 3, 4, Ending.DONE, "done");
        write(-3, 5, 6);
        assertThat(meetings().lostUpdates()).isEmpty();
    }

    // ---- overlaps

    @Test
    void pairsThatBothWriteComeBeforeOthers() {
        UserCall reader = read(-3, 0, 10);
        UserCall one = write(-4, 5, 12);
        UserCall other = write(-5, 11, 13);
        assertThat(meetings().overlaps())
                .containsExactly(new Meetings.Overlap(PLACE, one, other), new Meetings.Overlap(PLACE, reader, one));
    }

    @Test
    void readersOneServiceAndOneAfterTheOtherDoNotMeet() {
        read(-3, 0, 10);
        read(-4, 5, 15);
        write(-5, 15, 30);
        call(-5, PLACE, Effect.UNCONDITIONAL, 20, 25, Ending.DONE, "done");
        call(-6, PLACE, Effect.UNCONDITIONAL, 20, 25, Ending.DID_NOT_HAPPEN, "Unavailable: …");
        assertThat(meetings().overlaps()).isEmpty();
    }
}
