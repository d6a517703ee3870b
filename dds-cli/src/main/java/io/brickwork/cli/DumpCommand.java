package io.brickwork.cli;

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
            if (isStandard) {
                Output out = new Output(spec);
                write(map, of, out::print);
                out.end();
                return 0;
            }
            long count;
            Path path = Path.of(file);
            boolean isWhole = false;
            try (Writer out = Files.newBufferedWriter(path, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW)) {
                try {
                    count = write(map, of, out::write);
                    out.flush();
                    isWhole = true;
                } finally {
                    if (!isWhole) {
                        Files.deleteIfExists(path);
                    }
                }
            }
            Output.print(spec, "%,d entries in %s%n".formatted(count, file));
            return 0;
        } catch (FileAlreadyExistsException present) {
            throw new CommandFailed(file + " is there already; name another file, or remove it", present);
        } catch (IOException failure) {
            throw new CommandFailed("could not write " + file + ": " + failure, failure);
        }
    }

    private static long write(Map<String, String> map, EntryFormat format, Sink out) throws IOException {
        long count = 0;
        for (Map.Entry<String, String> entry : map.entrySet()) {
            out.write(
                    count == 0
                            ? format.writeFirst(entry.getKey(), entry.getValue())
                            : format.write(entry.getKey(), entry.getValue()));
            count++;
        }
        return count;
    }

    /** Where the dump goes. */
    private interface Sink {
        void write(String text) throws IOException;
    }
}
