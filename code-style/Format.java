import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Checks or applies the Palantir format, Javadoc included, with ordered imports and without unused ones, on every Java
 * source below the given paths. Run by the build as a source file: {@code java Format.java check|write path[,path...]}.
 */
final class Format {
    private static final Style STYLE = Style.PALANTIR;
    private static final Formatter FORMATTER = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(STYLE).formatJavadoc(true).build());

    private enum Verdict {
        CLEAN,
        DIFFERS,
        UNREADABLE
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !List.of("check", "write").contains(args[0])) {
            throw new IllegalArgumentException("expected check|write and paths, found " + List.of(args));
        }
        boolean write = args[0].equals("write");
        Map<Path, Verdict> verdicts = new TreeMap<>();
        for (String root : args[1].split(",")) {
            sources(Path.of(root)).parallelStream()
                    .map(file -> Map.entry(file.normalize(), format(file, write)))
                    .toList()
                    .forEach(verdict -> verdicts.put(verdict.getKey(), verdict.getValue()));
        }
        boolean fails = false;
        for (var entry : verdicts.entrySet()) {
            if (entry.getValue() == Verdict.DIFFERS) {
                System.out.println((write ? "formatted " : "not formatted: ") + entry.getKey());
            }
            fails |= entry.getValue() == Verdict.UNREADABLE || (entry.getValue() == Verdict.DIFFERS && !write);
        }
        if (fails) {
            System.out.println("To format: mvn -o -q -pl code-style verify -Dformat=write");
            System.exit(1);
        }
    }

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !isBuilt(root.relativize(file)))
                    .toList();
        }
    }

    /** Build output and hidden directories are nobody's source. */
    private static boolean isBuilt(Path file) {
        for (Path part : file) {
            if (part.toString().equals("target") || part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static Verdict format(Path file, boolean write) {
        try {
            String found = Files.readString(file);
            String pruned = RemoveUnusedImports.removeUnusedImports(found);
            String expected = FORMATTER.formatSource(ImportOrderer.reorderImports(pruned, STYLE));
            if (expected.equals(found)) {
                return Verdict.CLEAN;
            }
            if (write) {
                Files.writeString(file, expected);
            }
            return Verdict.DIFFERS;
        } catch (FormatterException e) {
            System.out.println("cannot be formatted: " + file.normalize() + " " + e.getMessage());
            return Verdict.UNREADABLE;
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
