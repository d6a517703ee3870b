package io.brickwork.core.brick;

import io.brickwork.core.log.Log;
import io.brickwork.core.log.LogRecord;
import io.brickwork.core.partition.machine.PartitionMachine;
import java.util.ArrayDeque;

/** Whose records were appended where, so that each partition hears when its own are written and synced. */
final class LogProgress {
    private record Appended(PartitionMachine machine, long position, long seq) {}

    private final Log log;
    private final ArrayDeque<Appended> unwritten = new ArrayDeque<>();
    private final ArrayDeque<Appended> unsynced = new ArrayDeque<>();

    LogProgress(Log log) {
        this.log = log;
    }

    /** The log has been replayed. */
    void begin() {
        unwritten.clear();
        unsynced.clear();
    }

    long append(PartitionMachine machine, LogRecord record, long seq) {
        long position = log.append(record);
        unwritten.addLast(new Appended(machine, position, seq));
        return position;
    }

    void written(long position, Touched touched) {
        while (!unwritten.isEmpty() && unwritten.getFirst().position < position) {
            Appended appended = unwritten.removeFirst();
            appended.machine.onWritten(appended.position, appended.seq);
            touched.add(appended.machine);
            unsynced.addLast(appended);
        }
    }

    void synced(long position, Touched touched, long nowNanos) {
        written(position, touched); // what is synced is written
        while (!unsynced.isEmpty() && unsynced.getFirst().position < position) {
            Appended appended = unsynced.removeFirst();
            appended.machine.onSynced(appended.position, appended.seq, nowNanos);
            touched.add(appended.machine);
        }
    }
}
