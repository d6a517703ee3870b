package io.brickwork.cli.local;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How a process is started with the same JVM, class path and launcher's flags as this one. */
public final class ChildJvm {
    private static final String OPTIONS_OF_ALL = "dds.child.jvm";

    private ChildJvm() {}

    /**
     * The beginning of a command line, to which the program's arguments are added.
     *
     * @param jvmOptions such as {@code -Xmx256m}
     * @param main name of the class to start
     */
    public static List<String> command(List<String> jvmOptions, String main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(launcherOptions());
        command.addAll(jvmOptions);
        command.addAll(optionsOfAll());
        command.addAll(List.of("-cp", absoluteClassPath(), main));
        return command;
    }

    /** What the launcher gives every JVM; the rest of this process's own options is its own business. */
    private static List<String> launcherOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--enable-native-access")
                        || option.startsWith("--sun-misc-unsafe-memory-access")
                        || option.startsWith("-XX:SharedArchiveFile")
                        || option.startsWith("-Xshare")
                        || option.startsWith("-Xlog")
                        || option.equals("-XX:+IgnoreUnrecognizedVMOptions"))
                .toList();
    }

    /**
     * What every child JVM gets, by the system property; for tests, whose processes live too shortly for the optimizing
     * compiler to pay.
     */
    private static List<String> optionsOfAll() {
        String options = System.getProperty(OPTIONS_OF_ALL, "");
        return options.isBlank() ? List.of() : List.of(options.trim().split(" +"));
    }

    private static String absoluteClassPath() {
        return String.join(
                File.pathSeparator,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .toList());
    }
}
