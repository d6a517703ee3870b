package io.brickwork.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The bill of materials lists what is published, in the version that is built. */
class BomTest {
    /** Not for programs to depend on. */
    private static final Set<String> UNLISTED = Set.of("bom", "code-style", "examples", "walls");

    private static final Path PARENT = Path.of("..", "pom.xml");
    private static final Path BOM = Path.of("..", "bom", "pom.xml");

    @Test
    void everyPublishedModuleIsListed() throws IOException {
        List<String> published = all(PARENT, "<module>([^<]+)</module>").stream()
                .filter(module -> !UNLISTED.contains(module))
                .toList();
        List<String> listed = all(BOM, "<artifactId>([^<]+)</artifactId>");
        assertThat(listed.subList(1, listed.size())).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        assertThat(all(BOM, "<version>([^<]+)</version>").getFirst())
                .isEqualTo(all(PARENT, "<version>([^<]+)</version>").getFirst());
    }

    private static List<String> all(Path file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
