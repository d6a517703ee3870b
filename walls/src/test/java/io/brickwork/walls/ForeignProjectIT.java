package io.brickwork.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The first program of the README, built by plain {@code javac} and run by plain {@code java} against the artifacts in
 * a folder: how many jars and bytes come with an embedded map, and how many lines are printed.
 */
class ForeignProjectIT {
    private static final int MOST_JARS = 20;
    private static final long MOST_BYTES = 12_000_000;
    private static final String[] SILENT = {
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"
    };
    /** JDKs from this one on speak of native access and of {@code sun.misc.Unsafe}. */
    private static final int JDK_THAT_WARNS = 24;

    @TempDir
    Path temp;

    private Path libraries;

    /** By artifact id. */
    private final Map<String, Path> artifacts = new TreeMap<>();

    @BeforeEach
    void putArtifactsInAFolder() throws IOException {
        libraries = Files.createDirectory(temp.resolve("libraries"));
        for (String entry :
                Files.readString(Path.of("target", "dds.classpath")).strip().split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            Files.copy(jar, libraries.resolve(jar.getFileName()));
            artifacts.put(jar.getFileName().toString(), jar);
        }
    }

    @Test
    void anEmbeddedMapBringsFewJarsBesidesThoseOfPekko() throws Exception {
        Set<String> ofPekko = neededBy(name -> name.startsWith("pekko-"));
        List<Path> others = artifacts.entrySet().stream()
                .filter(artifact -> !ofPekko.contains(artifact.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        System.out.printf(
                "embedded: %d jars, %,d bytes; besides what Pekko needs %d jars, %,d bytes: %s%n",
                artifacts.size(),
                bytes(artifacts.values()),
                others.size(),
                bytes(others),
                others.stream().map(Path::getFileName).toList());
        assertThat(others).hasSizeLessThanOrEqualTo(MOST_JARS);
        assertThat(bytes(others)).isLessThanOrEqualTo(MOST_BYTES);
        assertThat(artifacts.keySet())
                .noneMatch(name -> name.matches(
                        "(logback|picocli|progressbar|jline|extjwnl|micrometer|gson|commons-|dds-(cli|demo|bench)).*"));
    }

    /** Also by those whose Pekko is elsewhere: whatever is no jar of Pekko and Scala themselves fits, too. */
    @Test
    void allThatIsNotPekkoOrScalaFitsToo() throws Exception {
        List<Path> others = artifacts.entrySet().stream()
                .filter(artifact -> !artifact.getKey().matches("(pekko-|scala-|config-|ssl-config|reactive-).*"))
                .map(Map.Entry::getValue)
                .toList();
        System.out.printf("embedded: without Pekko and Scala %d jars, %,d bytes%n", others.size(), bytes(others));
        assertThat(bytes(others)).isLessThanOrEqualTo(MOST_BYTES);
    }

    @Test
    void theProgramOfTheReadmePrintsItsOwnLineAndNothingElse() throws Exception {
        Path source = Files.writeString(temp.resolve("Tea.java"), readmeProgram());
        Path classes = temp.resolve("classes");
        String classPath = classes + File.pathSeparator + libraries.resolve("*");
        assertThat(run(
                        tool("javac"),
                        "-Xlint:all,-classfile",
                        "-cp",
                        libraries.resolve("*").toString(),
                        "-d",
                        classes.toString(),
                        source.toString()))
                .isEmpty();

        List<String> plain = run(tool("java"), "-cp", classPath, "Tea");
        assertThat(plain).contains("Order[item=tea, count=1]");
        List<String> others = new ArrayList<>(plain);
        others.remove("Order[item=tea, count=1]");
        others.removeIf(String::isBlank);
        System.out.printf(
                "embedded: %d lines of the JVM's own on JDK %s%n",
                others.size(), Runtime.version().feature());
        if (Runtime.version().feature() < JDK_THAT_WARNS) {
            assertThat(others).isEmpty();
        } else {
            assertThat(others)
                    .as("the JVM's own words")
                    .hasSizeLessThanOrEqualTo(8)
                    .allMatch(line -> line.startsWith("WARNING: "));
        }

        if (Runtime.version().feature() >= JDK_THAT_WARNS) {
            assertThat(run(tool("java"), SILENT[0], SILENT[1], "-cp", classPath, "Tea"))
                    .containsExactly("Order[item=tea, count=2]");
        }
    }

    @Test
    void theProgramOfTheReadmeRunsFromItsSource() throws Exception {
        Path source = Files.writeString(temp.resolve("Tea.java"), readmeProgram());
        assertThat(run(tool("java"), "-cp", libraries.resolve("*").toString(), source.toString()))
                .contains("Order[item=tea, count=1]");
    }

    private static String readmeProgram() throws IOException {
        Matcher block =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("../README.md")));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    /** Those whose name fits, and what is below them according to the descriptions that lie beside the jars. */
    private Set<String> neededBy(java.util.function.Predicate<String> isRoot) throws Exception {
        Map<String, List<String>> byId = new HashMap<>();
        for (Path jar : artifacts.values()) {
            byId.computeIfAbsent(artifactId(jar), id -> new ArrayList<>())
                    .add(jar.getFileName().toString());
        }
        Set<String> found = new TreeSet<>();
        Deque<String> open =
                new ArrayDeque<>(byId.keySet().stream().filter(isRoot).toList());
        while (!open.isEmpty()) {
            String id = open.pop();
            for (String name : byId.getOrDefault(id, List.of())) {
                if (found.add(name)) {
                    open.addAll(dependencies(artifacts.get(name)));
                }
            }
        }
        return found;
    }

    /** A jar of a repository lies in {@code artifact/version/}; one of this build in {@code module/target/}. */
    private static String artifactId(Path jar) {
        return jar.getParent().getParent().getFileName().toString();
    }

    private static List<String> dependencies(Path jar) throws Exception {
        Path pom = jar.resolveSibling(artifactId(jar) + "-" + jar.getParent().getFileName() + ".pom");
        if (!Files.exists(pom)) {
            return List.of();
        }
        NodeList all = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(pom.toFile())
                .getElementsByTagName("dependency");
        List<String> needed = new ArrayList<>();
        for (int i = 0; i < all.getLength(); i++) {
            Element dependency = (Element) all.item(i);
            boolean isManaged =
                    dependency.getParentNode().getParentNode().getNodeName().equals("dependencyManagement");
            String scope = text(dependency, "scope");
            if (!isManaged
                    && !text(dependency, "optional").equals("true")
                    && (scope.isEmpty() || scope.equals("compile") || scope.equals("runtime"))) {
                needed.add(text(dependency, "artifactId"));
            }
        }
        return needed;
    }

    private static String text(Element element, String tag) {
        NodeList found = element.getElementsByTagName(tag);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
    }

    private static long bytes(Iterable<Path> jars) throws IOException {
        long sum = 0;
        for (Path jar : jars) {
            sum += Files.size(jar);
        }
        return sum;
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /** What the command prints, on both streams. */
    private List<String> run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(Stream.of(command).toList())
                .directory(temp.toFile())
                .redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output.lines().toList();
    }
}
