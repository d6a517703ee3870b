package io.brickwork.core.partition.replicate;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.Replication;
import io.brickwork.core.Version;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.Split;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.metadata.Creations;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.partition.OneReplica;
import io.brickwork.core.structure.StructureSpec;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LearnerFeedTest {
    private static final long EPOCH = 5;
    private static final long SECOND = 1_000_000_000L;

    private final OneReplica replica = new OneReplica(Durability.REPLICATED);
    private long slot;

    @BeforeEach
    void decideStructure() {
        for (Member member : List.of(OneReplica.member(A), OneReplica.member(B), OneReplica.member(C))) {
            decide(new MetadataCommand.RegisterBrick(member.brick(), null, member.incarnation(), "h", 1, true));
        }
        decide(Creations.create(
                "registers",
                new StructureSpec("register", "k", "v", 1, 3, Durability.REPLICATED, Replication.TWO_PHASE)));
        decide(new MetadataCommand.OpenView(PARTITION, group().newest().epoch(), List.of()));
    }

    private Group group() {
        return Objects.requireNonNull(replica.metadata.group(PARTITION));
    }

    private void decide(MetadataCommand command) {
        Bytes answer = replica.metadata.apply(++slot, MetadataCodec.encode(command));
        assertThat(MetadataCodec.decodeAnswer(answer)).isNotInstanceOf(MetadataAnswer.Refused.class);
    }

    /** A view of these members and learner B, open, of a group that commits nothing with less than two members. */
    private LearnerFeed feed(List<Member> members) {
        GroupView view = new GroupView(EPOCH, A, members, List.of(OneReplica.member(B)), 0);
        replica.opened(view);
        return new LearnerFeed(
                replica.tenure,
                replica.commitPoint,
                replica.log,
                replica.extent,
                replica.repairs,
                replica.ports,
                view,
                OneReplica.member(B));
    }

    private void storeSplit() {
        decide(new MetadataCommand.SplitPartition(PARTITION, Bytes.utf8("m"), false));
        Split split = Objects.requireNonNull(group().split());
        replica.storage.store(EntryCodec.encodeSplit(PARTITION, new Version(EPOCH, 1), split));
        replica.extent.update(group());
        assertThat(replica.extent.keys().range().contains(Bytes.utf8("z"))).isFalse();
    }

    private static ReplicaMessage.FenceReport halfACopy() {
        return new ReplicaMessage.FenceReport(PARTITION, EPOCH, Version.NONE, List.of(new EpochRun(0, 0)), true);
    }

    private static ReplicaMessage.CopyAsk ask() {
        return new ReplicaMessage.CopyAsk(PARTITION, EPOCH, TableChunk.Cursor.START);
    }

    /**
     * Neither could go on otherwise: the split waits for a second member, and the learner for the table to be split.
     */
    @Test
    void viewThatCommitsNothingCopiesBothPartsOfAStoredSplit() {
        LearnerFeed feed = feed(List.of(OneReplica.member(A)));
        storeSplit();
        feed.onReport(halfACopy(), SECOND);
        assertThat(replica.takeSentTo(B))
                .hasOnlyElementsOfType(ReplicaMessage.CopyOffer.class)
                .isNotEmpty();
        feed.onCopyAsk(ask(), SECOND);
        assertThat(replica.takeSentTo(B))
                .singleElement()
                .isInstanceOfSatisfying(ReplicaMessage.CopyPart.class, part -> {
                    TableChunk chunk = CopyCodec.decode(PARTITION, part.chunk());
                    assertThat(chunk.applied().seq()).isLessThan(1); // the split comes with the log
                });
    }

    /** The split is about to be committed, and to be applied: the copy waits for that. */
    @Test
    void viewThatCommitsCopiesNothingWhileASplitIsUnderWay() {
        LearnerFeed feed = feed(List.of(OneReplica.member(A), OneReplica.member(C)));
        storeSplit();
        feed.onReport(halfACopy(), SECOND);
        replica.takeSentTo(B);
        feed.onCopyAsk(ask(), SECOND);
        assertThat(replica.takeSentTo(B)).isEmpty();
    }

    @Test
    void learnerThatAsksInVainIsDroppedAfterFifteenSeconds() {
        LearnerFeed feed = feed(List.of(OneReplica.member(A), OneReplica.member(C)));
        storeSplit();
        feed.onReport(halfACopy(), SECOND);
        for (long second = 2; second < 20; second++) {
            feed.onCopyAsk(ask(), second * SECOND);
        }
        assertThat(feed.isStuck(15 * SECOND)).isFalse();
        assertThat(feed.isStuck(16 * SECOND)).isTrue();
    }
}
