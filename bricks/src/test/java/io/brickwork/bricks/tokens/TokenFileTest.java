package io.brickwork.bricks.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.core.Bytes;
import io.brickwork.core.rights.Right;
import io.brickwork.core.rights.Rights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tokens file says, what is wrong with it, and how it is changed. */
class TokenFileTest {
    private static final String HASH_A = TokenTable.hash(Bytes.utf8("token a"));
    private static final String HASH_B = TokenTable.hash(Bytes.utf8("token b"));

    @TempDir
    Path temp;

    private static TokenTable parse(String text) {
        return TokenFile.parse(text, "tokens.conf");
    }

    private static Rights rights(TokenTable table, String token) {
        Rights rights = table.rights(Bytes.utf8(token));
        assertThat(rights).as(token).isNotNull();
        return rights;
    }

    @Test
    void eachTokenHasTheRightsOfItsRoles() {
        TokenTable table = parse("""
                # who may do what
                tokens {
                  dashboard { sha256 = %s, read = ["*"] } // looks only
                  "shop, of Berlin" {
                    sha256 = "%s"
                    read = ["*"]
                    write = ["orders", "orders-*"]
                    admin = [scratch]
                  }
                }
                """.formatted(HASH_A, HASH_B.toUpperCase(java.util.Locale.ROOT)));
        Rights dashboard = rights(table, "token a");
        assertThat(dashboard.holder()).isEqualTo("token 'dashboard'");
        assertThat(dashboard.everywhere()).isEqualTo(Right.READ);
        Rights shop = rights(table, "token b");
        assertThat(shop.holder()).isEqualTo("token 'shop, of Berlin'");
        assertThat(shop.on("users")).isEqualTo(Right.READ);
        assertThat(shop.on("orders-2026")).isEqualTo(Right.WRITE);
        assertThat(shop.on("scratch")).isEqualTo(Right.ADMIN);
        assertThat(table.rights(Bytes.utf8("token c"))).isNull();
        assertThat(table.rights(Bytes.EMPTY)).isNull();
        assertThat(parse("tokens {}").rights(Bytes.utf8("token a"))).isNull();
    }

    @Test
    void whatIsWrongIsNamedWithItsLine() {
        String good = "sha256 = " + HASH_A;
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("", "holds no 'tokens { }'");
        bad.put("token {}", "line 1: there is no setting 'token'");
        bad.put("tokens = 3", "line 1: tokens is no { }");
        bad.put("tokens {\n a = 3\n}", "line 2: token 'a' is no { }");
        bad.put("tokens {\n a { read = [\"*\"] }\n}", "line 2: token 'a' has no sha256");
        bad.put("tokens {\n a { sha256 = 12, read = [\"*\"] }\n}", "line 2: the sha256 of token 'a' is not 64");
        bad.put("tokens {\n\n a { " + good + " }\n}", "line 3: token 'a' has no rights");
        bad.put("tokens {\n a { " + good + ", read = [] }\n}", "line 2: token 'a' has no rights");
        bad.put("tokens {\n a { " + good + ", raed = [\"*\"] }\n}", "line 2: token 'a' has a 'raed'");
        bad.put("tokens {\n a { " + good + ", read = \"*\" }\n}", "2: read has type STRING rather than LIST");
        bad.put("tokens {\n a { " + good + ", read = [\"*-a\"] }\n}", "line 2: token 'a': in the pattern '*-a'");
        bad.put("tokens {\n a { " + good + ", read = [\"\"] }\n}", "line 2: token 'a': an empty pattern");
        bad.put("tokens {\n \" a\" { " + good + ", read = [\"*\"] }\n}", "begins or ends with a blank");
        bad.put(
                "tokens {\n a { %s, read = [b] }\n b { %s, read = [b] }\n}".formatted(good, good),
                "has the hash of another one");
        bad.put("tokens {\n a { sha256 = ${HOME}, read = [b] }\n}", "malformed");
        bad.forEach((text, problem) -> assertThatThrownBy(() -> parse(text))
                .as(text)
                .isInstanceOf(BrickStartException.class)
                .hasMessageContaining("tokens.conf")
                .hasMessageContaining(problem));
    }

    @Test
    void aFileThatIsCutOffAnywhereIsNotTaken() {
        String whole = "tokens {\n  a { sha256 = %s, read = [\"*\"] }\n  b { sha256 = %s, write = [\"x\"] }\n}"
                .formatted(HASH_A, HASH_B);
        parse(whole);
        for (int length = 0; length < whole.length(); length++) {
            String cut = whole.substring(0, length);
            assertThatThrownBy(() -> parse(cut)).as(cut).isInstanceOf(BrickStartException.class);
        }
    }

    @Test
    void tokensAreAddedAndRevokedAndCommentsStay() throws IOException {
        Path file = temp.resolve("tokens.conf");
        String reader = TokenFile.add(file, "reader", Right.READ, List.of("*"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.writeString(file, Files.readString(file) + "# mind the gap\n");
        String shop = TokenFile.add(file, "shop.example", Right.WRITE, List.of("orders", "orders-*"));
        assertThat(Files.readString(file))
                .contains("# mind the gap")
                .doesNotContain(shop)
                .doesNotContain(reader);
        assertThat(shop).hasSize(64).isNotEqualTo(reader);
        TokenTable both = TokenFile.read(file);
        assertThat(rights(both, reader).everywhere()).isEqualTo(Right.READ);
        assertThat(rights(both, shop).on("orders-1")).isEqualTo(Right.WRITE);
        assertThatThrownBy(() -> TokenFile.add(file, "reader", Right.READ, List.of("*")))
                .hasMessageContaining("has a token 'reader' already");
        assertThatThrownBy(() -> TokenFile.add(file, "c", Right.READ, List.of("*x")))
                .hasMessageContaining("follows the star");

        assertThat(TokenFile.revoke(file, "reader")).isTrue();
        assertThat(TokenFile.revoke(file, "reader")).isFalse();
        assertThat(TokenFile.read(file).rights(Bytes.utf8(reader))).isNull();
        assertThat(rights(TokenFile.read(file), shop).on("orders")).isEqualTo(Right.WRITE);
        assertThat(Files.readString(file)).contains("# mind the gap").contains("# Tokens of the clients");
        assertThat(TokenFile.revoke(file, "shop.example")).isTrue();
        assertThat(TokenFile.read(file).rights(Bytes.utf8(shop))).isNull();
    }

    @Test
    void aFileThatIsBadAlreadyIsNotChanged() throws IOException {
        Path file = temp.resolve("tokens.conf");
        TokenFile.add(file, "reader", Right.READ, List.of("*"));
        String bad = Files.readString(file).replace("read =", "raed =");
        Files.writeString(file, bad);
        assertThatThrownBy(() -> TokenFile.add(file, "shop", Right.READ, List.of("*")))
                .hasMessageContaining("has a 'raed'");
        assertThatThrownBy(() -> TokenFile.revoke(file, "reader")).hasMessageContaining("has a 'raed'");
        assertThat(Files.readString(file)).isEqualTo(bad);
    }

    @Test
    void aFileThatOthersCanUseOrThatIsMissingIsRefused() throws IOException {
        Path file = temp.resolve("tokens.conf");
        assertThatThrownBy(() -> TokenFile.read(file)).hasMessageContaining("there is no tokens file " + file);
        TokenFile.add(file, "reader", Right.READ, List.of("*"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> TokenFile.read(file))
                .hasMessageContaining("has mode rw-r--r--")
                .hasMessageContaining("chmod 600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.write(file, new byte[] {'#', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> TokenFile.read(file)).hasMessageContaining("is not in UTF-8");
    }

    @Test
    void rolesAreKnownByTheirNames() {
        assertThat(TokenFile.role("admin")).isEqualTo(Right.ADMIN);
        assertThatThrownBy(() -> TokenFile.role("root"))
                .hasMessage("there is no role 'root'; known are [read, write, admin]");
    }
}
