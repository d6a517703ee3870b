package io.brickwork.core.partition.execute;

import io.brickwork.core.Bytes;
import io.brickwork.core.Check;
import io.brickwork.core.PartitionId;
import io.brickwork.core.Version;
import io.brickwork.core.effect.Endpoint;
import io.brickwork.core.effect.Outbox;
import io.brickwork.core.entry.Completion;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.transaction.TransactionRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Who waits for which entry to be committed. They keep waiting across view changes, as long as their entry stays. */
public final class Waiters {
    private record Attempt(Endpoint from, long ticket) {}

    private static final class Waiting {
        private final Entry entry;
        private final Attempt first;
        /** Further attempts of the same operation. */
        private List<Attempt> more = List.of();

        Waiting(Entry entry, Attempt first) {
            this.entry = entry;
            this.first = first;
        }
    }

    /** Ascending by the entries' numbers. */
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    /** The attempt that made the entry. Entries come in order. */
    public void add(Entry entry, Endpoint from, long ticket) {
        Check.invariant(
                waiting.isEmpty() || waiting.getLast().entry.seq() < entry.seq(),
                "waiters out of order at %s",
                entry.version());
        waiting.addLast(new Waiting(entry, new Attempt(from, ticket)));
    }

    /** Another attempt of an operation whose entry is not committed yet. */
    public void join(Entry entry, Endpoint from, long ticket) {
        Attempt attempt = new Attempt(from, ticket);
        for (Waiting candidate : waiting) {
            if (candidate.entry.seq() == entry.seq()) {
                if (candidate.more.isEmpty()) {
                    candidate.more = new ArrayList<>(2);
                }
                candidate.more.add(attempt);
                return;
            }
        }
        // Nobody waits: the entry was made in an earlier life. It is kept in order among the others.
        List<Waiting> later = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.getLast().entry.seq() > entry.seq()) {
            later.add(waiting.removeLast());
        }
        waiting.addLast(new Waiting(entry, attempt));
        later.reversed().forEach(waiting::addLast);
    }

    public void answerUpTo(long seq, Outbox outbox) {
        while (!waiting.isEmpty() && waiting.getFirst().entry.seq() <= seq) {
            Waiting answered = waiting.removeFirst();
            answer(answered.entry, answered.first, outbox);
            for (Attempt attempt : answered.more) {
                answer(answered.entry, attempt, outbox);
            }
        }
    }

    /** Entries above {@code seq} are no more; whoever waits for one will ask again. */
    public void drop(long seq) {
        while (!waiting.isEmpty() && waiting.getLast().entry.seq() > seq) {
            waiting.removeLast();
        }
    }

    private static void answer(Entry entry, Attempt attempt, Outbox outbox) {
        TransactionRecord transaction = entry.transaction();
        if (transaction != null) {
            outbox.send(attempt.from, answerOf(attempt.ticket, entry.partition(), entry.version(), transaction));
            return;
        }
        Completion completion = Check.present(entry.completion(), "no completion in %s", entry.version());
        outbox.send(
                attempt.from,
                new CallMessage.Answer(
                        attempt.ticket, entry.partition(), completion.status(), entry.version(), completion.result()));
    }

    /**
     * What a client is told of where a partition stands in a transaction: the state's number, and for a no its reason.
     */
    public static CallMessage.Answer answerOf(
            long ticket, PartitionId partition, Version version, TransactionRecord record) {
        return new CallMessage.Answer(
                ticket,
                partition,
                record.state() == TransactionRecord.State.REFUSED ? Completion.Status.REJECTED : Completion.Status.DONE,
                version,
                record.state() == TransactionRecord.State.REFUSED
                        ? Bytes.utf8(record.reason())
                        : Bytes.wrap(new byte[] {(byte) record.state().code()}));
    }
}
