package io.brickwork.sim.services;

import io.brickwork.btree.DdsTree;
import io.brickwork.client.Dds;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue of jobs in the order of their numbers. With a bug: a worker removes the job that it has looked at, and does
 * not ask whether it was the one who removed it.
 */
final class JobQueue {
    private final DdsTree<Integer, String> jobs;

    JobQueue(Dds dds) {
        jobs = dds.tree("jobs", Integer.class, String.class);
    }

    void submit(int number, String job) {
        jobs.put(number, job);
    }

    /** The first job, which is the caller's from here on; null if there is none. */
    @Nullable
    String take() {
        Map.Entry<Integer, String> first = jobs.firstEntry();
        if (first == null) {
            return null;
        }
        jobs.remove(first.getKey());
        return first.getValue();
    }
}
