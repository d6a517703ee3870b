package io.brickwork.bricks.cli;

import io.brickwork.client.Dds;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes all entries into a file. */
@Command(
        name = "dump",
        description = "Write all entries of a table or a tree into a file that 'load' reads.",
        sortOptions = false,
        footer = {
            "",
            "A tree is written in the order of its keys, a hash table in that of their hashes. No snapshot: what changes",
            "meanwhile may be in it or not."
        })
final class DumpCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The file, which must not be there yet; - for the standard output.")
    private String file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "tsv, csv or jsonl. (default: as the file's name ends, else tsv)")
    private @Nullable EntryFormat format;

    @Mixin
    private TargetOptions target;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        EntryFormat of = format == null ? EntryFormat.of(file) : format;
        boolean isStandard = file.equals("-");
        try (Dds dds = target.open(false)) {
            Map<String, String> map = target.existingMap(dds);
            long count = 0;
            Writer out = isStandard
                    ? spec.commandLine().getOut()
                    : Files.newBufferedWriter(Path.of(file), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
            try {
                for (Map.Entry<String, String> entry : map.entrySet()) {
                    out.write(of.write(entry.getKey(), entry.getValue()));
                    count++;
                }
                out.flush();
            } finally {
                if (!isStandard) {
                    out.close();
                }
            }
            if (!isStandard) {
                spec.commandLine().getOut().printf("%,d entries in %s%n", count, file);
                spec.commandLine().getOut().flush();
            }
            return 0;
        } catch (FileAlreadyExistsException present) {
            throw new CommandFailed(file + " is there already; name another file, or remove it", present);
        } catch (IOException failure) {
            throw new CommandFailed("could not write " + file + ": " + failure, failure);
        }
    }
}
