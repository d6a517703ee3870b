package io.brickwork.cli;

import io.brickwork.cli.local.LocalCluster;
import io.brickwork.core.BrickId;
import io.brickwork.core.group.BrickInfo;
import io.brickwork.core.group.Group;
import io.brickwork.core.group.MetadataCommand;
import io.brickwork.core.metadata.MetadataState;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Empties a brick, so that it may be stopped for good. */
@Command(
        name = "decommission",
        description =
                "Empty a brick: others take copies of all that it holds, while reads and writes go on; returns when it may be stopped for good.",
        sortOptions = false,
        footer = {
            "",
            "The command may be stopped at any time; the brick is emptied all the same, and the command may be given again to see how far that is.",
            "A brick that is dead can be decommissioned too: then nobody waits for it any more.",
            "A brick that was decommissioned and is started again joins as a new one."
        })
final class DecommissionCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 500;

    @Parameters(paramLabel = "ID", description = "The brick's name.")
    private BrickId brick;

    @Mixin
    private ClusterOptions options;

    @Option(names = "--cancel", description = "Let the brick keep what it still has, and fill it again.")
    private boolean isCancelled;

    @Option(
            names = "--force",
            description =
                    "Also if those that stay are fewer than the copies that tables ask for: they get along with fewer.")
    private boolean isForced;

    @Option(names = "--no-wait", description = "Return at once.")
    private boolean isAsync;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        MetadataState before = options.askAny(probe -> probe.cluster().state());
        if (before.brick(brick) == null) {
            throw new CommandFailed("there is no brick '%s'; there are %s"
                    .formatted(
                            brick,
                            before.bricks().stream().map(BrickInfo::brick).toList()));
        }
        if (!isCancelled && !isForced) {
            refuseTooFew(before);
        }
        Optional<String> refusal = options.instruct(new MetadataCommand.SetLeaving(brick, !isCancelled));
        if (refusal.isPresent()) {
            throw new CommandFailed(refusal.get());
        }
        if (isCancelled) {
            out.printf("brick %s stays, and gets its share again%n", brick);
            out.flush();
            return 0;
        }
        if (!isAsync) {
            follow(out);
        }
        out.flush();
        return 0;
    }

    /** A group that cannot have as many members as it should is never whole again, and a brick in it never empty. */
    private void refuseTooFew(MetadataState state) {
        long staying = state.bricks().stream()
                .filter(info -> !info.isLeaving() && !info.brick().equals(brick))
                .count();
        int wanted = state.groups().stream().mapToInt(Group::replicas).max().orElse(1);
        if (staying < wanted && !state.isEmpty(brick)) {
            throw new CommandFailed(
                    "%d brick%s would stay, and there are tables that ask for %d copies: add a brick first (./dds brick --seeds), or say --force to have fewer copies"
                            .formatted(staying, staying == 1 ? "" : "s", wanted));
        }
    }

    private void follow(PrintWriter out) throws IOException, InterruptedException {
        String last = "";
        while (true) {
            MetadataState state = options.askAny(probe -> probe.cluster().state());
            BrickInfo info = state.brick(brick);
            if (info == null) {
                out.printf("brick %s is empty and has stopped: the cluster does not know it any more%n", brick);
                return;
            }
            if (!info.isLeaving()) {
                throw new CommandFailed("somebody has taken it back: brick " + brick + " stays");
            }
            String now = progress(state);
            if (now.isEmpty()) {
                break;
            }
            if (!now.equals(last)) {
                out.println(now);
                out.flush();
                last = now;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        @Nullable LocalCluster local = options.local();
        if (local == null) {
            out.printf("brick %s is empty; it may be stopped, and its directory deleted%n", brick);
        } else {
            local.remove(brick.name());
            out.printf("brick %s is empty; it was stopped, and its directory may be deleted%n", brick);
        }
    }

    private String progress(MetadataState state) {
        long left =
                state.groups().stream().filter(group -> group.mayNeed(brick)).count();
        return left == 0
                ? ""
                : "brick %s is needed by %,d partition%s still".formatted(brick, left, left == 1 ? "" : "s");
    }
}
