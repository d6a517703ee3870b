package io.brickwork.core.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The open calls, in the order of their submission, and when something is due for one of them. */
final class CallTable {
    private final LinkedHashMap<Long, Call> calls = new LinkedHashMap<>();
    /** What the last {@link #due} has found; kept to spare an allocation. */
    private final List<Call> due = new ArrayList<>();
    /** Nothing is due before this moment; something may be at it. */
    private long nothingDueBeforeNanos = Call.NEVER;

    void add(Call call) {
        calls.put(call.id, call);
        noteDue(call);
    }

    void remove(Call call) {
        calls.remove(call.id);
    }

    boolean contains(long id) {
        return calls.containsKey(id);
    }

    @Nullable
    Call get(long id) {
        return calls.get(id);
    }

    int size() {
        return calls.size();
    }

    /** The calls that are open at this moment. */
    List<Call> snapshot() {
        return List.copyOf(calls.values());
    }

    /** Takes in a moment at which the call wants something done. */
    void noteDue(Call call) {
        nothingDueBeforeNanos = Math.min(nothingDueBeforeNanos, call.dueNanos());
    }

    /** Whether something may be due; cheap. */
    boolean mayBeDue(long nowNanos) {
        return nowNanos >= nothingDueBeforeNanos;
    }

    /** The calls for which something is due; good until the next question. */
    List<Call> due(long nowNanos) {
        due.clear();
        for (Call call : calls.values()) {
            if (call.dueNanos() <= nowNanos) {
                due.add(call);
            }
        }
        return due;
    }

    /** All that was due is done: looks anew at when something is. */
    void findNextDue() {
        due.clear();
        nothingDueBeforeNanos = Call.NEVER;
        for (Call call : calls.values()) {
            noteDue(call);
        }
    }
}
