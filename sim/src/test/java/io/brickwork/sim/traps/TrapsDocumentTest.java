package io.brickwork.sim.traps;

import static org.assertj.core.api.Assertions.assertThat;

import io.brickwork.core.defence.Defence;
import io.brickwork.sim.power.PlantedBug;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about traps says what is there. */
class TrapsDocumentTest {
    private static final Path ROOT = root();
    private static final Pattern ROW = Pattern.compile("\\| T(\\d+) \\|[^|]*\\|([^|]*)\\|([^|]*)\\|");
    private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");
    private static final Pattern RULE = Pattern.compile("`([A-Z_]+)`");
    private static final List<Class<?>> SCRIPTS = List.of(
            CommitTrapsTest.class,
            ReadTrapsTest.class,
            ViewTrapsTest.class,
            RecoveryTrapsTest.class,
            RetryTrapsTest.class,
            SplitTrapsTest.class,
            TransactionTrapsTest.class);

    private static final Map<Integer, String> ROWS = rows();

    @Test
    void eachTrapIsShownOrSaidToBeStillToCome() {
        String text = page();
        List<Integer> neither = IntStream.rangeClosed(1, 77)
                .filter(trap -> !ROWS.containsKey(trap))
                .filter(trap -> !mentions(text, trap))
                .boxed()
                .toList();
        assertThat(neither).isEmpty();
    }

    private static boolean mentions(String text, int trap) {
        return Pattern.compile("\\bT" + trap + "\\b").matcher(text).find();
    }

    @Test
    void testsThatItNamesExist() {
        Map<String, String> sources = testSources();
        List<String> missing = new ArrayList<>();
        ROWS.forEach((trap, row) -> {
            Matcher named = NAMED_TEST.matcher(row);
            assertThat(named.find()).as("a test that shows T%d", trap).isTrue();
            named.reset();
            while (named.find()) {
                String source = sources.getOrDefault(named.group(1), "");
                if (!source.contains("void " + named.group(2) + "(")) {
                    missing.add("T" + trap + " " + named.group());
                }
            }
        });
        assertThat(missing).isEmpty();
    }

    @Test
    void rulesThatItNamesExistAndEachIsNamedWhereItsScriptSaysSo() {
        Map<Integer, TreeSet<String>> rules = new TreeMap<>();
        ROWS.forEach((trap, row) -> {
            Matcher rule = RULE.matcher(row);
            while (rule.find()) {
                rules.computeIfAbsent(trap, none -> new TreeSet<>())
                        .add(Defence.valueOf(rule.group(1)).name());
            }
        });
        for (Method script : scripts()) {
            Trap trap = script.getAnnotation(Trap.class);
            for (int number : trap.value()) {
                assertThat(ROWS.get(number)).as("T%d", number).contains(script.getName());
            }
            for (Defence rule : trap.without()) {
                assertThat(Arrays.stream(trap.value())
                                .anyMatch(number -> rules.getOrDefault(number, new TreeSet<>())
                                        .contains(rule.name())))
                        .as("%s is named for one of the traps of %s", rule, script.getName())
                        .isTrue();
            }
        }
    }

    @Test
    void eachRuleThatSchedulesShowHasAScript() {
        EnumSet<Defence> scripted = EnumSet.noneOf(Defence.class);
        scripts()
                .forEach(script -> scripted.addAll(
                        Arrays.asList(script.getAnnotation(Trap.class).without())));
        assertThat(scripted)
                .containsAll(PlantedBug.SHOWN_BY_SCHEDULES)
                .doesNotContainAnyElementsOf(PlantedBug.NOT_SHOWN_YET);
    }

    private static List<Method> scripts() {
        return SCRIPTS.stream()
                .flatMap(suite -> Arrays.stream(suite.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Trap.class))
                .toList();
    }

    private static Map<Integer, String> rows() {
        Map<Integer, String> rows = new TreeMap<>();
        Matcher row = ROW.matcher(page());
        while (row.find()) {
            rows.put(Integer.parseInt(row.group(1)), row.group(2) + row.group(3));
        }
        return rows;
    }

    private static String page() {
        return read(ROOT.resolve("docs").resolve("traps.md"));
    }

    /** By the name of the class; several of one name in one text. */
    private static Map<String, String> testSources() {
        try (Stream<Path> files = Files.walk(ROOT, 12)) {
            return files.filter(file -> file.toString().contains("/src/test/java/")
                            && file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            TrapsDocumentTest::read,
                            String::concat,
                            TreeMap::new));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("docs")) ? here : here.getParent();
    }
}
