package io.brickwork.walls;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Each module has the packages below one of its own, they form no cycle, and what a program embeds knows nothing of
 * commands and logging backends.
 */
@AnalyzeClasses(
        packages = "io.brickwork",
        importOptions = {ImportOption.DoNotIncludeTests.class, ModulesTest.NoTestJars.class})
class ModulesTest {
    /** The package that each module begins with. That of {@code sim-cli} lies in that of {@code sim}. */
    private static final List<String> MODULES = List.of(
            "io.brickwork.core",
            "io.brickwork.map",
            "io.brickwork.hashtable",
            "io.brickwork.btree",
            "io.brickwork.client",
            "io.brickwork.bricks",
            "io.brickwork.http",
            "io.brickwork.cli",
            "io.brickwork.demo",
            "io.brickwork.bench",
            "io.brickwork.check",
            "io.brickwork.sim",
            "io.brickwork.examples",
            "io.brickwork.torture");

    private static final String[] COMMANDS = {
        "io.brickwork.cli..",
        "io.brickwork.demo..",
        "io.brickwork.bench..",
        "io.brickwork.sim.cli..",
        "io.brickwork.torture..",
        "io.brickwork.examples.."
    };

    @ArchTest
    static void everyClassIsInAModuleAndNoModuleIsEmpty(JavaClasses all) {
        Set<String> found = all.stream()
                .map(type -> moduleOf(type.getPackageName()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(found).isEqualTo(new TreeSet<>(MODULES));
    }

    @ArchTest
    static void packagesOfAModuleFormNoCycle(JavaClasses all) {
        for (String module : MODULES) {
            slices().assignedFrom(packagesOf(module))
                    .should()
                    .beFreeOfCycles()
                    .because("whoever reads a package should have to know only those below it")
                    .allowEmptyShould(true) // a package alone
                    .check(all);
        }
    }

    @ArchTest
    static void modulesFormNoCycle(JavaClasses all) {
        slices().assignedFrom(modules()).should().beFreeOfCycles().check(all);
    }

    @ArchTest
    static final ArchRule whatProgramsUseKnowsNoCommand = noClasses()
            .that()
            .resideOutsideOfPackages(COMMANDS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "picocli..",
                    "me.tongfei..",
                    "ch.qos.logback..",
                    "org.apache.commons..",
                    "net.sf.extjwnl..",
                    "org.HdrHistogram..")
            .because("they would come into every program that embeds a map or tests with the simulator");

    @ArchTest
    static final ArchRule micrometerHasOneHome = classes()
            .that()
            .resideOutsideOfPackages("io.brickwork.bricks.meter..", "io.brickwork.http..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("io.micrometer..")
            .because("programs need not have it");

    private static String moduleOf(String name) {
        return MODULES.stream()
                .filter(module -> name.equals(module) || name.startsWith(module + "."))
                .findFirst()
                .orElse(name);
    }

    /** Each package of the module is a slice. */
    private static SliceAssignment packagesOf(String module) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                String name = type.getPackageName();
                return moduleOf(name).equals(module) ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages of " + module;
            }
        };
    }

    private static SliceAssignment modules() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(moduleOf(type.getPackageName()));
            }

            @Override
            public String getDescription() {
                return "modules";
            }
        };
    }

    /** Leaves out the test suites that modules share with each other. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar") && !location.contains("/test-classes/");
        }
    }
}
