package io.brickwork.check;

import static io.brickwork.check.Histories.append;
import static io.brickwork.check.Histories.get;
import static io.brickwork.check.Histories.put;
import static io.brickwork.check.Histories.putIfAbsent;
import static io.brickwork.check.Histories.remove;
import static io.brickwork.check.Histories.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.OperationId;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.SessionRow;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each checker accepts a right history and rejects wrong ones. */
class CheckersTest {
    private final Histories h = new Histories();

    private static Version v(long epoch, long seq) {
        return new Version(epoch, seq);
    }

    private static Replica replica(String name, Version applied, Object... keyVersionValue) {
        TreeMap<String, Replica.Held> records = new TreeMap<>();
        for (int i = 0; i < keyVersionValue.length; i += 3) {
            records.put((String) keyVersionValue[i], new Replica.Held((Version) keyVersionValue[i + 1], (String)
                    keyVersionValue[i + 2]));
        }
        return new Replica(name, "p", applied, Bytes.utf8(records.toString()), records, List.of());
    }

    @Nested
    class VersionOrders {
        @Test
        void risingVersionsAreGood() {
            h.done(set("k", "a"), null, v(1, 1));
            h.done(get("k"), "a", v(1, 1));
            h.done(set("k", "b"), null, v(2, 2));
            h.done(get("x"), null, v(2, 2));
            assertThat(VersionOrder.check(h.history)).isEmpty();
        }

        @Test
        void concurrentOperationsMayBeStampedEitherWay() {
            int slow = h.begin(get("k"));
            h.done(set("k", "a"), null, v(1, 5));
            h.end(slow, null, v(1, 4));
            assertThat(VersionOrder.check(h.history)).isEmpty();
        }

        @Test
        void aReadBehindAnAnsweredWriteIsRejected() {
            h.done(set("k", "a"), null, v(1, 5));
            h.done(get("k"), null, v(1, 4));
            assertThat(VersionOrder.check(h.history)).singleElement().asString().contains("(1,4)", "(1,5)");
        }

        @Test
        void readsAtReplicasThatAreBehindWithOtherKeysAreGood() {
            h.done(set("k", "a"), null, v(1, 5));
            h.done(get("x"), null, v(1, 5));
            h.done(get("x"), null, v(1, 4));
            assertThat(VersionOrder.check(h.history)).isEmpty();
        }

        @Test
        void aWriteThatIsNotNewerIsRejected() {
            h.done(get("k"), null, v(1, 5));
            h.done(set("k", "a"), null, v(1, 5));
            assertThat(VersionOrder.check(h.history)).hasSize(1);
        }

        @Test
        void aKeyThatHasMovedGoesOnWithGreaterVersions() {
            moved(v(2, 9), v(3, 1));
            assertThat(VersionOrder.check(h.history)).isEmpty();
        }

        @Test
        void aWriteThatIsOlderWhereTheKeyHasMovedIsRejected() {
            moved(v(2, 9), v(2, 8));
            assertThat(VersionOrder.check(h.history)).singleElement().asString().contains("key k", "(2,9)", "(2,8)");
        }

        /** Two writes of a key, the second one in another partition. */
        private void moved(Version first, Version second) {
            h.history.done(h.begin(set("k", "a")), null, "1/0", first, 1_000);
            h.history.done(h.begin(set("k", "b")), null, "1/1", second, 2_000);
        }

        @Test
        void twoWritesWithOneVersionAreRejected() {
            int first = h.begin(set("k", "a"));
            int second = h.begin(set("l", "b"));
            h.end(first, null, v(1, 5));
            h.end(second, null, v(1, 5));
            assertThat(VersionOrder.check(h.history)).singleElement().asString().contains("share a version");
        }
    }

    @Nested
    class AcknowledgedWrites {
        @Test
        void theLastAcknowledgedWriteOrANewerOneIsGood() {
            h.done(set("k", "a"), null, v(1, 1));
            h.unknown(set("k", "b"));
            h.done(set("l", "c"), null, v(1, 3));
            assertThat(AckedNeverLost.check(
                            h.history,
                            List.of(
                                    replica("b1", v(2, 4), "k", v(1, 1), "a", "l", v(1, 3), "c"),
                                    replica("b2", v(2, 4), "k", v(1, 2), "b", "l", v(1, 3), "c"))))
                    .isEmpty();
        }

        @Test
        void anOlderVersionIsRejectedAndTheReplicaNamed() {
            h.done(set("k", "a"), null, v(1, 1));
            h.done(set("k", "b"), null, v(1, 2));
            assertThat(AckedNeverLost.check(
                            h.history,
                            List.of(
                                    replica("b1", v(1, 2), "k", v(1, 2), "b"),
                                    replica("b2", v(1, 2), "k", v(1, 1), "a"))))
                    .singleElement()
                    .asString()
                    .contains("key k", "(1,2)", "(1,1)", "b2");
        }

        @Test
        void aMissingRecordIsRejected() {
            h.done(set("k", "a"), null, v(1, 1));
            assertThat(AckedNeverLost.check(h.history, List.of(replica("b1", v(1, 1)))))
                    .singleElement()
                    .asString()
                    .contains("nothing");
        }

        @Test
        void aRemovedRecordIsGoodAndOneBackFromTheDeadIsRejected() {
            h.done(set("k", "a"), null, v(1, 1));
            h.done(remove("k"), "a", v(1, 2));
            assertThat(AckedNeverLost.check(h.history, List.of(replica("b1", v(1, 2)))))
                    .isEmpty();
            assertThat(AckedNeverLost.check(h.history, List.of(replica("b1", v(1, 2), "k", v(1, 1), "a"))))
                    .hasSize(1);
        }

        @Test
        void aWriteWithoutEffectNeedNotBeFound() {
            h.done(set("k", "a"), null, v(1, 1));
            h.done(putIfAbsent("k", "b"), "a", v(1, 2));
            assertThat(AckedNeverLost.check(h.history, List.of(replica("b1", v(1, 2), "k", v(1, 1), "a"))))
                    .isEmpty();
        }

        @Test
        void aReplicaThatIsBehindIsRejected() {
            h.done(remove("k"), "a", v(1, 2));
            assertThat(AckedNeverLost.check(h.history, List.of(replica("b1", v(1, 1)))))
                    .hasSize(1);
        }
    }

    @Nested
    class Once {
        @Test
        void acknowledgedOnceAndUnknownAtMostOnceIsGood() {
            h.done(append("a", "1"), null);
            h.unknown(append("a", "2"));
            h.unknown(append("a", "3"));
            h.didNotHappen(append("a", "4"));
            h.done(get("a"), ",1,3");
            assertThat(ExactlyOnce.check(h.history, List.of(replica("b1", v(1, 9), "a", v(1, 9), ",1,3")), "a"))
                    .isEmpty();
        }

        @Test
        void twiceIsRejected() {
            h.done(append("a", "1"), null);
            assertThat(ExactlyOnce.check(h.history, List.of(replica("b1", v(1, 9), "a", v(1, 9), ",1,1")), "a"))
                    .singleElement()
                    .asString()
                    .contains("2 times", "b1");
        }

        @Test
        void twiceInAnAnswerIsRejected() {
            h.unknown(append("a", "1"));
            h.done(get("a"), ",1,1");
            assertThat(ExactlyOnce.check(h.history, List.of(), "a")).hasSize(1);
        }

        @Test
        void aMissingOneIsRejected() {
            h.done(append("a", "1"), null);
            h.done(append("a", "2"), null);
            assertThat(ExactlyOnce.check(h.history, List.of(replica("b1", v(1, 9), "a", v(1, 9), ",2")), "a"))
                    .singleElement()
                    .asString()
                    .contains("append(a, 1)");
        }

        @Test
        void oneThatDidNotHappenIsRejected() {
            h.didNotHappen(append("a", "1"));
            assertThat(ExactlyOnce.check(h.history, List.of(replica("b1", v(1, 9), "a", v(1, 9), ",1")), "a"))
                    .hasSize(1);
        }

        @Test
        void oneThatNobodyAppendedIsRejected() {
            h.done(append("a", "1"), null);
            assertThat(ExactlyOnce.check(h.history, List.of(replica("b1", v(1, 9), "a", v(1, 9), ",1,x")), "a"))
                    .hasSize(1);
        }
    }

    @Nested
    class Converged {
        @Test
        void equalReplicasAreGood() {
            assertThat(Convergence.check(List.of(
                            replica("b1", v(1, 2), "k", v(1, 2), "a"), replica("b2", v(1, 2), "k", v(1, 2), "a"))))
                    .isEmpty();
        }

        @Test
        void anotherValueAnotherVersionAMissingRecordAndAnotherPositionAreRejected() {
            Replica first = replica("b1", v(1, 2), "k", v(1, 2), "a");
            assertThat(Convergence.check(List.of(first, replica("b2", v(1, 2), "k", v(1, 2), "b"))))
                    .hasSize(1);
            assertThat(Convergence.check(List.of(first, replica("b2", v(1, 2), "k", v(1, 1), "a"))))
                    .hasSize(1);
            assertThat(Convergence.check(List.of(first, replica("b2", v(1, 2)))))
                    .hasSize(1);
            assertThat(Convergence.check(List.of(replica("b2", v(1, 2)), first)))
                    .hasSize(1);
            assertThat(Convergence.check(List.of(first, replica("b2", v(1, 3), "k", v(1, 2), "a"))))
                    .hasSize(1);
        }
    }

    @Nested
    class EqualPositions {
        @Test
        void replicasThatAreNotEquallyFarSayNothing() {
            assertThat(Convergence.checkEqualPositions(List.of(
                            replica("b1", v(1, 2), "k", v(1, 2), "a"),
                            replica("b2", v(1, 1)),
                            replica("b3", v(1, 2), "k", v(1, 2), "a"))))
                    .isEmpty();
        }

        @Test
        void otherContentAtAnEqualPositionIsRejectedAlsoWhenNobodyIsAtRest() {
            assertThat(Convergence.checkEqualPositions(List.of(
                            replica("b1", v(1, 2), "k", v(1, 2), "a"),
                            replica("b2", v(1, 1)),
                            replica("b3", v(1, 2), "k", v(1, 2), "b"))))
                    .singleElement()
                    .asString()
                    .contains("key k", "b1", "b3");
        }

        @Test
        void anotherCompletionRecordIsRejectedAndItsSessionNamed() {
            SessionId session = new SessionId(1, 7);
            SessionRow row = new SessionRow(
                    session,
                    3,
                    List.of(new Completion(
                            new OperationId(session, 3), v(1, 2), Completion.Status.DONE, Bytes.utf8("r"))),
                    List.of());
            Replica first = new Replica("b1", "p", v(1, 2), Bytes.utf8("x"), new TreeMap<>(), List.of(row));
            Replica second = new Replica("b2", "p", v(1, 2), Bytes.utf8("y"), new TreeMap<>(), List.of());
            assertThat(Convergence.checkEqualPositions(List.of(first, second)))
                    .singleElement()
                    .asString()
                    .contains(session.toString(), "low water 3", "nothing at b2");
        }
    }

    @Test
    void anOperationEndsOnce() {
        int put = h.done(put("k", "a"), null);
        assertThatThrownBy(() -> h.end(put, null)).isInstanceOf(IllegalStateException.class);
    }
}
