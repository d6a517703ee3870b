package io.brickwork.core.partition.store;

import io.brickwork.core.Durability;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.effect.Event;
import io.brickwork.core.entry.Entry;
import io.brickwork.core.group.GroupView;
import io.brickwork.core.partition.port.LogPort;
import io.brickwork.core.partition.port.Ports;
import io.brickwork.core.partition.tenure.Tenure;

/** Stores the entries of one replica as durably as its structure asks, and says how far that has come. */
public final class Storage {
    /** Hears of what is stored. */
    public interface Listener {
        /** What is stored by now may change which keys the replica has. */
        void onReshaped();

        /** Entries above {@code seq} are no more. */
        void onCut(long seq);
    }

    private final PartitionLog log;
    private final LogPort port;
    private final Extent extent;
    private final Tenure tenure;
    private final Ports ports;
    private final Listener listener;

    public Storage(PartitionLog log, LogPort port, Extent extent, Tenure tenure, Ports ports, Listener listener) {
        this.log = log;
        this.port = port;
        this.extent = extent;
        this.tenure = tenure;
        this.ports = ports;
        this.listener = listener;
    }

    /** Stores the entry that follows the last one. */
    public void store(Entry entry) {
        log.store(entry);
        if (entry.reshapes()) {
            listener.onReshaped(); // before it is acknowledged
        }
        if (mustSync() || entry.transaction() != null) {
            port.requestSync();
        }
    }

    /** Throws away what lies above {@code seq}. */
    public void cut(long seq) {
        ports.peers().outbox().note(new Event.WasCut(tenure.partition(), tenure.viewEpoch(), seq, log.last()));
        log.cut(seq);
        listener.onReshaped();
        listener.onCut(seq);
    }

    /** Up to where entries are stored as durably as the structure asks. */
    public long storedSeq() {
        return mustSync()
                ? log.syncedSeq()
                : ports.cluster().limit(Defence.SYNC_VOTES, log.durableSeq(), log.writtenSeq());
    }

    /**
     * A copy that is not synced is worth something only beside another: alone in a cluster of more, a member waits for
     * its disk whatever the structure asks.
     */
    private boolean mustSync() {
        GroupView view = tenure.view();
        boolean isLeftAlone =
                view != null && view.members().size() == 1 && ports.cluster().clusterBricks() > 1;
        return isLeftAlone || extent.durability() == Durability.SYNC;
    }
}
