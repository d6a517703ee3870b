package io.brickwork.core.wire;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.DiskId;
import io.brickwork.core.LinkId;
import io.brickwork.core.OperationId;
import io.brickwork.core.PartitionId;
import io.brickwork.core.ReadMode;
import io.brickwork.core.SessionId;
import io.brickwork.core.Version;
import io.brickwork.core.ballot.Ballot;
import io.brickwork.core.ballot.Membership;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.ballot.PaxosValue;
import io.brickwork.core.entry.Absorption;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.entry.EntryCodec;
import io.brickwork.core.entry.SessionRow;
import io.brickwork.core.entry.Split;
import io.brickwork.core.entry.TableChunk;
import io.brickwork.core.entry.TableRecord;
import io.brickwork.core.group.EpochRun;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.group.Incarnation;
import io.brickwork.core.group.Member;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.group.View;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.LinkMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.core.structure.Effect;
import io.brickwork.core.structure.KeyRange;
import io.brickwork.core.transaction.Compare;
import io.brickwork.core.transaction.Part;
import io.brickwork.core.transaction.Participant;
import io.brickwork.core.transaction.RangeDigest;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages and entries of every kind, small, under names that golden files know. {@link WireCodecTest} checks that no
 * kind of message is missing.
 */
public final class Samples {
    public static final BrickId A = new BrickId("brick-1");
    public static final BrickId B = new BrickId("brick-2");
    public static final BrickId C = new BrickId("brick-3");
    public static final PartitionId PARTITION = new PartitionId(3, 14);
    public static final SessionId SESSION = new SessionId(0x0123_4567_89ab_cdefL, 0xfedc_ba98_7654_3210L);
    public static final LinkId LINK = new LinkId(0x0123_4567_89ab_cdefL, 0xfedc_ba98_7654_3210L);
    public static final OperationId OPERATION = new OperationId(SESSION, 300);
    public static final View VIEW = new View(7, B, List.of(A, B, C));
    private static final GroupView GROUP_VIEW = new GroupView(
            7,
            B,
            List.of(
                    new Member(A, new Incarnation(new DiskId(1, -2), 3)),
                    new Member(B, new Incarnation(new DiskId(Long.MAX_VALUE, 0), 1))),
            List.of(new Member(new BrickId("learner-1"), new Incarnation(new DiskId(5, 6), Long.MAX_VALUE))),
            2);

    public static final PaxosMember MEMBER = new PaxosMember(A, new DiskId(0x0123_4567_89ab_cdefL, 1));
    public static final Ballot BALLOT = new Ballot(9, MEMBER);
    public static final Bytes KEY = Bytes.utf8("a record key");

    private static final List<Participant> PARTICIPANTS =
            List.of(new Participant(PARTITION, KEY), new Participant(new PartitionId(9, 1), Bytes.utf8("there")));

    private Samples() {}

    public static Map<String, Entry> entries() {
        Map<String, Entry> all = new LinkedHashMap<>();
        all.put("entry-put", entry(new Version(7, 1000), List.of(new Effect(KEY, Bytes.utf8("value")))));
        all.put("entry-empty-value", entry(new Version(7, 1001), List.of(new Effect(KEY, Bytes.EMPTY))));
        all.put("entry-delete", entry(new Version(7, 1002), List.of(new Effect(KEY, null))));
        all.put(
                "entry-no-effect-rejected",
                EntryCodec.encode(
                        Entry.Kind.WRITE,
                        PARTITION,
                        new Version(7, 1003),
                        completion(new Version(7, 1003), Completion.Status.REJECTED, "no such operation"),
                        290,
                        List.of()));
        all.put(
                "entry-two-effects-no-completion",
                EntryCodec.encode(
                        Entry.Kind.WRITE,
                        new PartitionId(0, 0),
                        new Version(1, 1),
                        null,
                        0,
                        List.of(new Effect(Bytes.utf8("c"), Bytes.utf8("1")), new Effect(Bytes.utf8("n"), null))));
        TransactionRecord vote = TransactionRecord.prepared(OPERATION, PARTITION, 3, PARTICIPANTS, part());
        all.put("entry-vote", transaction(vote, List.of()));
        all.put("entry-refuse", transaction(TransactionRecord.refused(OPERATION, PARTITION, "why"), List.of()));
        all.put(
                "entry-commit",
                transaction(
                        vote.become(TransactionRecord.State.COMMITTED), List.of(new Effect(KEY, Bytes.utf8("value")))));
        all.put("entry-abort", transaction(vote.become(TransactionRecord.State.ABORTED), List.of()));
        all.put("entry-forget", transaction(vote.become(TransactionRecord.State.FORGOTTEN), List.of()));
        all.put("entry-expiry", EntryCodec.encodeExpiry(PARTITION, new Version(7, 1004), SESSION));
        all.put(
                "entry-split",
                EntryCodec.encodeSplit(
                        PARTITION,
                        new Version(7, 1005),
                        Split.of(
                                new KeyRange(Bytes.utf8("a"), Bytes.utf8("z")),
                                KEY,
                                true,
                                new PartitionId(PARTITION.structure(), 77))));
        all.put("entry-close", EntryCodec.encodeClose(PARTITION, new Version(7, 1006)));
        all.put("entry-absorb", EntryCodec.encodeAbsorption(PARTITION, new Version(7, 1007), absorption()));
        return Collections.unmodifiableMap(all);
    }

    private static Entry transaction(TransactionRecord record, List<Effect> effects) {
        return EntryCodec.encodeTransaction(PARTITION, new Version(7, 1008), record, 250, effects);
    }

    private static Part part() {
        return new Part(
                List.of(
                        new Compare.Absent(Bytes.utf8("absent")),
                        new Compare.Unchanged(KEY, new Version(6, 39)),
                        new Compare.HasValue(Bytes.utf8("other"), Bytes.utf8("its value")),
                        new Compare.SameRange(new KeyRange(Bytes.utf8("a"), Bytes.utf8("b")), new RangeDigest().end())),
                List.of(new Effect(KEY, Bytes.utf8("value")), new Effect(Bytes.utf8("gone"), null)));
    }

    private static Absorption absorption() {
        SessionRow row = new SessionRow(
                SESSION,
                12,
                List.of(completion(new Version(6, 30), Completion.Status.DONE, "before")),
                List.of(
                        new SessionRow.Stand(
                                TransactionRecord.prepared(
                                        new OperationId(SESSION, 13), PARTITION, 0, PARTICIPANTS, part()),
                                new Version(6, 31),
                                null),
                        new SessionRow.Stand(
                                TransactionRecord.refused(new OperationId(SESSION, 14), PARTITION, ""),
                                new Version(5, 9),
                                new PartitionId(PARTITION.structure(), 79))));
        return new Absorption(
                new PartitionId(PARTITION.structure(), 78),
                new KeyRange(Bytes.utf8("a"), null),
                new TableChunk(
                        new Version(6, 40),
                        List.of(new TableChunk.Row(KEY, new TableRecord(new Version(6, 39), Bytes.utf8("value")))),
                        List.of(row),
                        null));
    }

    /** An entry of {@link #PARTITION} that answers {@link #OPERATION}. */
    public static Entry entry(Version version, List<Effect> effects) {
        return EntryCodec.encode(
                Entry.Kind.WRITE,
                PARTITION,
                version,
                completion(version, Completion.Status.DONE, "old value"),
                250,
                effects);
    }

    private static Completion completion(Version version, Completion.Status status, String result) {
        return new Completion(OPERATION, version, status, Bytes.utf8(result));
    }

    public static Map<String, Message> messages() {
        Map<String, Message> all = new LinkedHashMap<>();
        link(all);
        call(all);
        replica(all);
        paxos(all);
        lease(all);
        return Collections.unmodifiableMap(all);
    }

    private static void link(Map<String, Message> all) {
        all.put("hello-client", hello(LinkMessage.Role.CLIENT, LinkMessage.Channel.URGENT, Bytes.EMPTY));
        all.put("hello-brick", hello(LinkMessage.Role.BRICK, LinkMessage.Channel.BULK, Bytes.utf8("a token")));
        all.put(
                "hello-joining",
                new LinkMessage.Hello(
                        2,
                        LinkMessage.Role.JOINING,
                        LinkMessage.Channel.URGENT,
                        "brickwork",
                        "who",
                        LINK,
                        Bytes.EMPTY,
                        Bytes.utf8("a nonce")));
        all.put("challenge", new LinkMessage.Challenge(A, Bytes.utf8("another nonce"), Bytes.utf8("a proof")));
        all.put("proof", new LinkMessage.Proof(Bytes.utf8("another proof")));
        all.put(
                "welcome",
                new LinkMessage.Welcome(
                        1,
                        A,
                        List.of(
                                new LinkMessage.Member(A, "127.0.0.1", 7400, 7500),
                                new LinkMessage.Member(B, "höst.example", 65_535)),
                        1024));
        all.put("welcome-alone", new LinkMessage.Welcome(2, A, List.of(), 1));
        all.put("goodbye", new LinkMessage.Goodbye("the token is wrong"));
        all.put("goodbye-token", new LinkMessage.Goodbye("token 'x' is revoked", LinkMessage.Cause.TOKEN));
        all.put("members", new LinkMessage.Members(List.of(new LinkMessage.Member(A, "127.0.0.1", 7400, 7500))));
        all.put("ping", new LinkMessage.Ping(0));
        all.put("pong", new LinkMessage.Pong(-1));
    }

    private static LinkMessage.Hello hello(LinkMessage.Role role, LinkMessage.Channel channel, Bytes token) {
        return new LinkMessage.Hello(1, role, channel, "brickwork", "who", LINK, token);
    }

    private static void call(Map<String, Message> all) {
        all.put(
                "write",
                new CallMessage.Write(
                        1, PARTITION, 7, OPERATION, 1, 250, KEY, Bytes.utf8("the body of the operation")));
        all.put(
                "write-first",
                new CallMessage.Write(
                        -1, new PartitionId(0, 0), 0, new OperationId(SESSION, 1), 3, 0, Bytes.EMPTY, Bytes.EMPTY));
        all.put(
                "read",
                new CallMessage.Read(2, PARTITION, 7, ReadMode.LINEARIZABLE, KEY, Bytes.utf8("the body of the read")));
        all.put("read-stale", new CallMessage.Read(3, PARTITION, 0, ReadMode.STALE, KEY, Bytes.EMPTY));
        all.put("inquire", new CallMessage.Inquire(4, PARTITION, 7, OPERATION, KEY));
        all.put(
                "prepare-transaction",
                new CallMessage.Prepare(4, PARTITION, 7, OPERATION, 3, 250, PARTICIPANTS, KEY, part()));
        all.put(
                "prepare-slow-transaction",
                new CallMessage.Prepare(4, PARTITION, 7, OPERATION, 3, 250, PARTICIPANTS, KEY, part(), 960_000_000));
        all.put("decide-commit", new CallMessage.Decide(4, PARTITION, 7, OPERATION, new PartitionId(3, 1), true, KEY));
        all.put("decide-abort", new CallMessage.Decide(4, PARTITION, 7, OPERATION, PARTITION, false, KEY));
        all.put("resolve", new CallMessage.Resolve(4, PARTITION, 7, OPERATION, PARTITION, KEY));
        all.put("answer-done", answer(Completion.Status.DONE, "the result"));
        all.put("answer-rejected", answer(Completion.Status.REJECTED, "the reason"));
        all.put(
                "answer-of-nothing-written",
                new CallMessage.Answer(7, PARTITION, Completion.Status.DONE, Version.NONE, Bytes.EMPTY));
        for (CallMessage.Reason reason : CallMessage.Reason.values()) {
            boolean withView = reason == CallMessage.Reason.NOT_PRIMARY || reason == CallMessage.Reason.WRONG_EPOCH;
            all.put(
                    "refusal-"
                            + reason.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                    refusal(reason, withView ? VIEW : null));
        }
        all.put("ask-status", new CallMessage.AskStatus(9));
        all.put(
                "status",
                new CallMessage.Status(
                        9,
                        420,
                        true,
                        false,
                        List.of(
                                new CallMessage.ReplicaStatus(PARTITION, VIEW, true, 1003, 1002, 900, -1),
                                new CallMessage.ReplicaStatus(
                                        new PartitionId(0, 0), new View(0, A, List.of(A)), false, 0, 0, 0, 4096))));
        all.put("ask-metadata", new CallMessage.AskMetadata(11));
        all.put("metadata", new CallMessage.Metadata(11, A, List.of(A, B, C), Bytes.utf8("a snapshot")));
        all.put("metadata-unknown", new CallMessage.Metadata(11, null, List.of(), Bytes.EMPTY));
        all.put("instruct", new CallMessage.Instruct(12, new MetadataCommand.SetLeaving(B, true)));
        all.put("instructed", new CallMessage.Instructed(12, ""));
        all.put("instructed-refused", new CallMessage.Instructed(12, "there is no brick b"));
        all.put("open-session", new CallMessage.OpenSession(13, -1));
        all.put("keep-session", new CallMessage.KeepSession(14, SESSION));
        all.put("close-session", new CallMessage.CloseSession(15, SESSION));
        all.put("session-state", new CallMessage.SessionState(13, SESSION, 60_000_000_000L, ""));
        all.put("session-state-none", new CallMessage.SessionState(14, null, 1, "the session has expired"));
        all.put("status-empty", new CallMessage.Status(10, 0, false, true, List.of()));
    }

    private static CallMessage.Answer answer(Completion.Status status, String result) {
        return new CallMessage.Answer(5, PARTITION, status, new Version(7, 1000), Bytes.utf8(result));
    }

    private static CallMessage.Refusal refusal(CallMessage.Reason reason, @Nullable View view) {
        return new CallMessage.Refusal(8, PARTITION, reason, "what happened", view);
    }

    private static void replica(Map<String, Message> all) {
        List<Entry> two = List.of(
                entry(new Version(6, 998), List.of(new Effect(KEY, Bytes.utf8("older")))),
                entry(new Version(7, 999), List.of(new Effect(KEY, null))));
        all.put("fence", new ReplicaMessage.Fence(PARTITION, GROUP_VIEW));
        all.put(
                "fence-report",
                new ReplicaMessage.FenceReport(
                        PARTITION, 7, new Version(6, 999), List.of(new EpochRun(5, 700), new EpochRun(6, 999)), false));
        all.put("fence-report-of-nothing", new ReplicaMessage.FenceReport(PARTITION, 7, Version.NONE, List.of(), true));
        all.put("fetch", new ReplicaMessage.Fetch(PARTITION, 7, 998, 1003));
        all.put("fetched", new ReplicaMessage.Fetched(PARTITION, 7, two));
        all.put("fetched-nothing", new ReplicaMessage.Fetched(PARTITION, 7, List.of()));
        all.put("level", new ReplicaMessage.Level(PARTITION, 7, 997, true, 1003, two));
        all.put("level-to-what-is-there", new ReplicaMessage.Level(PARTITION, 7, 1003, false, 1003, List.of()));
        all.put("levelled", new ReplicaMessage.Levelled(PARTITION, 7, 1003));
        all.put("open", new ReplicaMessage.Open(PARTITION, 7, 1003));
        all.put("store", new ReplicaMessage.Store(999, 700, entries().get("entry-put")));
        all.put("stored", new ReplicaMessage.Stored(PARTITION, 7, 1000, 990, 980, 421));
        all.put("commit", new ReplicaMessage.Commit(PARTITION, 7, 1000, 990));
        all.put("passed", new ReplicaMessage.Passed(PARTITION, 7, 1000, 995, 990, 421));
        all.put("wrong-epoch", new ReplicaMessage.WrongEpoch(PARTITION, 6, 7));
        all.put("ask-committed", new ReplicaMessage.AskCommitted(PARTITION, 7, 77));
        all.put("committed", new ReplicaMessage.Committed(PARTITION, 7, 77, Long.MAX_VALUE));
        all.put("repair-ask", new ReplicaMessage.RepairAsk(PARTITION, 7, KEY, 900));
        all.put(
                "repair-part",
                new ReplicaMessage.RepairPart(
                        PARTITION, 7, KEY, new TableRecord(new Version(6, 800), Bytes.utf8("a value"))));
        all.put("repair-part-absent", new ReplicaMessage.RepairPart(PARTITION, 7, KEY, null));
        all.put(
                "compare",
                new ReplicaMessage.Compare(
                        PARTITION,
                        7,
                        new KeyRange(KEY, KEY.concat(Bytes.utf8("z"))),
                        new Version(7, 1000),
                        Bytes.wrap(new byte[32])));
        all.put(
                "compare-to-the-end",
                new ReplicaMessage.Compare(PARTITION, 7, KeyRange.ALL, new Version(7, 1000), Bytes.wrap(new byte[32])));
        all.put("merge-ask", new ReplicaMessage.MergeAsk(PARTITION, 7, new PartitionId(PARTITION.structure(), 78)));
        all.put("merge-part", new ReplicaMessage.MergePart(PARTITION, 7, absorption()));
        all.put(
                "ask-stand",
                new ReplicaMessage.AskStand(PARTITION, 7, OPERATION, new PartitionId(3, 1), new PartitionId(9, 1)));
        all.put(
                "tell-stand",
                new ReplicaMessage.TellStand(PARTITION, 7, OPERATION, PARTITION, TransactionRecord.State.COMMITTED));
        all.put("tell-stand-never", new ReplicaMessage.TellStand(PARTITION, 7, OPERATION, PARTITION, null));
        all.put("copy-offer", new ReplicaMessage.CopyOffer(PARTITION, 7));
        all.put("copy-ask", new ReplicaMessage.CopyAsk(PARTITION, 7, TableChunk.Cursor.START));
        all.put("copy-ask-on", new ReplicaMessage.CopyAsk(PARTITION, 7, new TableChunk.Cursor.Records(KEY)));
        all.put(
                "copy-part",
                new ReplicaMessage.CopyPart(
                        PARTITION, 7, new TableChunk.Cursor.Sessions(null), Bytes.utf8("a chunk with its checksum")));
    }

    private static void paxos(Map<String, Message> all) {
        Membership members = new Membership(List.of(MEMBER, new PaxosMember(B, new DiskId(-1, 2))));
        List<PaxosValue> values = List.of(
                new PaxosValue.Commands(List.of(Bytes.utf8("one"), Bytes.EMPTY)),
                new PaxosValue.NoOp(),
                new PaxosValue.ChangeMembers(members));
        all.put("pre-vote", new PaxosMessage.PreVote(BALLOT, 0));
        all.put("pre-voted", new PaxosMessage.PreVoted(BALLOT, true, 41));
        all.put("prepare", new PaxosMessage.Prepare(BALLOT, 41));
        all.put(
                "promise",
                new PaxosMessage.Promise(
                        BALLOT,
                        1_500_000_000,
                        List.of(
                                new PaxosMessage.Vote(42, BALLOT, values.get(0)),
                                new PaxosMessage.Vote(44, BALLOT, values.get(2)))));
        all.put("promise-of-nothing-accepted", new PaxosMessage.Promise(BALLOT, 0, List.of()));
        all.put("accept", new PaxosMessage.Accept(BALLOT, 41, 42, values));
        all.put("accepted", new PaxosMessage.Accepted(BALLOT, 42, 44));
        all.put("heartbeat", new PaxosMessage.Heartbeat(BALLOT, 300, 44));
        all.put("heartbeat-answer", new PaxosMessage.HeartbeatAnswer(BALLOT, 300));
        all.put("refused", new PaxosMessage.Refused(BALLOT, 44));
        all.put("ask-for-everything", new PaxosMessage.Ask(0, -1, 0));
        all.put("ask-for-the-rest-of-a-snapshot", new PaxosMessage.Ask(1, 40, 65_536));
        all.put("learn", new PaxosMessage.Learn(BALLOT, 60, 42, values));
        all.put("learn-nothing-new", new PaxosMessage.Learn(Ballot.NONE, 44, 45, List.of()));
        all.put(
                "learn-snapshot",
                new PaxosMessage.LearnSnapshot(BALLOT, 40, members, 65_536, 70_000, Bytes.utf8("a part")));
        all.put("propose", new PaxosMessage.Propose(1L << 61, Bytes.utf8("a command")));
        all.put("proposed", new PaxosMessage.Proposed(1L << 61, 45, Bytes.utf8("its answer")));
        all.put("found-ask", new PaxosMessage.FoundAsk(List.of(A, B, C), MEMBER.disk()));
        all.put("found-answer", new PaxosMessage.FoundAnswer(MEMBER.disk(), new DiskId(-1, 2), true));
    }

    private static void lease(Map<String, Message> all) {
        all.put("renew", new LeaseMessage.Renew(12, MEMBER.disk(), 3, false));
        all.put("renew-departing", new LeaseMessage.Renew(13, MEMBER.disk(), 3, true));
        all.put("keep", new LeaseMessage.Keep(SESSION));
        all.put("grant", new LeaseMessage.Grant(12, 1_900_000_000, 44));
    }
}
