package io.brickwork.bricks.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.meter.Meters;
import io.brickwork.core.BrickId;
import io.brickwork.core.Bytes;
import io.brickwork.core.LinkId;
import io.brickwork.core.message.LinkMessage.Channel;
import io.brickwork.core.message.LinkMessage.Hello;
import io.brickwork.core.message.LinkMessage.Role;
import io.brickwork.core.rights.Right;
import io.brickwork.core.rights.Rights;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whom a data port lets in: with a token in the settings, with a file of tokens, with both, with neither. */
class AdmissionTest {
    private static final TokenTable FILE = TokenFile.parse(
            "tokens { dashboard { sha256 = %s, read = [\"*\"] } }".formatted(TokenTable.hash(Bytes.utf8("listed"))),
            "tokens.conf");

    private final AtomicInteger refused = new AtomicInteger();
    private final Meters meters = (brick, name, description) -> refused::incrementAndGet;

    private Admission admission(String token, @Nullable TokenTable file) {
        return new Admission(new BrickId("a"), Bytes.utf8(token), file, meters);
    }

    private static Hello hello(Role role, String token) {
        return new Hello(2, role, Channel.BULK, "brickwork", "who", new LinkId(1, 1), Bytes.utf8(token));
    }

    private static @Nullable Right everywhere(Admission admission, String token) {
        Rights rights = admission.rights(hello(Role.CLIENT, token));
        return rights == null ? null : rights.everywhere();
    }

    @Test
    void withoutAnyTokenEverybodyIsAClient() {
        Admission open = admission("", null);
        assertThat(open.demandsToken()).isFalse();
        assertThat(open.objection(hello(Role.CLIENT, "whatever"))).isNull();
        assertThat(everywhere(open, "")).isEqualTo(Right.WRITE);
    }

    @Test
    void theTokenOfTheSettingsIsDemandedOfAll() {
        Admission one = admission("the one", null);
        assertThat(one.demandsToken()).isTrue();
        assertThat(one.objection(hello(Role.CLIENT, "the one"))).isNull();
        assertThat(everywhere(one, "the one")).isEqualTo(Right.WRITE);
        for (Role role : Role.values()) {
            assertThat(one.objection(hello(role, ""))).isEqualTo("a token is required");
            assertThat(one.objection(hello(role, "another"))).isEqualTo("the token is wrong");
        }
        assertThat(refused).hasValue(2 * Role.values().length);
    }

    @Test
    void withAFileClientsShowATokenAndThoseWhoProveTheSecretNone() {
        Admission listed = admission("", FILE);
        assertThat(listed.demandsToken()).isTrue();
        assertThat(listed.objection(hello(Role.CLIENT, ""))).isEqualTo("a token is required");
        assertThat(listed.objection(hello(Role.CLIENT, "another"))).contains("does not have this token");
        assertThat(everywhere(listed, "another")).isNull();
        assertThat(everywhere(listed, "")).isNull();
        assertThat(everywhere(listed, "listed")).isEqualTo(Right.READ);
        assertThat(listed.objection(hello(Role.BRICK, ""))).isNull();
        assertThat(listed.objection(hello(Role.JOINING, ""))).isNull();
        assertThat(listed.objection(hello(Role.OPERATOR, ""))).isNull();
        assertThat(listed.rights(hello(Role.OPERATOR, ""))).isSameAs(Rights.OPERATOR);
    }

    @Test
    void withBothTheTokenOfTheSettingsIsAClients() {
        Admission both = admission("the one", FILE);
        assertThat(everywhere(both, "the one")).isEqualTo(Right.WRITE);
        assertThat(everywhere(both, "listed")).isEqualTo(Right.READ);
        assertThat(everywhere(both, "another")).isNull();
    }

    @Test
    void aTokenThatIsReplacedOpensNothingMore() {
        Admission listed = admission("", FILE);
        listed.replace(TokenFile.parse("tokens {}", "tokens.conf"));
        assertThat(everywhere(listed, "listed")).isNull();
        assertThat(listed.objection(hello(Role.CLIENT, "listed"))).contains("was revoked");
    }
}
