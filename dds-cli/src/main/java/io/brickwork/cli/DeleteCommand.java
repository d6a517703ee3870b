package io.brickwork.cli;

import io.brickwork.client.Dds;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes the entry under a key. */
@Command(name = "delete", description = "Remove the entry under a key, if there is one.", sortOptions = false)
final class DeleteCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", description = "The key.")
    private String key;

    @Mixin
    private TargetOptions target;

    @Override
    public Integer call() {
        try (Dds dds = target.open(false)) {
            target.existingMap(dds).delete(key);
            return 0;
        }
    }
}
