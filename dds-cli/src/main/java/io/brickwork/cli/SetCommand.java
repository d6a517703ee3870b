package io.brickwork.cli;

import io.brickwork.client.Dds;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Puts a value under a key. */
@Command(name = "set", description = "Put a value under a key, whatever was there.", sortOptions = false)
final class SetCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
    private String key;

    @Parameters(index = "1", paramLabel = "VALUE", description = "The value.")
    private String value;

    @Mixin
    private TargetOptions target;

    @Override
    public Integer call() {
        try (Dds dds = target.open(true)) {
            target.map(dds).set(key, value);
            return 0;
        }
    }
}
