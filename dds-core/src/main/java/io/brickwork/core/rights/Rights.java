package io.brickwork.core.rights;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one holder may do to each structure.
 *
 * <p>A request names its structure by number, so the right on a number is worked out from the structure's name once and
 * remembered. What is remembered never becomes wrong: no number is given to a second structure, and no structure
 * changes its name. Remembering changes no answer, so any thread may ask.
 */
public final class Rights {
    /** Of a client where bricks have no file of tokens: all that clients may. */
    public static final Rights CLIENT = new Rights("a client", List.of(new Grant(Right.WRITE, "*")));
    /** Of whoever has proved to know the cluster's secret. */
    public static final Rights OPERATOR = new Rights("an operator", List.of(new Grant(Right.ADMIN, "*")));

    /** A power of two. A client that uses more structures than this has some of them worked out again. */
    private static final int REMEMBERED = 256;

    private final String holder;
    private final List<Grant> grants;
    private final Right everywhere;
    /** By the last bits of the structure's number. */
    private final @Nullable Known[] known = new Known[REMEMBERED];

    private record Known(int structure, Right right) {}

    private Rights(String holder, List<Grant> grants) {
        this.holder = holder;
        this.grants = List.copyOf(grants);
        Right most = Right.NONE;
        for (Grant grant : grants) {
            most = grant.isOnAll() && grant.right().includes(most) ? grant.right() : most;
        }
        everywhere = most;
    }

    /** @param token the name of the token that whoever holds these rights has shown */
    public static Rights ofToken(String token, List<Grant> grants) {
        return new Rights("token '" + token + "'", grants);
    }

    /** Who has these rights, for people. */
    public String holder() {
        return holder;
    }

    /** The right on every structure, and on what concerns the cluster as a whole. */
    public Right everywhere() {
        return everywhere;
    }

    /** Whether the right is held on some structure, even if none of its name exists. */
    public boolean hasSomewhere(Right right) {
        return grants.stream().anyMatch(grant -> grant.right().includes(right));
    }

    /** The right on a structure of this name. */
    public Right on(String name) {
        Right most = Right.NONE;
        for (Grant grant : grants) {
            most = grant.right().includes(most) && grant.covers(name) ? grant.right() : most;
        }
        return most;
    }

    /** The right on the structure with this number, if it has been worked out before; else null. */
    public @Nullable Right known(int structure) {
        Known one = known[structure & (REMEMBERED - 1)];
        return one != null && one.structure == structure ? one.right : null;
    }

    /**
     * Works out the right on a structure, and remembers it.
     *
     * @param structure its number; never negative
     */
    public Right learn(int structure, String name) {
        Right right = on(name);
        known[structure & (REMEMBERED - 1)] = new Known(structure, right);
        return right;
    }

    /** Whether the same holder has the same rights. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Rights rights && holder.equals(rights.holder) && grants.equals(rights.grants);
    }

    @Override
    public int hashCode() {
        return holder.hashCode();
    }

    @Override
    public String toString() {
        return holder + " " + grants;
    }
}
