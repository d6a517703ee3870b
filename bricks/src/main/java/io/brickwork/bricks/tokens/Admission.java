package io.brickwork.bricks.tokens;

import io.brickwork.bricks.meter.Meters;
import io.brickwork.bricks.meter.Meters.Counter;
import io.brickwork.client.link.TokenCheck;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.rights.Rights;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Whom a brick's data port lets in, and with which rights.
 *
 * <p>Without a tokens file the one token of the settings, if there is one, opens the port to everybody, and a client
 * may do all that clients may. With a tokens file a client shows a token that the file has, or the one of the settings;
 * bricks and operators, who prove that they know the cluster's secret, need none.
 *
 * <p>On the brick's lane.
 */
public final class Admission implements TokenCheck {
    private final BrickId brick;
    private final Bytes token;
    private final Counter refused;
    private @Nullable TokenTable table;

    /**
     * @param token of the settings; empty for none
     * @param table what the tokens file holds; null if there is none
     */
    public Admission(BrickId brick, Bytes token, @Nullable TokenTable table, Meters meters) {
        this.brick = brick;
        this.token = token;
        this.table = table;
        refused = meters.counter(
                brick, "brickwork.tokens.refused", "Connections whose token was missing, wrong or revoked");
    }

    /** From here on these tokens open the port, and no others of a file. */
    public void replace(TokenTable changed) {
        table = changed;
    }

    @Override
    public boolean demandsToken() {
        return table != null || !token.isEmpty();
    }

    @Override
    public @Nullable String objection(Hello hello) {
        boolean isProven = table != null && hello.role().mustProve();
        if (isProven || (hello.role() == Role.CLIENT ? rights(hello) != null : isTheOne(hello.token()))) {
            return null;
        }
        refused.increment();
        if (hello.token().isEmpty()) {
            return "a token is required";
        }
        return table == null
                ? "the token is wrong"
                : "brick " + brick + " does not have this token in its tokens file: it is wrong, or was revoked";
    }

    /** The rights of whoever said this, once he is let in; null if his token opens nothing. */
    public @Nullable Rights rights(Hello hello) {
        if (hello.role() == Role.OPERATOR) {
            return Rights.OPERATOR;
        }
        TokenTable tokens = table;
        boolean isClient = tokens == null ? isTheOne(hello.token()) : !token.isEmpty() && isTheOne(hello.token());
        if (isClient) {
            return Rights.CLIENT;
        }
        return tokens == null ? null : tokens.rights(hello.token());
    }

    /** Whether it is the token of the settings; any is, if there is none. */
    private boolean isTheOne(Bytes shown) {
        return token.isEmpty() || MessageDigest.isEqual(token.toArray(), shown.toArray());
    }
}
