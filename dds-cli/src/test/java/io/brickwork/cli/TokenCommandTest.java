package io.brickwork.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.bricks.tokens.TokenFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code ./dds token} prints and leaves in the file. */
class TokenCommandTest {
    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine command = new CommandLine(new TokenCommand());
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        command.setExecutionExceptionHandler((failure, line, parsed) -> {
            line.getErr().println(failure.getMessage());
            return ExitCodes.of(failure);
        });
        return command.execute(arguments);
    }

    @Test
    void aTokenIsPrintedOnceAndRevoked() throws Exception {
        String file = temp.resolve("tokens.conf").toString();
        assertThat(run("shop", "--role", "write", "--structures", "orders,orders-*", file))
                .isZero();
        String token = out.toString().strip();
        assertThat(token).hasSize(64);
        assertThat(err.toString()).contains("token 'shop' has the role write on orders, orders-*");
        assertThat(Files.readString(Path.of(file)))
                .doesNotContain(token)
                .contains("write = [\"orders\", \"orders-*\"]");

        assertThat(run("shop", "--role", "read", file)).isEqualTo(2);
        assertThat(err.toString()).contains("has a token 'shop' already");
        assertThat(run("--revoke", "shop", file)).isZero();
        assertThat(out.toString()).contains("token 'shop' is revoked");
        assertThat(run("--revoke", "shop", file)).isEqualTo(ExitCodes.NO);
        assertThat(err.toString()).contains("there is no token 'shop'");
        TokenFile.read(Path.of(file));
    }

    @Test
    void whatIsAskedWronglyIsMisuse() throws Exception {
        String file = temp.resolve("tokens.conf").toString();
        assertThat(run("shop", file)).isEqualTo(2);
        assertThat(err.toString()).contains("needs a --role");
        assertThat(run("--role", "read", file)).isEqualTo(2);
        assertThat(err.toString()).contains("needs a NAME");
        assertThat(run("shop", "--role", "root", file)).isEqualTo(2);
        assertThat(err.toString()).contains("there is no role 'root'; known are [read, write, admin]");
        assertThat(run("shop", "--role", "read", "--structures", "*a", file)).isEqualTo(2);
        assertThat(err.toString()).contains("follows the star");
        assertThat(run("--revoke", "shop", "more", file)).isEqualTo(2);
        assertThat(run("--revoke", "shop", file)).isEqualTo(ExitCodes.NO);
        assertThat(err.toString()).contains("there is no tokens file");
        assertThat(Path.of(file)).doesNotExist();
        Files.writeString(Path.of(file), "tokens {");
        assertThat(run("shop", "--role", "read", file)).isEqualTo(ExitCodes.NO);
        assertThat(err.toString()).contains(file);
    }
}
