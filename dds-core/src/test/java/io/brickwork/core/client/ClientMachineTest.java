package io.brickwork.core.client;

import static io.brickwork.core.client.ScriptedClient.A;
import static io.brickwork.core.client.ScriptedClient.B;
import static io.brickwork.core.client.ScriptedClient.C;
import static io.brickwork.core.client.ScriptedClient.MILLIS;
import static io.brickwork.core.client.ScriptedClient.SESSION;
import static io.brickwork.core.client.ScriptedClient.TIMEOUT;
import static io.brickwork.core.client.ScriptedClient.done;
import static io.brickwork.core.client.ScriptedClient.key;
import static io.brickwork.core.client.ScriptedClient.partition;
import static io.brickwork.core.client.ScriptedClient.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.Limits;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.entry.Completion.Status;
import io.brickwork.core.group.View;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.CallMessage.Reason;
import io.brickwork.core.structure.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClientMachineTest {
    private ScriptedClient client = new ScriptedClient();

    @Nested
    class Routing {
        @Test
        void writeGoesToThePrimaryOfTheKeysPartition() {
            client.up(A, B, C);
            client.write(0);
            client.write(1);
            client.write(2);
            client.write(3);
            assertThat(client.sent)
                    .containsExactly(
                            new ScriptedClient.Sent(A, write(2, 0, 1)),
                            new ScriptedClient.Sent(B, write(3, 1, 2)),
                            new ScriptedClient.Sent(C, write(4, 2, 3)),
                            new ScriptedClient.Sent(A, write(5, 3, 4)));
        }

        private CallMessage.Write write(long ticket, int partition, long number) {
            return new CallMessage.Write(
                    ticket,
                    new PartitionId(5, partition),
                    0,
                    new OperationId(SESSION, number),
                    1,
                    1,
                    key(partition),
                    Bytes.utf8("body" + number));
        }

        @Test
        void readsSpreadOverTheMembersThatHaveALink() {
            client.up(A, C);
            List<BrickId> asked = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                client.read(0);
                asked.add(client.sent.remove().to());
            }
            assertThat(asked).contains(A, C).doesNotContain(B);
        }

        @Test
        void readsGoToThePreferredBrickAndMoveOnWhenItRefuses() {
            client = new ScriptedClient(B, () -> 0L).up(A, B, C);
            long call = client.read(0);
            client.refuse(B, client.next(B), Reason.NOT_OPEN);
            BrickId second = client.sent.element().to();
            assertThat(second).isNotEqualTo(B);
            client.answer(second, client.next(second), "found");
            assertThat(client.result(call)).isEqualTo("found");
        }

        @Test
        void aViewInARefusalRepairsTheMapAndTheAttemptFollowsAtOnce() {
            client.up(A, B, C);
            client.write(0);
            client.refuse(A, client.next(A), Reason.NOT_PRIMARY, view(4, C));
            CallMessage.Write second = client.nextWrite(C);
            assertThat(second.epoch()).isEqualTo(4);
            client.write(0);
            client.next(C);
        }

        /** T31: a router of yesterday writes to the old owner. */
        @Test
        void aKeyThatAnotherPartitionHasIsAskedForThereAsTheSameOperation() {
            client.up(A, B, C);
            client.write(0);
            CallMessage.Write first = client.nextWrite(A);
            PartitionId other = new PartitionId(first.partition().structure(), 7);
            client.receive(A, elsewhere(first, other, view(5, B)));
            CallMessage.Write second = client.nextWrite(B);
            assertThat(second.partition()).isEqualTo(other);
            assertThat(second.epoch()).isEqualTo(5);
            assertThat(second.operation()).isEqualTo(first.operation());
            client.answer(B, second, "done");
            client.write(0);
            assertThat(client.nextWrite(B).partition()).isEqualTo(other);
            client.write(1);
            assertThat(client.nextWrite(B).partition().number()).isEqualTo(1);
        }

        @Test
        void bricksThatDisagreeAboutWhoHasAKeyAreNotAskedWithoutPause() {
            client.up(A, B, C);
            long call = client.write(0);
            CallMessage.Write asked = client.nextWrite(A);
            PartitionId mine = asked.partition();
            PartitionId other = new PartitionId(mine.structure(), 7);
            int rounds = 0;
            client.receive(A, elsewhere(asked, other, view(5, B)));
            while (!client.sent.isEmpty() && rounds < 50) {
                asked = client.nextWrite(client.sent.element().to());
                boolean isOther = asked.partition().equals(other);
                client.receive(
                        isOther ? B : A, elsewhere(asked, isOther ? mine : other, view(5 + rounds, isOther ? A : B)));
                rounds++;
            }
            assertThat(rounds).isBetween(1, 5);
            assertThat(client.isOpen(call)).isTrue();
        }

        private CallMessage.Refusal elsewhere(CallMessage.Write asked, PartitionId owner, View view) {
            return new CallMessage.Refusal(
                    asked.ticket(), owner, Reason.WRONG_PARTITION, "elsewhere", new KeyRange(key(0), key(1)), view);
        }

        @Test
        void aViewOfALowerEpochNeverReplacesANewerOne() {
            client.up(A, B, C);
            client.write(0);
            client.refuse(A, client.next(A), Reason.NOT_PRIMARY, view(4, C));
            CallMessage first = client.next(C);
            client.refuse(C, first, Reason.NOT_OPEN, view(3, B));
            client.pass(10);
            assertThat(client.nextWrite(C).epoch()).isEqualTo(4);
        }

        @Test
        void callsRefusedForAnEpochThatIsKnownToBeOldByThenFollowAtOnceToo() {
            client.up(A, B, C);
            client.write(0);
            client.write(0);
            CallMessage first = client.next(A);
            CallMessage second = client.next(A);
            client.refuse(A, first, Reason.WRONG_EPOCH, view(2, A));
            client.refuse(A, second, Reason.WRONG_EPOCH, view(2, A));
            assertThat(client.nextWrite(A).epoch()).isEqualTo(2);
            assertThat(client.nextWrite(A).epoch()).isEqualTo(2);
        }

        @Test
        void callsWaitForTheLinkToTheirPrimary() {
            client.up(A);
            client.write(1);
            client.nothingSent();
            client.up(C);
            client.nothingSent();
            client.up(B);
            client.next(B);
        }

        @Test
        void callsWaitForTheFirstLinkOfAll() {
            long write = client.write(0);
            long read = client.read(0);
            client.nothingSent();
            client.up(A);
            client.answer(A, client.next(A), "r");
            client.answer(A, client.next(A), "w"); // it needed a session first
            assertThat(client.result(write)).isEqualTo("w");
            assertThat(client.result(read)).isEqualTo("r");
        }

        @Test
        void aWriteWhosePrimaryIsGoneAsksAnotherMemberWhoThePrimaryIs() {
            client.up(A, B, C);
            client.down(B);
            long call = client.write(1);
            client.pass(100);
            ScriptedClient.Sent detour = client.sent.remove();
            assertThat(detour.to()).isIn(A, C);
            client.refuse(detour.to(), detour.message(), Reason.NOT_PRIMARY, view(9, C));
            client.answer(C, client.nextWrite(C), "by the new primary");
            assertThat(client.result(call)).isEqualTo("by the new primary");
        }
    }

    @Nested
    class ViewsOfTheGone {
        /** All members of the view that it knows are gone for good, and others hold the partition now. */
        @Test
        void aReadWhoseMembersAreAllGoneAsksAnotherBrickWhoTheyAre() {
            client.up(A, B, C);
            long first = client.read(1);
            ScriptedClient.Sent sent = client.sent.remove();
            client.refuse(sent.to(), sent.message(), Reason.WRONG_EPOCH, new View(7, B, List.of(B)));
            ScriptedClient.Sent atB = client.sent.remove();
            assertThat(atB.to()).isEqualTo(B);
            client.answer(B, atB.message(), "x");
            assertThat(client.result(first)).isEqualTo("x");
            client.down(B);
            long call = client.read(1);
            client.pass(200);
            ScriptedClient.Sent detour = client.sent.remove();
            assertThat(detour.to()).isIn(A, C);
            client.refuse(detour.to(), detour.message(), Reason.WRONG_PARTITION, new View(9, C, List.of(C)));
            ScriptedClient.Sent found = client.sent.remove();
            assertThat(found.to()).isEqualTo(C);
            client.answer(C, found.message(), "y");
            assertThat(client.result(call)).isEqualTo("y");
        }
    }

    @Nested
    class Retries {
        @Test
        void refusedWriteFollowsWithTheSameIdANewTicketAndTheNextAttemptNumber() {
            client.up(A, B, C);
            client.write(0);
            CallMessage.Write first = client.nextWrite(A);
            client.refuse(A, first, Reason.OVERLOADED);
            client.nothingSent();
            client.pass(10);
            CallMessage.Write second = client.nextWrite(A);
            assertThat(second.operation()).isEqualTo(first.operation());
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(second.ticket()).isNotEqualTo(first.ticket());
            assertThat(second.body()).isEqualTo(first.body());
        }

        @Test
        void pausesDoubleUpToACapAndAreBoundedInNumber() {
            client.up(A, B, C);
            client.write(0);
            List<Long> sentAt = new ArrayList<>();
            while (client.outcomes.isEmpty()) {
                if (!client.sent.isEmpty()) {
                    sentAt.add(client.now / MILLIS);
                    client.refuse(A, client.next(A), Reason.OVERLOADED);
                }
                client.pass(10);
            }
            List<Long> pauses = new ArrayList<>();
            for (int i = 1; i < sentAt.size(); i++) {
                pauses.add(sentAt.get(i) - sentAt.get(i - 1));
            }
            // Half of each pause is drawn; this generator draws nothing.
            assertThat(pauses).startsWith(10L, 10L, 10L, 20L, 40L, 80L, 100L, 100L);
            assertThat(sentAt).hasSizeBetween(100, 120);
        }

        @Test
        void jitterComesFromTheGeneratorHandedIn() {
            client = new ScriptedClient(null, () -> Long.MAX_VALUE - 1).up(A, B, C);
            client.write(0);
            for (int i = 0; i < 8; i++) {
                client.refuse(A, client.next(A), Reason.OVERLOADED);
                client.pass(501);
            }
            assertThat(client.sent).hasSize(1);
        }

        @Test
        void anUnansweredAttemptIsFollowedByOneAtAnotherBrickAndEitherAnswerEndsTheCall() {
            client.up(A, B, C);
            long call = client.write(0);
            CallMessage.Write first = client.nextWrite(A);
            client.pass(990);
            client.nothingSent();
            client.pass(20);
            // B may know that A is the primary no more.
            CallMessage.Write second = client.nextWrite(B);
            assertThat(second.operation()).isEqualTo(first.operation());
            client.pass(480);
            client.nothingSent();
            client.pass(20);
            CallMessage.Write third = client.nextWrite(C);
            client.answer(A, first, "stored");
            assertThat(client.result(call)).isEqualTo("stored");
            client.answer(B, second, "stored");
            client.answer(C, third, "stored");
            assertThat(client.outcomes).hasSize(1);
        }

        /**
         * Who is cut off from the others may still be reached by clients: its silence must not hide that another is the
         * primary by now.
         */
        @Test
        void othersAreAskedTwiceASecondWhileAPrimaryIsSilentWhichIsAskedAgainAfterPausesThatDouble() {
            client.up(A, B, C);
            client.write(0);
            List<Long> askedPrimary = new ArrayList<>();
            List<Long> askedOthers = new ArrayList<>();
            for (long millis = 0; millis <= 7_500; millis += 10) {
                while (!client.sent.isEmpty()) {
                    ScriptedClient.Sent sent = client.sent.remove();
                    if (sent.to().equals(A)) {
                        askedPrimary.add(millis);
                    } else {
                        askedOthers.add(millis);
                        client.refuse(sent.to(), (CallMessage.Write) sent.message(), Reason.NOT_PRIMARY);
                    }
                }
                client.pass(10);
            }
            assertThat(askedPrimary).hasSize(4);
            assertThat(askedPrimary.get(1)).isBetween(1_000L, 1_300L);
            assertThat(askedPrimary.get(2)).isBetween(3_000L, 3_600L);
            assertThat(askedPrimary.get(3)).isBetween(7_000L, 7_500L);
            for (int i = 1; i < askedOthers.size(); i++) {
                assertThat(askedOthers.get(i) - askedOthers.get(i - 1)).isLessThanOrEqualTo(1_300);
            }
            assertThat(askedOthers).hasSizeBetween(9, 14);
        }

        /** A primary that was left out, and cannot hear of it, refuses for ever; the others know. */
        @Test
        void aWriteThatIsRefusedAgainAndAgainAsksAnotherBrick() {
            client.up(A, B, C);
            client.write(0);
            for (int i = 0; i < 3; i++) {
                client.refuse(A, client.next(A), Reason.NOT_OPEN);
                client.pass(50);
            }
            client.refuse(B, client.next(B), Reason.NOT_PRIMARY, view(2, C));
            client.nextWrite(C);
        }

        /** T26: the first attempt had committed; the retry must be known as the same operation. */
        @Test
        void aWriteWhoseLinkIsLostFollowsWithTheSameIdToTheNewPrimary() {
            client.up(A, B, C);
            long call = client.write(0);
            CallMessage.Write first = client.nextWrite(A);
            client.down(A);
            client.up(A);
            client.refuse(A, client.next(A), Reason.NOT_PRIMARY, view(2, B));
            CallMessage.Write third = client.nextWrite(B);
            assertThat(third.operation()).isEqualTo(first.operation());
            client.answer(B, third, "the stored answer");
            assertThat(client.result(call)).isEqualTo("the stored answer");
        }

        /** T12: an answer satisfies only the attempt that asked, over the link on which it asked. */
        @Test
        void aTicketIsGoodForOneAnswerFromTheBrickThatWasAsked() {
            client.up(A, B, C);
            long first = client.write(0);
            CallMessage request = client.next(A);
            client.receive(B, done(request, "from a stranger"));
            assertThat(client.isOpen(first)).isTrue();
            client.answer(A, request, "first");
            long second = client.write(0);
            client.receive(A, done(request, "again"));
            assertThat(client.isOpen(second)).isTrue();
            CallMessage lost = client.next(A);
            client.down(A);
            client.up(A);
            client.receive(A, done(lost, "over the old link"));
            assertThat(client.isOpen(second)).isTrue();
        }

        @Test
        void readsMoveOnToTheNextMemberWhenTheirLinkIsLost() {
            client.up(A, B, C);
            long call = client.read(0);
            ScriptedClient.Sent first = client.sent.remove();
            client.down(first.to());
            ScriptedClient.Sent second = client.sent.remove();
            assertThat(second.to()).isNotEqualTo(first.to());
            client.down(second.to());
            ScriptedClient.Sent third = client.sent.remove();
            client.answer(third.to(), third.message(), "here");
            assertThat(client.result(call)).isEqualTo("here");
        }

        @Test
        void anUnansweredReadIsAskedOfAnotherMember() {
            client.up(A, B, C);
            client.read(0);
            BrickId first = client.sent.remove().to();
            client.pass(1010);
            assertThat(client.sent.remove().to()).isNotEqualTo(first);
        }

        @Test
        void aReadPausesOnlyAfterEveryMemberRefused() {
            client.up(A, B, C);
            client.read(0);
            for (int i = 0; i < 3; i++) {
                ScriptedClient.Sent attempt = client.sent.remove();
                client.refuse(attempt.to(), attempt.message(), Reason.NOT_OPEN);
            }
            client.nothingSent();
            client.pass(10);
            assertThat(client.sent).hasSize(1);
        }

        /** T45: what may be killing primaries is not fed to a third. */
        @Test
        void aWriteThatSawTwoPrimariesDieIsOnlyAskedFor() {
            client.up(A, B, C);
            long call = client.write(0);
            CallMessage.Write first = client.nextWrite(A);
            client.down(A);
            client.up(A);
            client.refuse(A, client.next(A), Reason.NOT_PRIMARY, view(2, B));
            client.next(B);
            client.down(B);
            client.up(B);
            CallMessage.Inquire question = (CallMessage.Inquire) client.next(B);
            assertThat(question.operation()).isEqualTo(first.operation());
            client.refuse(B, question, Reason.NEVER_SEEN);
            client.pass(10);
            question = (CallMessage.Inquire) client.next(B);
            assertThat(client.isOpen(call)).isTrue();
            client.answer(B, question, "it was done after all");
            assertThat(client.result(call)).isEqualTo("it was done after all");
        }

        /** All bricks are killed, one after the other: the write was fed to one primary only, and is sent again. */
        @Test
        void theLinkOfAMemberThatWasOnlyAskedForTheViewDoesNotCount() {
            client.up(A, B);
            long call = client.write(0);
            client.next(A);
            client.down(A);
            while (client.sent.isEmpty()) {
                client.pass(10);
            }
            BrickId asked = client.sent.getFirst().to();
            assertThat(asked).isNotEqualTo(A);
            client.nextWrite(asked);
            client.down(asked);
            client.up(A);
            while (client.sent.isEmpty()) {
                client.pass(10);
            }
            client.answer(A, client.nextWrite(A), "done");
            assertThat(client.result(call)).isEqualTo("done");
        }

        @Test
        void aWriteThatSawTwoPrimariesDieAndIsNowhereSeenStaysUnknown() {
            client.up(A, B, C);
            long call = client.write(0);
            client.next(A);
            client.down(A);
            client.up(A);
            client.next(A);
            client.down(A);
            client.up(A);
            while (client.isOpen(call)) {
                while (!client.sent.isEmpty()) {
                    CallMessage question = client.next(A);
                    assertThat(question).isInstanceOf(CallMessage.Inquire.class);
                    client.refuse(A, question, Reason.NEVER_SEEN);
                }
                client.pass(10);
            }
            assertThat(client.failure(call, DdsException.UnknownOutcome.class)).hasMessageContaining("link was lost");
        }

        @Test
        void oneLostLinkCountsOnceForAllAttemptsOnIt() {
            client.up(A);
            client.write(0);
            client.next(A);
            client.pass(1010);
            client.next(A);
            client.down(A);
            client.up(A);
            client.nextWrite(A);
        }
    }

    @Nested
    class Truth {
        @Test
        void anAnswerIsDone() {
            client.up(A);
            long call = client.write(0);
            client.answer(A, client.next(A), "old value");
            assertThat(client.result(call)).isEqualTo("old value");
        }

        @Test
        void aStoredRejectionIsAConflictThatCertainlyDidNotHappen() {
            client.up(A);
            long call = client.write(0);
            CallMessage request = client.next(A);
            client.receive(
                    A,
                    new CallMessage.Answer(
                            request.ticket(),
                            partition(request),
                            Status.REJECTED,
                            new Version(1, 1),
                            Bytes.utf8("divided by zero")));
            DdsException.Conflict conflict = client.failure(call, DdsException.Conflict.class);
            assertThat(conflict).hasMessageContainingAll("put", "orders", "5/0", "divided by zero");
            assertThat(conflict.certainlyDidNotHappen()).isTrue();
        }

        @Test
        void aWriteRefusedAtEveryAttemptCertainlyDidNotHappen() {
            client.up(A);
            long call = client.submit(0, false, 25 * MILLIS);
            for (int i = 0; i < 3; i++) {
                while (!client.sent.isEmpty()) {
                    client.refuse(A, client.next(A), Reason.NOT_OPEN);
                }
                client.pass(10);
            }
            DdsException.Unavailable failure = client.failure(call, DdsException.Unavailable.class);
            assertThat(failure.certainlyDidNotHappen()).isTrue();
            assertThat(failure).hasMessageContainingAll("put", "orders", "5/0", "brick a", "so it is", "30 ms");
        }

        /** T57: attempt 1 sits in a socket, attempt 2 is refused. */
        @Test
        void aRefusedSecondAttemptDoesNotSpeakForTheFirst() {
            client.up(A);
            long call = client.submit(0, false, 2000 * MILLIS);
            CallMessage first = client.next(A);
            client.pass(1010);
            client.refuse(A, client.next(A), Reason.NO_SPACE);
            assertThat(client.isOpen(call)).isTrue();
            client.pass(1000);
            DdsException.UnknownOutcome unknown = client.failure(call, DdsException.UnknownOutcome.class);
            assertThat(unknown.certainlyDidNotHappen()).isFalse();
            assertThat(unknown.id()).contains(((CallMessage.Write) first).operation());
        }

        @Test
        void whenTheLastAttemptThatMayHaveBeenTakenIsRefusedTooTheWriteCertainlyDidNotHappen() {
            client.up(A);
            long call = client.write(0);
            CallMessage first = client.next(A);
            client.pass(1010);
            client.refuse(A, client.next(A), Reason.NO_SPACE);
            client.refuse(A, first, Reason.NO_SPACE);
            assertThat(client.failure(call, DdsException.Overloaded.class).certainlyDidNotHappen())
                    .isTrue();
        }

        @Test
        void anAttemptLostWithItsLinkLeavesTheOutcomeUnknownWhateverOthersSay() {
            client.up(A);
            long call = client.submit(0, false, 100 * MILLIS);
            client.next(A);
            client.down(A);
            client.up(A);
            client.refuse(A, client.next(A), Reason.MALFORMED);
            while (client.isOpen(call)) {
                while (!client.sent.isEmpty()) {
                    client.refuse(A, client.next(A), Reason.NEVER_SEEN);
                }
                client.pass(10);
            }
            client.failure(call, DdsException.UnknownOutcome.class);
        }

        @ParameterizedTest
        @EnumSource(
                value = Reason.class,
                names = {"NO_SPACE", "WINDOW", "MALFORMED", "FAILED", "TOO_LARGE", "CORRUPT"})
        void aRefusalThatWillNotChangeIsToldAtOnce(Reason reason) {
            client.up(A);
            long call = client.write(0);
            client.refuse(A, client.next(A), reason);
            assertThat(client.failure(call, DdsException.class).certainlyDidNotHappen())
                    .isTrue();
        }

        @ParameterizedTest
        @EnumSource(
                value = Reason.class,
                names = {
                    "NOT_OPEN",
                    "NOT_PRIMARY",
                    "WRONG_EPOCH",
                    "WRONG_PARTITION",
                    "OVERLOADED",
                    "HALTED",
                    "REPAIRING"
                })
        void aRefusalThatMayChangeIsTriedAgain(Reason reason) {
            client.up(A);
            client.write(0);
            client.refuse(A, client.next(A), reason);
            client.pass(10);
            client.nextWrite(A);
        }

        @Test
        void aForgottenOperationIsToldAsSuch() {
            client.up(A);
            long call = client.write(0);
            client.refuse(A, client.next(A), Reason.FORGOTTEN);
            assertThat(client.failure(call, DdsException.Forgotten.class).certainlyDidNotHappen())
                    .isFalse();
        }

        @Test
        void aReadThatNobodyAnswersIsUnavailableAndNeverUnknown() {
            client.up(A);
            long call = client.read(0);
            client.pass(10_010);
            assertThat(client.failure(call, DdsException.Unavailable.class)).hasMessageContaining("brick a");
        }

        @Test
        void aReadFindsTheOneMemberWhoseRecordIsSound() {
            client.up(A, B, C);
            long call = client.read(0);
            for (int i = 0; i < 2; i++) {
                ScriptedClient.Sent attempt = client.sent.remove();
                client.refuse(attempt.to(), attempt.message(), Reason.CORRUPT);
            }
            ScriptedClient.Sent third = client.sent.remove();
            client.answer(third.to(), third.message(), "sound");
            assertThat(client.result(call)).isEqualTo("sound");
        }

        @Test
        void aReadThatIsCorruptAtEveryMemberIsToldAtOnce() {
            client.up(A, B, C);
            long call = client.read(0);
            for (int i = 0; i < 3; i++) {
                ScriptedClient.Sent attempt = client.sent.remove();
                client.refuse(attempt.to(), attempt.message(), Reason.CORRUPT);
            }
            client.failure(call, DdsException.Corrupted.class);
        }

        @Test
        void outcomesComeNoLaterThanATickAfterTheDeadline() {
            long write = client.write(0);
            long read = client.read(0);
            client.pass(9990);
            assertThat(client.outcomes).isEmpty();
            client.pass(10);
            assertThat(client.failure(write, DdsException.Unavailable.class))
                    .hasMessageContainingAll("put", "orders", "10000 ms", "before any brick could be reached");
            client.failure(read, DdsException.Unavailable.class);
        }

        @Test
        void aWriteWhosePrimaryCannotBeReachedSaysWhichBrickThatIs() {
            client.up(B);
            long call = client.submit(0, false, 30 * MILLIS);
            client.pass(30);
            assertThat(client.failure(call, DdsException.Unavailable.class)).hasMessageContaining("primary, brick a");
        }

        @Test
        void anInterruptedCallerIsToldAtOnceWhatIsCertain() {
            long unsent = client.write(0);
            client.up(B);
            long sent = client.write(1);
            client.step(new ClientInput.Abandon(unsent));
            client.step(new ClientInput.Abandon(sent));
            client.step(new ClientInput.Abandon(sent));
            assertThat(client.failure(unsent, DdsException.Unavailable.class)).hasMessageContaining("interrupted");
            assertThat(client.failure(sent, DdsException.UnknownOutcome.class)).hasMessageContaining("interrupted");
        }

        @Test
        void closingTellsEveryCallWhatIsCertain() {
            long unsent = client.write(0);
            client.up(B);
            long sent = client.write(1);
            long read = client.read(1);
            client.step(new ClientInput.Close());
            long late = client.write(1);
            client.failure(unsent, DdsException.Closed.class);
            client.failure(sent, DdsException.UnknownOutcome.class);
            client.failure(read, DdsException.Closed.class);
            client.failure(late, DdsException.Closed.class);
        }

        @Test
        void theEndOfAllBricksTellsEveryCallWhatIsCertainAndWhy() {
            client.up(B);
            long sent = client.write(1);
            long read = client.read(1);
            client.step(new ClientInput.Ended("the brick has halted"));
            long late = client.write(1);
            assertThat(client.failure(sent, DdsException.UnknownOutcome.class)).hasMessageContaining("has halted, and");
            assertThat(client.failure(read, DdsException.Unavailable.class)).hasMessageContaining("has halted");
            assertThat(client.failure(late, DdsException.Unavailable.class)).hasMessageContaining("has halted");
            client.step(new ClientInput.Close());
            client.failure(client.write(1), DdsException.Closed.class);
        }

        @Test
        void aTokenThatIsRefusedEndsOpenCallsAndLeavesTheClientOpen() {
            client.up(B);
            long sent = client.write(1);
            long read = client.read(1);
            client.step(new ClientInput.LinkDown(B));
            client.step(new ClientInput.TokenRefused("token 'shop' was revoked"));
            assertThat(client.failure(sent, DdsException.UnknownOutcome.class)).hasMessageContaining("was revoked");
            assertThat(client.failure(read, DdsException.Forbidden.class)).hasMessageContaining("was revoked");
            long waiting = client.read(1);
            client.step(new ClientInput.TokenRefused("the token is wrong"));
            assertThat(client.failure(waiting, DdsException.Forbidden.class))
                    .hasMessageContaining("the token is wrong");
            client.up(B);
            long later = client.read(1);
            assertThat(client.isOpen(later))
                    .as("it waits for its answer as ever")
                    .isTrue();
        }
    }

    @Nested
    class Bounds {
        /** T76: what waits for a credit is not sent, and goes in the order in which it came. */
        @Test
        void requestsBeyondTheLinksCreditsWaitInOrder() {
            client.up(A, 2);
            List<Long> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(client.write(0));
            }
            CallMessage first = client.next(A);
            CallMessage second = client.next(A);
            client.nothingSent();
            client.answer(A, second, "2");
            CallMessage third = client.next(A);
            assertThat(((CallMessage.Write) third).operation().number()).isEqualTo(3);
            client.refuse(A, first, Reason.OVERLOADED);
            CallMessage fourth = client.next(A);
            assertThat(((CallMessage.Write) fourth).operation().number()).isEqualTo(4);
            client.pass(10);
            client.nothingSent();
            client.answer(A, third, "3");
            assertThat(client.nextWrite(A).operation().number()).isEqualTo(1);
        }

        @Test
        void creditsOfOneLinkDoNotHoldUpAnother() {
            client.up(A, 1);
            client.up(B, 1);
            client.write(0);
            client.write(0);
            client.write(1);
            client.next(A);
            client.next(B);
        }

        @Test
        void readsGoWhereThereIsCredit() {
            client.up(A, 1);
            client.up(B, 3);
            for (int i = 0; i < 4; i++) {
                client.read(0);
            }
            assertThat(client.sent).hasSize(4);
        }

        @Test
        void aCallThatTimesOutWaitingForACreditWasCertainlyNotDone() {
            client.up(A, 1);
            client.write(0);
            long second = client.submit(0, false, 50 * MILLIS);
            long third = client.write(0);
            CallMessage first = client.next(A);
            client.pass(60);
            assertThat(client.failure(second, DdsException.Overloaded.class)).hasMessageContaining("brick a");
            client.answer(A, first, "");
            client.answer(A, client.next(A), "third");
            assertThat(client.result(third)).isEqualTo("third");
        }

        @Test
        void lateAnswersGiveTheirCreditsBack() {
            client.up(A, 1);
            client.submit(0, false, 50 * MILLIS);
            CallMessage first = client.next(A);
            client.pass(60);
            long second = client.write(0);
            client.nothingSent();
            client.answer(A, first, "late");
            client.answer(A, client.next(A), "second");
            assertThat(client.result(second)).isEqualTo("second");
        }

        @Test
        void whatTheNetworkDoesNotTakeYetWaitsInOrder() {
            client.up(A, 10);
            client.write(0);
            CallMessage first = client.next(A);
            client.full.add(A);
            client.write(0);
            client.write(0);
            client.answer(A, first, "");
            client.nothingSent();
            client.full.remove(A);
            client.step(new ClientInput.LinkDrained(A));
            assertThat(client.nextWrite(A).operation().number()).isEqualTo(2);
            assertThat(client.nextWrite(A).operation().number()).isEqualTo(3);
        }

        @Test
        void aNewLinkBringsItsOwnCredits() {
            client.up(A, 1);
            client.write(0);
            client.write(0);
            client.next(A);
            client.down(A);
            client.up(A, 5);
            assertThat(client.sent).hasSize(2);
        }

        @Test
        void tooManyWaitingForCreditsPauseAndFailAsOverloadedInTheEnd() {
            client.up(A, 1);
            for (int i = 0; i < 2 * ClientMachine.WAITING_AT_MOST; i++) {
                client.read(0);
            }
            long last = client.read(0);
            assertThat(client.sent).hasSize(1);
            client.pass(10_010);
            assertThat(client.outcomes).hasSize(2 * ClientMachine.WAITING_AT_MOST + 1);
            assertThat(client.failure(last, DdsException.class).certainlyDidNotHappen())
                    .isTrue();
        }

        @Test
        void writesBeyondTheSessionsWindowWaitUntilTheMarkMoves() {
            client.up(A, 5000);
            for (int i = 0; i < Limits.SESSION_WINDOW_OPERATIONS + 1; i++) {
                client.write(0);
            }
            assertThat(client.sent).hasSize(Limits.SESSION_WINDOW_OPERATIONS);
            CallMessage first = client.next(A);
            CallMessage second = client.next(A);
            client.answer(A, second, "");
            assertThat(client.sent).hasSize(Limits.SESSION_WINDOW_OPERATIONS - 2);
            client.answer(A, first, "");
            CallMessage.Write last =
                    (CallMessage.Write) client.sent.removeLast().message();
            assertThat(last.operation().number()).isEqualTo(Limits.SESSION_WINDOW_OPERATIONS + 1);
            assertThat(last.lowWater()).isEqualTo(3);
        }

        @Test
        void readsTakeNoPlaceInTheWindow() {
            client.up(A, 5000);
            for (int i = 0; i < Limits.SESSION_WINDOW_OPERATIONS; i++) {
                client.write(0);
            }
            client.read(0);
            assertThat(client.sent).hasSize(Limits.SESSION_WINDOW_OPERATIONS + 1);
        }

        @Test
        void writesThatTimeOutInTheWindowsQueueWereCertainlyNotDoneAndOneTooManyFailsAtOnce() {
            client.up(A, 5000);
            for (int i = 0; i < Limits.SESSION_WINDOW_OPERATIONS; i++) {
                client.write(0);
            }
            long queued = client.submit(0, false, 50 * MILLIS);
            for (int i = 1; i < ClientMachine.WAITING_AT_MOST; i++) {
                client.write(0);
            }
            long tooMany = client.write(0);
            assertThat(client.failure(tooMany, DdsException.Overloaded.class)).hasMessageContaining("1,024");
            client.pass(60);
            client.failure(queued, DdsException.Overloaded.class);
        }
    }

    @Nested
    class LowWaterMark {
        @Test
        void theMarkIsTheLowestNumberWhoseOutcomeWasNotTold() {
            client.up(A);
            client.write(0);
            client.write(0);
            CallMessage first = client.next(A);
            CallMessage second = client.next(A);
            client.answer(A, second, "");
            client.write(0);
            assertThat(client.nextWrite(A).lowWater()).isEqualTo(1);
            client.answer(A, first, "");
            client.write(0);
            assertThat(client.nextWrite(A).lowWater()).isEqualTo(3);
        }

        /** The answer to an operation of unknown outcome must not be forgotten while it may be asked for at no cost. */
        @Test
        void anUnknownOutcomeHoldsTheMarkUntilTheWindowIsExhausted() {
            client.up(A, 5000);
            client.submit(0, false, 10 * MILLIS);
            CallMessage.Write unknown = client.nextWrite(A);
            client.pass(10);
            for (int i = 1; i < Limits.SESSION_WINDOW_OPERATIONS; i++) {
                client.write(0);
                CallMessage.Write write = client.nextWrite(A);
                assertThat(write.lowWater()).isEqualTo(1);
                client.answer(A, write, "");
            }
            client.write(0);
            assertThat(client.nextWrite(A).lowWater()).isEqualTo(Limits.SESSION_WINDOW_OPERATIONS + 1);
            long asked = client.inquire(unknown.operation());
            client.failure(asked, DdsException.Forgotten.class);
        }
    }

    @Nested
    class Inquiries {
        private OperationId unknown;
        private CallMessage.Write request;

        private void leaveOneUnknown() {
            client.up(A, B, C);
            client.submit(0, false, 10 * MILLIS);
            request = client.nextWrite(A);
            unknown = request.operation();
            client.pass(10);
        }

        @Test
        void anUnknownOutcomeCanBeAskedForUntilItIsKnown() {
            leaveOneUnknown();
            long asked = client.inquire(unknown);
            CallMessage.Inquire question = (CallMessage.Inquire) client.next(A);
            assertThat(question.operation()).isEqualTo(unknown);
            assertThat(question.routingKey()).isEqualTo(key(0));
            client.refuse(A, question, Reason.NOT_OPEN);
            client.pass(10);
            client.answer(A, client.next(A), "done");
            assertThat(client.result(asked)).isEqualTo("done");
            client.write(0);
            assertThat(client.nextWrite(A).lowWater()).isEqualTo(2);
            client.failure(client.inquire(unknown), DdsException.Forgotten.class);
        }

        @Test
        void thatThePrimaryHasNeverSeenItProvesNothing() {
            leaveOneUnknown();
            long asked = client.inquire(unknown);
            client.refuse(A, client.next(A), Reason.NEVER_SEEN);
            assertThat(client.failure(asked, DdsException.UnknownOutcome.class).id())
                    .contains(unknown);
            long again = client.inquire(unknown);
            client.answer(A, client.next(A), "done by then");
            assertThat(client.result(again)).isEqualTo("done by then");
        }

        @Test
        void anAnswerThatCameTooLateIsKeptForTheOneWhoAsks() {
            leaveOneUnknown();
            client.answer(A, request, "late");
            client.nothingSent();
            assertThat(client.result(client.inquire(unknown))).isEqualTo("late");
            client.nothingSent();
        }

        @Test
        void anInquiryThatNobodyAnswersLeavesTheOutcomeUnknown() {
            leaveOneUnknown();
            long asked = client.inquire(unknown);
            client.pass(10_010);
            client.failure(asked, DdsException.UnknownOutcome.class);
        }

        @Test
        void operationsOfOthersAreForgotten() {
            long asked = client.inquire(new OperationId(new SessionId(1, 1), 1));
            client.failure(asked, DdsException.Forgotten.class);
        }

        @Test
        void aReadModeIsSentAsAsked() {
            client.up(A);
            client.step(new ClientInput.Submit(
                    99, ScriptedClient.TABLE, key(0), true, Bytes.EMPTY, ReadMode.STALE, client.now + TIMEOUT, "get"));
            assertThat(((CallMessage.Read) client.next(A)).mode()).isEqualTo(ReadMode.STALE);
        }
    }
}
