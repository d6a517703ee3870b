package io.brickwork.core.effect;

import io.brickwork.core.BrickId;
import io.brickwork.core.rights.Right;
import io.brickwork.core.rights.Rights;

/** Where a message comes from or goes to, as a brick sees it. */
public sealed interface Endpoint {
    /** Another brick, or this one. */
    record Peer(BrickId brick) implements Endpoint {}

    /**
     * A client's or an operator's link. Equal to every other that stands for the same link: rights may change while a
     * link is open.
     *
     * @param link drawn by the shell and never used again while the brick runs
     * @param rights of whoever is at the other end, at the time of the message
     * @param who is at the other end, and from where, for people
     */
    record Caller(long link, Rights rights, String who) implements Endpoint {
        /** A client where bricks have no file of tokens. */
        public Caller(long link) {
            this(link, Rights.CLIENT, "");
        }

        /** An operator. */
        public static Caller operator(long link) {
            return new Caller(link, Rights.OPERATOR, "");
        }

        /** The same link, with other rights. */
        public Caller with(Rights changed) {
            return new Caller(link, changed, who);
        }

        /** Whether the other end may change the cluster as a whole. */
        public boolean isOperator() {
            return rights.everywhere() == Right.ADMIN;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Caller caller && link == caller.link;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(link);
        }

        @Override
        public String toString() {
            return rights.holder() + " over " + (who.isEmpty() ? "link " + link : who);
        }
    }
}
