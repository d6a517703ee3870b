package io.brickwork.core.client;

import io.brickwork.core.BrickId;
import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import io.brickwork.core.group.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The attempts under way, and the links and credits that they are made with.
 *
 * <p>Decides where an attempt goes and when it may be sent; not whether there should be one, nor what its answer means.
 * An answer satisfies the attempt whose ticket it carries, from the brick that was asked, and no other (T12).
 */
final class Attempts {
    /** What came of wanting to make an attempt. */
    enum Dispatch {
        SENT,
        /**
         * The primary has been sent the same a short while ago, in the same epoch, and has not answered: others are to
         * be asked first.
         */
        UNDER_WAY,
        /** It is sent as soon as the link takes another request. */
        WAITS_FOR_CREDIT,
        /** Too many wait for a credit already. */
        NO_ROOM,
        /** No brick that could be asked has a link. */
        NO_LINK
    }

    private final Router router;
    private final @Nullable BrickId preferred;
    private final Defences defences;
    private final ClientOutbox outbox;
    private final TreeMap<BrickId, CreditLink> links = new TreeMap<>();
    /** By ticket, in the order of sending. Those of calls that are over stay for the sake of their credits. */
    private final LinkedHashMap<Long, Attempt> byTicket = new LinkedHashMap<>();

    private long lastTicket;
    /** Spreads reads over members. */
    private int rotation;
    /** Spreads what any brick may be asked. */
    private int asked;

    Attempts(Router router, @Nullable BrickId preferred, Defences defences, ClientOutbox outbox) {
        this.router = router;
        this.preferred = preferred;
        this.defences = defences;
        this.outbox = outbox;
    }

    void onLinkUp(BrickId brick, int credits) {
        links.put(brick, new CreditLink(brick, credits));
    }

    /** Forgets a link; null if there was none. */
    @Nullable
    CreditLink onLinkDown(BrickId brick) {
        return links.remove(brick);
    }

    /** Takes out the attempts that were outstanding on a lost link, in the order of sending. */
    List<Attempt> takeLost(CreditLink link) {
        List<Attempt> lost = new ArrayList<>();
        byTicket.values().removeIf(attempt -> {
            boolean isLost = attempt.link == link;
            if (isLost) {
                lost.add(attempt);
            }
            return isLost;
        });
        return lost;
    }

    /**
     * Takes out the attempt that an answer is for, and its credit back.
     *
     * @return null if the ticket is not that of an attempt outstanding at this brick
     */
    @Nullable
    Attempt take(BrickId from, long ticket) {
        Attempt attempt = defences.has(Defence.MATCH_TICKETS) ? byTicket.get(ticket) : oldest(from);
        if (attempt == null || !attempt.link.brick.equals(from)) {
            return null;
        }
        byTicket.remove(attempt.ticket);
        if (attempt.call.takesCredit()) {
            attempt.link.giveBack();
        }
        return attempt;
    }

    /** The attempt that a brick would answer next if it answered in order. */
    private @Nullable Attempt oldest(BrickId at) {
        for (Attempt attempt : byTicket.values()) {
            if (attempt.link.brick.equals(at)) {
                return attempt;
            }
        }
        return null;
    }

    /** The next call whose turn it is to get a credit of the link, or null. */
    @Nullable
    PartitionCall nextInTurn(CreditLink link) {
        return takesRequest(link) ? link.poll() : null;
    }

    /** The link to the brick; null if there is none. */
    @Nullable
    CreditLink link(BrickId brick) {
        return links.get(brick);
    }

    private boolean takesRequest(CreditLink link) {
        return link.hasCredit() && outbox.takesMore(link.brick);
    }

    /** Whether a request that has not waited may be sent without overtaking another. */
    private boolean isFree(CreditLink link) {
        return !link.hasWaiting() && takesRequest(link);
    }

    /** A ticket that was never used. */
    long nextTicket() {
        return ++lastTicket;
    }

    /** The links that take a request at once. */
    List<CreditLink> freeLinks() {
        return links.values().stream().filter(this::takesRequest).toList();
    }

    /** Another link each time that takes a request at once, if there are others; null if none does. */
    @Nullable
    CreditLink anyFree() {
        List<CreditLink> free = freeLinks();
        return free.isEmpty() ? null : free.get(Math.floorMod(asked++, free.size()));
    }

    boolean isUp(CreditLink link) {
        return links.get(link.brick) == link;
    }

    /** Whether a link to the brick is what the call waits for. */
    boolean isWantedBy(BrickId brick, PartitionCall call) {
        View view = router.view(call.partition());
        return view != null
                && (call instanceof ReadCall
                        ? view.isMember(brick)
                        : view.primary().equals(brick));
    }

    /** Whether a read that was refused has members left to ask in this round. */
    boolean hasUntriedMember(ReadCall call) {
        View view = router.view(call.partition());
        if (view != null) {
            for (BrickId member : view.members()) {
                if (links.containsKey(member) && !call.hasTried(member)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Makes an attempt, or lines up for a credit.
     *
     * @param isItsTurn whether the call has waited for its credit, and may go before those who still wait
     */
    Dispatch dispatch(PartitionCall call, boolean isItsTurn, long nowNanos) {
        ReadCall read = call instanceof ReadCall one ? one : null;
        CreditLink link = read != null ? forRead(read) : forWrite(call);
        if (link == null) {
            return Dispatch.NO_LINK;
        }
        if (read == null && call.awaits(link, router.epoch(call.partition()), nowNanos)) {
            return Dispatch.UNDER_WAY;
        }
        if (!call.takesCredit()) {
            send(call, link, nowNanos);
            return Dispatch.SENT;
        }
        if (isItsTurn ? takesRequest(link) : isFree(link)) {
            send(call, link, nowNanos);
            return Dispatch.SENT;
        }
        if (link.waitingCount() >= ClientMachine.WAITING_AT_MOST) {
            return Dispatch.NO_ROOM;
        }
        link.enqueue(call);
        call.waitsAt = link;
        return Dispatch.WAITS_FOR_CREDIT;
    }

    private void send(PartitionCall call, CreditLink link, long nowNanos) {
        long ticket = nextTicket();
        long epoch = router.epoch(call.partition());
        View view = router.view(call.partition());
        boolean isAtPrimary = view != null && view.primary().equals(link.brick);
        boolean mayTakeEffect = call.mayTakeEffect();
        Attempt attempt = new Attempt(ticket, call, link, mayTakeEffect, isAtPrimary, epoch);
        outbox.send(link.brick, call.request(ticket, epoch));
        if (attempt.call.takesCredit()) {
            link.take();
        }
        byTicket.put(ticket, attempt);
        call.onSent(attempt, nowNanos);
    }

    /**
     * Writes go to the primary. If it cannot be reached for a while, does not answer, or refuses again and again,
     * another brick is asked in its place: it refuses, and tells who the primary is if that has changed.
     */
    private @Nullable CreditLink forWrite(PartitionCall call) {
        View view = router.view(call.partition());
        if (view == null) {
            return null;
        }
        CreditLink primary = links.get(view.primary());
        boolean asksAnother = primary == null ? call.mayDetour() : call.takesDetour();
        CreditLink other = asksAnother ? another(view) : null;
        return other != null ? other : primary;
    }

    /** A brick that is not the primary, and can take a request: a member rather than any other. */
    private @Nullable CreditLink another(View view) {
        rotation++;
        CreditLink member = another(view, view.members());
        return member != null ? member : another(view, List.copyOf(links.keySet()));
    }

    private @Nullable CreditLink another(View view, List<BrickId> among) {
        for (int i = 0; i < among.size(); i++) {
            BrickId brick = among.get(Math.floorMod(rotation + i, among.size()));
            CreditLink link = brick.equals(view.primary()) ? null : links.get(brick);
            if (link != null && isFree(link)) {
                return link;
            }
        }
        return null;
    }

    /**
     * Reads go to the preferred brick, else to each member in turn; none is asked twice in a round. If none can be
     * reached for a while, another brick is asked: it refuses, and tells who the members are now.
     */
    private @Nullable CreditLink forRead(ReadCall call) {
        View view = router.view(call.partition());
        if (view == null) {
            return null;
        }
        if (!hasUntriedMember(call)) {
            call.beginRound();
        }
        if (preferred != null && view.isMember(preferred) && !call.hasTried(preferred)) {
            CreditLink link = links.get(preferred);
            if (link != null) {
                return link;
            }
        }
        CreditLink member = spread(call, view, true);
        return member == null && call.mayDetour() ? another(view) : member;
    }

    /**
     * The next member in turn that has a link; one that takes a request at once is preferred to one where it must wait.
     */
    private @Nullable CreditLink spread(ReadCall call, View view, boolean skipTried) {
        List<BrickId> members = view.members();
        int first = Math.floorMod(rotation++, members.size());
        CreditLink busy = null;
        for (int i = 0; i < members.size(); i++) {
            BrickId member = members.get((first + i) % members.size());
            CreditLink link = skipTried && call.hasTried(member) ? null : links.get(member);
            if (link != null && isFree(link)) {
                return link;
            }
            busy = busy == null ? link : busy;
        }
        return busy;
    }
}
