package io.brickwork.core.brick;

import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.Limits;
import io.brickwork.core.ballot.PaxosMember;
import io.brickwork.core.ballot.PaxosRecord;
import io.brickwork.core.ballot.Replicated;
import io.brickwork.core.bytes.MalformedException;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Event;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.group.MetadataAnswer;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.metadata.MetadataCodec;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.paxos.PaxosConfig;
import io.brickwork.core.paxos.PaxosEffect;
import io.brickwork.core.paxos.PaxosInput;
import io.brickwork.core.paxos.PaxosNode;
import java.util.ArrayDeque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This brick's part in the metadata log, kept in the brick's own log: carries out what the {@link PaxosNode} wants
 * done, and brings proposals and their answers together.
 */
final class MetadataLog implements Consumer<PaxosEffect> {
    /** Proposals under way at a time; below what the node takes. */
    private static final int MAX_PROPOSALS = 2048;

    /** What the brick does when this node's place in the cluster changes. */
    interface Listener {
        /**
         * This node leads from here on.
         *
         * @param quietNanos since when no leader before it can have given leases
         */
        void onElected(long quietNanos);

        void onDeposed();
    }

    private record Token(long token, long position) {}

    private final PaxosNode node;
    private final MetadataState state;
    private final Log log;
    private final Outbox outbox;
    private final Listener listener;
    private final ArrayDeque<Token> tokens = new ArrayDeque<>();
    private final TreeMap<Long, Consumer<@Nullable MetadataAnswer>> proposals = new TreeMap<>();
    private long lastTicket;
    /** Where the last record of the last renewal stands; -1 without one. */
    private long renewedPosition = -1;

    MetadataLog(
            PaxosConfig config,
            PaxosMember self,
            RandomGenerator luck,
            MetadataState state,
            Replicated.Gate gate,
            Log log,
            Outbox outbox,
            Listener listener) {
        this.state = state;
        this.log = log;
        this.outbox = outbox;
        this.listener = listener;
        node = new PaxosNode(config, self, luck, state, gate, this);
    }

    void replay(List<PaxosRecord> records, long nowNanos) {
        records.forEach(node::replay);
        node.begin(nowNanos);
    }

    void onMessage(BrickId from, PaxosMessage message, long nowNanos) {
        node.step(new PaxosInput.Received(from, message), nowNanos);
    }

    void onSynced(long position, long nowNanos) {
        long last = -1;
        while (!tokens.isEmpty() && tokens.getFirst().position < position) {
            last = tokens.removeFirst().token;
        }
        if (last >= 0) {
            node.step(new PaxosInput.Persisted(last), nowNanos);
        }
    }

    void onTick(long nowNanos) {
        node.step(new PaxosInput.Tick(), nowNanos);
    }

    /**
     * Puts a command into the log, whoever leads.
     *
     * @param answered told the answer; null if nobody answered for long, and the command may yet be carried out. A
     *     command that is too large is answered at once, and nothing of it is kept
     * @return false if too many are under way, and nothing was done
     */
    boolean propose(MetadataCommand command, Consumer<@Nullable MetadataAnswer> answered, long nowNanos) {
        if (proposals.size() >= MAX_PROPOSALS) {
            return false;
        }
        Bytes encoded = MetadataCodec.encode(command);
        if (encoded.length() > Limits.COMMAND_BYTES) {
            answered.accept(new MetadataAnswer.Refused("a %s takes %d bytes; the limit is %d"
                    .formatted(command.getClass().getSimpleName(), encoded.length(), Limits.COMMAND_BYTES)));
            return true;
        }
        proposals.put(++lastTicket, answered);
        node.step(new PaxosInput.Propose(lastTicket, encoded), nowNanos);
        return true;
    }

    /**
     * Everything that must be kept is written anew; returns where the last of it stands: once that is synced, nothing
     * before is needed.
     */
    long renew(long nowNanos) {
        renewedPosition = -1;
        node.step(new PaxosInput.Renew(), nowNanos);
        return renewedPosition;
    }

    PaxosNode node() {
        return node;
    }

    MetadataState state() {
        return state;
    }

    @Override
    public void accept(PaxosEffect effect) {
        switch (effect) {
            case PaxosEffect.Send send -> outbox.send(new Endpoint.Peer(send.to()), send.message());
            case PaxosEffect.Persist persist -> {
                tokens.addLast(new Token(persist.token(), append(persist.records())));
                log.requestSync();
            }
            case PaxosEffect.Append append -> append(append.records());
            case PaxosEffect.Renewal renewal -> {
                renewedPosition = append(renewal.records());
                log.requestSync();
            }
            case PaxosEffect.Answered answered -> proposal(answered.ticket()).accept(decoded(answered.answer()));
            case PaxosEffect.Unanswered unanswered ->
                proposal(unanswered.ticket()).accept(null);
            case PaxosEffect.Disbelieved said ->
                outbox.note(new Event.MessageRefused(new Endpoint.Peer(said.from()), said.reason()));
            case PaxosEffect.Mended mended -> outbox.note(new Event.MetadataMended(mended.what()));
            case PaxosEffect.Advanced advanced -> {} // the state tells its slot
            case PaxosEffect.Elected elected -> {
                outbox.note(new Event.Leads(elected.ballot()));
                listener.onElected(elected.quietNanos());
            }
            case PaxosEffect.Deposed deposed -> {
                outbox.note(new Event.LeadsNoMore(deposed.ballot(), deposed.reason()));
                listener.onDeposed();
            }
            case PaxosEffect.MembersChanged changed ->
                outbox.note(new Event.VotersChanged(changed.slot(), changed.members()));
        }
    }

    /** What cannot be read is no answer: what was proposed may stand in the log. */
    private static @Nullable MetadataAnswer decoded(Bytes answer) {
        try {
            return MetadataCodec.decodeAnswer(answer);
        } catch (MalformedException | IllegalArgumentException unreadable) {
            return null;
        }
    }

    private Consumer<@Nullable MetadataAnswer> proposal(long ticket) {
        return Check.present(proposals.remove(ticket), "proposal %d was answered before", ticket);
    }

    /** Returns where the last of them stands; the end of what was appended before if there are none. */
    private long append(List<PaxosRecord> records) {
        long last = Math.max(0, log.writtenPosition() - 1);
        for (PaxosRecord record : records) {
            last = log.append(new LogRecord.Paxos(record));
        }
        return last;
    }
}
