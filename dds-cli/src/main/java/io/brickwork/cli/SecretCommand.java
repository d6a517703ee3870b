package io.brickwork.cli;

import io.brickwork.bricks.settings.SecretFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the secret of a cluster whose bricks are started by hand. */
@Command(
        name = "secret",
        description = "Make a file with a new secret of a cluster, by which its bricks and operators know each other.",
        sortOptions = false,
        footer = {
            "",
            "The file can be read by its owner only. Give a copy to every brick (./dds brick --secret-file FILE) and to operators",
            "(./dds decommission --secret-file FILE, and others); clients need none. './dds cluster up' makes one by itself.",
            "See docs/security.md."
        })
final class SecretCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "Where to put it; must not be there.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try {
            SecretFile.make(file);
        } catch (FileAlreadyExistsException there) {
            throw new CommandFailed(
                    file
                            + " is there already: a secret that bricks use is not replaced. Name another file, or remove this one",
                    there);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%s holds a new secret; every brick of the cluster needs a copy: --secret-file %s%n", file, file);
        out.flush();
        return 0;
    }
}
