package io.brickwork.core.partition;

import static io.brickwork.core.partition.OneReplica.A;
import static io.brickwork.core.partition.OneReplica.B;
import static io.brickwork.core.partition.OneReplica.C;
import static io.brickwork.core.partition.OneReplica.PARTITION;
import static io.brickwork.core.partition.OneReplica.member;
import static io.brickwork.core.partition.OneReplica.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.core.Bytes;
import io.brickwork.core.Durability;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.Version;
import io.brickwork.core.entry.CopyCodec;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.group.EpochRuns;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.partition.read.LeaseEnd;
import io.brickwork.core.partition.read.Reads;
import io.brickwork.core.partition.replicate.twophase.TwoPhaseBackup;
import io.brickwork.core.partition.replicate.twophase.TwoPhasePrimary;
import io.brickwork.core.partition.view.FencedMember;
import io.brickwork.core.partition.view.ViewSteps;
import io.brickwork.core.structure.KeyRange;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The rules of Gribble, Brewer, Hellerstein and Culler, "Scalable, Distributed Data Structures for Internet Service
 * Construction" (OSDI 2000), that the code keeps, and those that it changes deliberately. The comment of each test says
 * what the paper asks for, and what is different here.
 */
class GribbleRulesTest {
    private static final long SECOND = 1_000_000_000;

    private final OnePrimary primary = new OnePrimary();
    private final OneReplica replica = primary.replica;

    // ---- §4.1 Partitioning, replication, and replica consistency

    /**
     * §4.1: a write is prepared at every replica of the group, and commits when all have agreed. Here the primary
     * coordinates, not the client's library, and gives each write its place in one order.
     */
    @Test
    void aWriteCommitsWhenEveryReplicaHasStoredIt() {
        primary.request(primary.write(1, 1, "put k v"));
        assertThat(replica.takeSentTo(B)).hasOnlyElementsOfType(ReplicaMessage.Store.class);
        assertThat(replica.takeSentTo(C)).hasOnlyElementsOfType(ReplicaMessage.Store.class);
        replica.write();
        primary.replicator.onStored(0);
        primary.replicator.onMessage(B, OneReplica.stored(1, 1), 0);
        assertThat(replica.commitPoint.seq()).isZero();
        primary.replicator.onMessage(C, OneReplica.stored(1, 1), 0);
        assertThat(replica.commitPoint.seq()).isEqualTo(1);
    }

    /**
     * §4.1: any replica of the group answers a read. Here one that has stored a write and does not know whether that is
     * committed asks the primary first, so that no reader sees an older value than another before it.
     */
    @Test
    void anyReplicaAnswersARead() {
        OneReplica backup = new OneReplica(Durability.REPLICATED).opened(view(1, B, A, C));
        Reads reads = reads(backup);
        backup.store(1);
        backup.commitPoint.advance(1);
        reads.onRead(OnePrimary.CALLER, get("k"), 0);
        assertThat(((CallMessage.Answer) backup.answers.getFirst()).result()).isEqualTo(Bytes.utf8("v1"));

        backup.answers.clear();
        backup.store(1);
        reads.onRead(OnePrimary.CALLER, get("k"), 0);
        assertThat(backup.answers).isEmpty();
        assertThat(backup.takeSentTo(B)).hasExactlyElementsOfTypes(ReplicaMessage.AskCommitted.class);
    }

    /** §4.1: nothing is seen of a write before it commits. */
    @Test
    void aReadSeesNothingOfAWriteThatIsNotCommitted() {
        primary.request(primary.write(1, 1, "put k v"));
        Reads reads = reads(replica);
        replica.answers.clear();
        reads.onRead(OnePrimary.CALLER, get("k"), 0);
        assertThat(((CallMessage.Answer) replica.answers.getFirst()).result()).isEqualTo(Bytes.EMPTY);
    }

    /**
     * §4.1: a replica that misses the outcome of a prepared write asks its peers, and aborts if none of them has a
     * commit. That loses a committed write when the network is cut. Here a replica keeps what it has stored and asks
     * nobody: the next view decides, by what all its members have.
     */
    @Test
    void replicaKeepsPreparedWriteUntilOutcomeIsKnown() {
        OneReplica backup = new OneReplica(Durability.REPLICATED);
        FencedMember member = fencedMember(backup);
        TwoPhaseBackup follower =
                new TwoPhaseBackup(backup.tenure, backup.log, backup.commitPoint, backup.storage, member, backup.ports);
        member.onFence(B, view(5, B, A, C));
        member.onLevel(new ReplicaMessage.Level(PARTITION, 5, 0, false, 0, List.of()));
        follower.acknowledge(0);
        member.onOpen(B, new ReplicaMessage.Open(PARTITION, 5, 0));
        follower.onStore(B, new ReplicaMessage.Store(0, 0, OneReplica.entry(5, 1)), 0);
        backup.write();
        follower.acknowledge(0);
        backup.sent.clear();
        for (long now = 0; now < 60 * SECOND; now += SECOND) {
            follower.onTick(now);
        }
        assertThat(backup.log.lastSeq()).isEqualTo(1);
        assertThat(backup.commitPoint.seq()).isZero();
        assertThat(backup.sent).as("nobody is asked for the outcome").isEmpty();
    }

    /**
     * §4.1: a replica refuses a write whose key is locked by another. Here single writes lock nothing: the primary puts
     * them in one order, and each sees the one before it, committed or not.
     */
    @Test
    void concurrentWritesOfOneKeyAreOrderedAndNotRefused() {
        primary.request(primary.write(1, 1, "add k x"));
        primary.request(primary.write(2, 2, "add k y"));
        assertThat(primary.last().effects().getFirst().value()).isEqualTo(Bytes.utf8("xy"));
        primary.commit();
        assertThat(primary.takeAnswers()).containsExactly("1 DONE", "2 DONE");
    }

    /**
     * §4.1: a replica that crashes is removed from its group, and the write goes on without it. Here the coordinator
     * does not remove it by itself: nothing commits before the metadata log has decided another view.
     */
    @Test
    void aSilentReplicaIsRemovedFromItsGroupByDecision() {
        primary.request(primary.write(1, 1, "put k v"));
        replica.write();
        primary.replicator.onStored(0);
        for (long now = 0; now <= 10 * SECOND; now += SECOND / 10) {
            primary.replicator.onTick(now);
            primary.replicator.onMessage(B, OneReplica.stored(1, 1), now);
        }
        assertThat(replica.proposed)
                .contains(new MetadataCommand.ChangeView(PARTITION, 1, 1, A, List.of(member(A), member(B)), List.of()));
        assertThat(replica.commitPoint.seq()).isZero();
    }

    /**
     * §4.1: replicas agree in memory; a disk image need not. Here each structure says which: REPLICATED commits what is
     * written at all members, SYNC what is on all disks.
     */
    @Test
    void aReplicatedStructureCommitsBeforeItsDisksHaveSynced() {
        assertThat(committedWithoutSync(Durability.REPLICATED)).isEqualTo(1);
        assertThat(committedWithoutSync(Durability.SYNC)).isZero();
    }

    private static long committedWithoutSync(Durability durability) {
        OneReplica one = new OneReplica(durability).opened(view(5, A, B));
        TwoPhasePrimary replicator = replicator(one, 0);
        replicator.replicate(one.store(5), 0);
        one.write();
        replicator.onStored(0);
        replicator.onMessage(B, OneReplica.stored(5, 1), 0);
        return one.commitPoint.seq();
    }

    // ---- §4.2 Metadata maps

    /**
     * §4.2: the DP map gives each key its partition, the RG map each partition its bricks. Here both follow from one
     * log that all bricks learn.
     */
    @Test
    void aKeyHasOnePartitionAndThatItsGroup() {
        Group group = Objects.requireNonNull(replica.metadata.locate(PARTITION.structure(), Bytes.utf8("k")));
        assertThat(group.partition()).isEqualTo(PARTITION);
        assertThat(group.newest().members()).containsExactlyInAnyOrder(member(A), member(B), member(C));
    }

    /**
     * §4.2: the DP map subdivides as data grows. Here a split is an entry in the partition's own log, so that all its
     * replicas split at the same place.
     */
    @Test
    void aSplitDividesTheKeysOfAPartition() {
        split();
        assertThat(partitionOf("a")).isEqualTo(PARTITION);
        assertThat(partitionOf("z")).isEqualTo(new PartitionId(1, 1));
    }

    /** §4.2: a replica group has at least one member, always. */
    @Test
    void aGroupIsNeverEmpty() {
        assertThatThrownBy(() -> new GroupView(1, A, List.of(), List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there must be a member");
    }

    /**
     * §4.2: maps at clients may be old; a brick refuses an operation that was sent by an old map, and sends what mends
     * it. Here a refusal carries the ranges and views that are in question, not the whole maps.
     */
    @Test
    void aRefusalMendsTheMapsOfItsClient() {
        split();
        primary.learn();
        primary.request(primary.prepare(1, 1, 0, "a", "z"));
        CallMessage.Refusal refusal = (CallMessage.Refusal) replica.answers.getLast();
        assertThat(refusal.reason()).isEqualTo(CallMessage.Reason.WRONG_PARTITION);
        assertThat(refusal.range()).isEqualTo(new KeyRange(Bytes.EMPTY, Bytes.utf8("m")));
        assertThat(refusal.view()).isEqualTo(primary.view.toView());
    }

    /**
     * §4.2: the RG map is found out of date by its hash. Here by the epoch: no replica takes a message of an epoch that
     * is below its promise.
     */
    @Test
    void aReplicaTakesNothingOfAViewThatWasReplaced() {
        OneReplica backup = new OneReplica(Durability.REPLICATED);
        FencedMember member = fencedMember(backup);
        TwoPhaseBackup follower =
                new TwoPhaseBackup(backup.tenure, backup.log, backup.commitPoint, backup.storage, member, backup.ports);
        member.onFence(B, view(6, B, A));
        follower.onStore(C, new ReplicaMessage.Store(0, 0, OneReplica.entry(5, 1)), 0);
        assertThat(backup.log.lastSeq()).isZero();
        assertThat(backup.takeSentTo(C)).containsExactly(new ReplicaMessage.WrongEpoch(PARTITION, 5, 6));
    }

    // ---- §4.3 Recovery

    /**
     * §4.3: a brick that comes back gets a copy of each partition, which takes no writes meanwhile. Here writes go on:
     * the copy is followed up from the log, and the learner counts once it is level.
     */
    @Test
    void aReplicaRecoversByACopyWhileWritesGoOn() {
        primary.request(primary.write(1, 1, "put k v"));
        primary.commit();
        primary.apply();
        TwoPhasePrimary replicator = openWithLearner();
        List<EpochRun> nothing = new EpochRuns(Version.NONE).toList();
        replicator.onMessage(C, new ReplicaMessage.FenceReport(PARTITION, 2, Version.NONE, nothing, true), 0);
        assertThat(replica.takeSentTo(C)).containsExactly(new ReplicaMessage.CopyOffer(PARTITION, 2));

        replicator.replicate(replica.store(2), 0);
        replica.write();
        replicator.onStored(0);
        replicator.onMessage(B, OneReplica.stored(2, 2), 0);
        assertThat(replica.commitPoint.seq()).as("without the learner").isEqualTo(2);

        replicator.onMessage(C, new ReplicaMessage.CopyAsk(PARTITION, 2, TableChunk.Cursor.START), 0);
        ReplicaMessage.CopyPart part = replica.takeSentTo(C).stream()
                .filter(ReplicaMessage.CopyPart.class::isInstance)
                .map(ReplicaMessage.CopyPart.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(CopyCodec.decode(PARTITION, part.chunk()).records())
                .containsExactly(
                        new TableChunk.Row(Bytes.utf8("k"), new TableRecord(new Version(1, 1), Bytes.utf8("v"))));
    }

    /**
     * §4.3: a structure may say no, and its caller tries again. Here of a request that was refused nothing was done and
     * nothing will be.
     */
    @Test
    void aBrickThatHasTooMuchToDoSaysNo() {
        replica.isOverlayFull = true;
        primary.request(primary.write(1, 1, "put k v"));
        assertThat(primary.takeAnswers()).containsExactly("1 OVERLOADED");
        assertThat(primary.lastSeq()).isZero();
    }

    // ---- §2 Distributed data structures

    /**
     * §2: each operation is atomic, and there are no transactions over several elements. Here there are: several
     * records of several partitions change together, by two-phase commit among their primaries.
     */
    @Test
    void severalRecordsChangeTogether() {
        primary.request(primary.prepare(1, 1, 0, "a", "b"));
        primary.request(primary.decide(2, 1, true));
        assertThat(primary.last().effects()).isEqualTo(OnePrimary.writing("a", "b"));
    }

    // ---- what the tests need

    private static CallMessage.Read get(String key) {
        Bytes body = Bytes.utf8("get " + key);
        return new CallMessage.Read(1, PARTITION, 0, ReadMode.LINEARIZABLE, Bytes.utf8(key), body);
    }

    private static Reads reads(OneReplica one) {
        LeaseEnd lease = new LeaseEnd();
        lease.set(Long.MAX_VALUE);
        return new Reads(one.tenure, one.commitPoint, one.log, one.extent, one.refusals, one.repairs, lease, one.ports);
    }

    private static TwoPhasePrimary replicator(OneReplica one, long levelSeq) {
        TwoPhasePrimary replicator = new TwoPhasePrimary(
                one.tenure, one.log, one.extent, one.commitPoint, one.storage, one.repairs, one.ports, levelSeq, true);
        replicator.begin(levelSeq);
        return replicator;
    }

    private static FencedMember fencedMember(OneReplica one) {
        ViewSteps steps = new ViewSteps() {
            @Override
            public void promise(GroupView view) {
                one.promised(view);
            }

            @Override
            public void open(long levelSeq) {
                one.tenure.open(true);
                one.commitPoint.advance(levelSeq);
            }
        };
        return new FencedMember(
                one.tenure, one.log, one.extent, one.commitPoint, one.storage, one.refusals, one.ports, steps);
    }

    /** The next view is open, with A and B as members and C as a learner. */
    private TwoPhasePrimary openWithLearner() {
        primary.decide(
                new MetadataCommand.ChangeView(PARTITION, 1, 1, A, List.of(member(A), member(B)), List.of(member(C))));
        replica.tenure.close();
        replica.opened(primary.group().newest());
        replica.sent.clear();
        return replicator(replica, 1);
    }

    /** The partition is split at "m", and the metadata log has recorded it. */
    private void split() {
        primary.decide(new MetadataCommand.SplitPartition(PARTITION, Bytes.utf8("m"), false));
        primary.decide(new MetadataCommand.FinishSplit(PARTITION, new PartitionId(1, 1), new Version(1, 1)));
    }

    private PartitionId partitionOf(String key) {
        return Objects.requireNonNull(replica.metadata.locate(PARTITION.structure(), Bytes.utf8(key)))
                .partition();
    }
}
