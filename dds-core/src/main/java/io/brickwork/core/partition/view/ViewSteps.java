package io.brickwork.core.partition.view;

import io.brickwork.core.group.GroupView;

/** What a replica does when its view changes. */
public interface ViewSteps {
    /** Closes what is open, and forces the promise to refuse lower epochs. */
    void promise(GroupView view);

    /** The view is open here, with everything up to {@code levelSeq} committed. */
    void open(long levelSeq);
}
