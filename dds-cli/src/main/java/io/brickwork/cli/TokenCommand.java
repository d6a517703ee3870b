package io.brickwork.cli;

import io.brickwork.bricks.settings.BrickStartException;
import io.brickwork.bricks.tokens.TokenFile;
import io.brickwork.core.rights.Right;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Adds a token to the tokens file of a cluster, or removes one. */
@Command(
        name = "token",
        description = "Add a token of a client to a tokens file, and print it; or revoke one.",
        customSynopsis = {
            "dds token NAME --role ROLE [--structures NAME,...] FILE",
            "       dds token --revoke NAME FILE"
        },
        sortOptions = false,
        footer = {
            "",
            "The file holds hashes: the token itself is printed once, and cannot be had again.",
            "Bricks (./dds brick --tokens-file FILE) take up a change within about a second; every brick needs the same file.",
            "Clients show the token: --token-file, DDS_TOKEN in the environment, or DdsOptions.token. See docs/security.md."
        })
final class TokenCommand implements Callable<Integer> {
    private static final int UNFIT = 2;

    @Parameters(
            arity = "1..2",
            paramLabel = "[NAME] FILE",
            hideParamSyntax = true,
            description =
                    "What the new token is called in logs and messages; and the tokens file, made if it is not there.")
    private List<String> nameAndFile;

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description =
                    "What its holder may do: read; write, which includes read; or admin, which includes write, and what an operator may.")
    private @Nullable String role;

    @Option(
            names = "--structures",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "*",
            description =
                    "On which tables and trees: whole names, or the beginning of names and a star, such as orders-*. (default: all)")
    private List<String> structures;

    @Option(names = "--revoke", paramLabel = "NAME", description = "Remove the token of this name.")
    private @Nullable String revoked;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path file = Path.of(nameAndFile.getLast());
        boolean isNamed = nameAndFile.size() == 2;
        try {
            if (revoked != null) {
                refuse(isNamed || role != null, "--revoke takes the name of a token and a FILE, and nothing else");
                return revoke(file, revoked);
            }
            refuse(!isNamed, "a new token needs a NAME, and a FILE to be put into");
            return add(file, nameAndFile.getFirst());
        } catch (BrickStartException unfit) {
            throw new CommandFailed(String.valueOf(unfit.getMessage()), unfit);
        }
    }

    private int add(Path file, String name) throws IOException {
        if (role == null) {
            throw new ParameterException(spec.commandLine(), "a new token needs a --role: read, write or admin");
        }
        String token;
        try {
            Right right = TokenFile.role(role);
            token = TokenFile.add(file, name, right, structures);
        } catch (IllegalArgumentException unfit) {
            throw new CommandFailed(UNFIT, String.valueOf(unfit.getMessage()), unfit);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(token);
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                "token '%s' has the role %s on %s; %s holds its hash only%n",
                name, role, String.join(", ", structures), file);
        err.flush();
        return 0;
    }

    private int revoke(Path file, String name) throws IOException {
        if (!TokenFile.revoke(file, name)) {
            throw new CommandFailed("there is no token '%s' in %s".formatted(name, file));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "token '%s' is revoked; bricks that use %s close the connections of whoever shows it within about a second%n",
                name, file);
        out.flush();
        return 0;
    }

    private void refuse(boolean isWrong, String why) {
        if (isWrong) {
            throw new ParameterException(spec.commandLine(), why);
        }
    }
}
