package io.brickwork.check;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer names the version that it saw: a read shows its key as of the version it is stamped with, any other
 * operation as of the one before its own. The committed writes of a key have one order, that of their versions, so what
 * is seen must have been left by the last write of the key up to there.
 *
 * <p>Writes whose outcome is unknown have no number. So a value that one of them brought is accepted, and nothing is
 * said about an absent one where one of them may have removed it. Looks at all operations, also where linearizability
 * is undecided, and not at real time, which is {@link VersionOrder}'s.
 */
public final class VersionReplay {
    private VersionReplay() {}

    public static List<Finding> check(History history) {
        List<Finding> findings = new ArrayList<>();
        history.byKey().values().forEach(observations -> checkKey(observations, findings));
        return findings;
    }

    private static void checkKey(List<Observation> observations, List<Finding> findings) {
        KeyVersions versions = new KeyVersions(observations);
        for (Observation observation : observations) {
            if (!observation.isDone() || !showsWhatWasThere(observation)) {
                continue;
            }
            String seen = valueSeen(observation);
            boolean isRead = observation.call().isRead();
            Observation write = isRead
                    ? versions.lastWrite(observation.version())
                    : versions.lastWriteBefore(observation.version());
            if (!versions.mayBe(seen, write)) {
                findings.add(new Finding(
                        "version-replay",
                        "key " + observation.call().key() + ": " + observation + " saw "
                                + (seen == null ? "nothing" : seen) + ", but " + KeyVersions.expectation(write)));
            }
        }
    }

    /** Whether the answer tells which value was there. */
    private static boolean showsWhatWasThere(Observation observation) {
        return switch (observation.call().kind()) {
            case GET, PUT, REMOVE, PUT_IF_ABSENT, REPLACE -> true;
            case REPLACE_IF, REMOVE_IF -> observation.hadEffect();
            case SET, DELETE, APPEND -> false;
        };
    }

    private static @Nullable String valueSeen(Observation observation) {
        return switch (observation.call().kind()) {
            case REPLACE_IF, REMOVE_IF -> observation.call().expected();
            case GET, PUT, REMOVE, PUT_IF_ABSENT, REPLACE, SET, DELETE, APPEND -> observation.result();
        };
    }
}
