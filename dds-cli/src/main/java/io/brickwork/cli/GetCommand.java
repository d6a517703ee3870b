package io.brickwork.cli;

import io.brickwork.client.Dds;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the value under a key. */
@Command(name = "get", description = "Print the value under a key; exit code 1 if there is none.", sortOptions = false)
final class GetCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", description = "The key.")
    private String key;

    @Mixin
    private TargetOptions target;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Dds dds = target.open(false)) {
            String value = target.existingMap(dds).get(key);
            if (value == null) {
                throw new CommandFailed("there is no entry '" + key + "' in table '" + target.tableName() + "'");
            }
            Output.print(spec, value + "\n");
            return 0;
        }
    }
}
