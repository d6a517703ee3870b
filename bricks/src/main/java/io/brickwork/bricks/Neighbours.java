package io.brickwork.bricks;

import io.brickwork.client.link.Dialler;
import io.brickwork.core.BrickId;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.message.LinkMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The other bricks, as far as this one has heard of them: from its settings, from the seeds that it joined by, from the
 * metadata log. Sees to it that there is a link to each.
 *
 * <p>Of two bricks that know each other the one with the smaller name dials. One that joins dials everybody, since
 * nobody knows it yet; it stops dialling a smaller name when that dials it.
 *
 * <p>On the lane's loop only.
 */
final class Neighbours {
    /** Dials one brick until it is closed. */
    @FunctionalInterface
    interface Dialling {
        Dialler dial(LinkMessage.Member member, LinkMessage.Role role);
    }

    private final LinkMessage.Member self;
    /** What the settings say goes before what is heard: there may be a proxy between. */
    private final TreeMap<BrickId, LinkMessage.Member> told = new TreeMap<>();

    private final TreeMap<BrickId, LinkMessage.Member> heard = new TreeMap<>();
    private final TreeMap<BrickId, Dialler> diallers = new TreeMap<>();
    /** Where each dialler dials. */
    private final TreeMap<BrickId, LinkMessage.Member> dialled = new TreeMap<>();
    /** Smaller names that have dialled this brick. */
    private final TreeSet<BrickId> dialledBy = new TreeSet<>();

    private boolean isKnownToAll;
    private @Nullable Dialling dialling;

    /**
     * @param others bricks that the settings name
     * @param isJoining whether the others do not know this brick before it is registered
     */
    Neighbours(LinkMessage.Member self, List<LinkMessage.Member> others, boolean isJoining) {
        this.self = self;
        isKnownToAll = !isJoining;
        for (LinkMessage.Member other : others) {
            if (!other.brick().equals(self.brick())) {
                told.put(other.brick(), other);
            }
        }
    }

    /** From here on links are dialled. */
    void begin(Dialling how) {
        dialling = how;
        dial();
    }

    void end() {
        dialling = null;
        diallers.values().forEach(Dialler::close);
        diallers.clear();
        dialled.clear();
    }

    /** The seeds have named these. */
    void onSeeds(List<LinkMessage.Member> members) {
        for (LinkMessage.Member member : members) {
            if (!member.brick().equals(self.brick())) {
                heard.put(member.brick(), member);
            }
        }
        dial();
    }

    /** The metadata log has these bricks, and no others. Returns whether that is news. */
    boolean onBricks(List<BrickInfo> bricks) {
        TreeMap<BrickId, LinkMessage.Member> before = new TreeMap<>(heard);
        boolean isListed = bricks.stream()
                .anyMatch(brick -> brick.brick().equals(self.brick())
                        && brick.host().equals(self.host())
                        && brick.port() == self.port());
        if (isListed) {
            heard.clear(); // before that the seeds may know more than this brick has learned
        }
        for (BrickInfo brick : bricks) {
            if (!brick.brick().equals(self.brick()) && brick.port() > 0) {
                LinkMessage.Member known = before.get(brick.brick());
                int controlPort = known == null ? 0 : known.controlPort();
                heard.put(
                        brick.brick(), new LinkMessage.Member(brick.brick(), brick.host(), brick.port(), controlPort));
            }
        }
        isKnownToAll |= isListed;
        dial();
        return !heard.equals(before);
    }

    /** The brick has been dialled by the peer. */
    void onDialledBy(BrickId peer) {
        if (peer.compareTo(self.brick()) < 0) {
            dialledBy.add(peer);
            close(peer);
        }
    }

    boolean isKnown(BrickId peer) {
        return told.containsKey(peer) || heard.containsKey(peer);
    }

    /** All other bricks. */
    List<BrickId> known() {
        return all().stream().map(LinkMessage.Member::brick).toList();
    }

    /** All bricks, this one among them. */
    List<LinkMessage.Member> members() {
        List<LinkMessage.Member> members = new ArrayList<>(all());
        members.add(self);
        members.sort((one, other) -> one.brick().compareTo(other.brick()));
        return members;
    }

    private List<LinkMessage.Member> all() {
        TreeMap<BrickId, LinkMessage.Member> all = new TreeMap<>(heard);
        all.putAll(told);
        return List.copyOf(all.values());
    }

    private void dial() {
        Dialling how = dialling;
        if (how == null) {
            return;
        }
        List<LinkMessage.Member> all = all();
        for (BrickId gone : List.copyOf(diallers.keySet())) {
            if (all.stream().noneMatch(member -> member.equals(dialled.get(gone)))) {
                close(gone);
            }
        }
        for (LinkMessage.Member member : all) {
            BrickId peer = member.brick();
            boolean isMine = self.brick().compareTo(peer) < 0;
            if (!diallers.containsKey(peer) && (isMine || (!isKnownToAll && !dialledBy.contains(peer)))) {
                diallers.put(peer, how.dial(member, isKnownToAll ? LinkMessage.Role.BRICK : LinkMessage.Role.JOINING));
                dialled.put(peer, member);
            }
        }
    }

    private void close(BrickId peer) {
        Dialler dialler = diallers.remove(peer);
        dialled.remove(peer);
        if (dialler != null) {
            dialler.close();
        }
    }
}
