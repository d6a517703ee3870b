package io.brickwork.cli;

import io.brickwork.btree.TreeType;
import io.brickwork.core.Bytes;
import io.brickwork.core.DdsException;
import io.brickwork.core.codec.Codec;
import io.brickwork.core.codec.Codecs;
import io.brickwork.core.codec.OrderedCodecs;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.metadata.MetadataState;
import io.brickwork.core.structure.StructureInfo;
import io.brickwork.hashtable.HashTableType;
import io.brickwork.map.MapOperations;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Splits a partition by hand. */
@Command(
        name = "split",
        description =
                "Split the partition that has a key, there: the key and what follows become a partition of their own.",
        sortOptions = false,
        footer = {
            "",
            "Bricks split partitions by themselves when these grow (split-records, split-size and split-writes in ./dds brick --print-config).",
            "This is for whoever knows better where and when: before a bulk load, say. No record moves for it."
        })
final class SplitCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 50;

    @Mixin
    private ClusterOptions options;

    @Option(
            names = {"-t", "--table"},
            paramLabel = "NAME",
            required = true,
            description = "Which table or tree, of text keys.")
    private String table;

    @Option(names = "--at", paramLabel = "KEY", required = true, description = "The lowest key of the new partition.")
    private String key;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        MetadataState before = state();
        StructureInfo structure = before.structure(table);
        if (structure == null) {
            throw new CommandFailed("there is no table or tree called '%s'; there are %s"
                    .formatted(
                            table,
                            before.structures().stream()
                                    .map(StructureInfo::name)
                                    .toList()));
        }
        Bytes recordKey = recordKey(structure);
        Group group = before.locate(structure.id(), recordKey);
        if (group == null) {
            throw new CommandFailed("no partition of '%s' has the key '%s'".formatted(table, key));
        }
        Optional<String> refusal =
                options.instruct(new MetadataCommand.SplitPartition(group.partition(), recordKey, false));
        if (refusal.isPresent()) {
            throw new CommandFailed(refusal.get());
        }
        Group child = await(structure, recordKey, group);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "'%s' and what follows is partition %d of '%s' now, led by brick %s%n",
                key, child.partition().number(), table, child.newest().primary());
        out.flush();
        return 0;
    }

    private Bytes recordKey(StructureInfo structure) {
        boolean isTree = structure.spec().type().equals(TreeType.NAME);
        Codec<String> text = isTree ? OrderedCodecs.string() : Codecs.string();
        if (!structure.spec().keyCodec().equals(text.name())) {
            throw new CommandFailed("keys of '%s' are %s; this command takes text"
                    .formatted(table, Codecs.words(structure.spec().keyCodec())));
        }
        MapOperations operations = isTree ? TreeType.operations(structure) : HashTableType.operations(structure);
        return operations.placement().recordKey(text.encode(key));
    }

    private Group await(StructureInfo structure, Bytes recordKey, Group parent)
            throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + LONGEST.toNanos();
        while (true) {
            Group owner = state().locate(structure.id(), recordKey);
            if (owner != null && !owner.partition().equals(parent.partition()) && owner.isOpen()) {
                return owner;
            }
            if (System.nanoTime() - deadlineNanos >= 0) {
                throw new DdsException.Unavailable(
                        "partition %s was not split within %d s; it will be as soon as its group has enough members"
                                .formatted(parent.partition(), LONGEST.toSeconds()));
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private MetadataState state() throws IOException {
        return options.askAny(probe -> probe.cluster().state());
    }
}
