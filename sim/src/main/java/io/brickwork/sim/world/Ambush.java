package io.brickwork.sim.world;

import io.brickwork.core.effect.Event;
import io.brickwork.core.message.CallMessage;
import io.brickwork.core.message.LeaseMessage;
import io.brickwork.core.message.Message;
import io.brickwork.core.message.PaxosMessage;
import io.brickwork.core.message.ReplicaMessage;
import io.brickwork.sim.kernel.SimRandom;
import io.brickwork.sim.network.SimNetwork;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Crashes that wait for a certain moment of the protocols: until a message of a drawn kind arrives, or a brick tells of
 * an event of a drawn kind, for the n-th time from now.
 *
 * <p>Crashes at random moments rarely meet a moment that is short and comes once in a run, such as the one between the
 * last vote of a transaction and its outcome. All kinds are equally likely here, those that are rare as well.
 *
 * <p>One thread, the world's.
 */
final class Ambush implements SimNetwork.Filter {
    /** The kinds of messages and events, in the order of their declaration. */
    private static final List<Class<?>> KINDS = kinds();

    private static final int MOST_TIMES = 20;

    /**
     * What happens; told the two nodes that are concerned, the same one twice if it is one alone. Called within the
     * turn of a node: it must not act at once.
     */
    interface Action extends BiConsumer<Integer, Integer> {}

    private static final class Waiting {
        private final Class<?> kind;
        private final Action action;
        private int times;

        Waiting(Class<?> kind, int times, Action action) {
            this.kind = kind;
            this.times = times;
            this.action = action;
        }
    }

    private final List<Waiting> waiting = new ArrayList<>();

    private static List<Class<?>> kinds() {
        List<Class<?>> kinds = new ArrayList<>();
        for (Class<?> type :
                List.of(ReplicaMessage.class, CallMessage.class, PaxosMessage.class, LeaseMessage.class, Event.class)) {
            addLeaves(type, kinds);
        }
        return List.copyOf(kinds);
    }

    private static void addLeaves(Class<?> type, List<Class<?>> kinds) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        if (permitted == null) {
            kinds.add(type);
        } else {
            for (Class<?> one : permitted) {
                addLeaves(one, kinds);
            }
        }
    }

    /** Lies in wait for a drawn kind. */
    void lay(SimRandom random, Action action) {
        waiting.add(new Waiting(random.pick(KINDS), (int) random.scaled(1, MOST_TIMES), action));
    }

    /** Waits no more. */
    void callOff() {
        waiting.clear();
    }

    @Override
    public boolean passes(int from, int to, Message message) {
        return true;
    }

    @Override
    public void arrives(int from, int to, Message message) {
        on(message, from, to);
    }

    void onEvent(int node, Event event) {
        on(event, node, node);
    }

    private void on(Object what, int one, int other) {
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            Waiting next = each.next();
            if (next.kind.isInstance(what) && --next.times == 0) {
                each.remove();
                next.action.accept(one, other);
            }
        }
    }
}
