package io.brickwork.core.group;

import io.brickwork.core.BrickId;
import java.util.Collection;
import java.util.List;

/**
 * The quorums of the ways of replication that commit an entry when every member has stored it. So each member has all
 * that is committed: any one of them tells what that is, and any one answers reads.
 */
interface WriteAllRules extends GroupRules {
    @Override
    default boolean isWriteQuorum(GroupView view, Collection<BrickId> stored) {
        return view.members().stream().allMatch(member -> stored.contains(member.brick()));
    }

    @Override
    default boolean isReadQuorum(GroupView view, Collection<BrickId> heard) {
        return view.members().stream().anyMatch(member -> heard.contains(member.brick()));
    }

    /** Two of three, else one: the others can be done without as long as two copies stay. */
    @Override
    default int minInSync(int members) {
        return members >= 3 ? 2 : 1;
    }

    @Override
    default List<BrickId> readers(View view) {
        return view.members();
    }
}
