package io.brickwork.cli;

import io.brickwork.cli.local.Launch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command starts bricks in the background. */
final class LaunchOptions {
    private static final Duration LONGEST = Duration.ofDays(1);

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "A setting of each brick that is started, such as overlay=128MiB (see ./dds brick --print-config).")
    private Map<String, String> settings = new TreeMap<>();

    @Option(
            names = "--brick-jvm",
            paramLabel = "OPTION",
            description = "One more option for the JVM of each brick, such as -Xmx1g; may be repeated.")
    private List<String> jvmOptions = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description =
                    "How long to wait until they serve; bricks that are not ready by then go on. (default: ${DEFAULT-VALUE})")
    private double timeoutSeconds;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    Launch launch() {
        return new Launch(
                jvmOptions,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toList(),
                OptionRange.seconds(command, "--timeout", timeoutSeconds, LONGEST));
    }
}
