package io.brickwork.torture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What a seed decides here, a plan, and what a recorded history decides, a judgement, must depend on nothing else. */
@AnalyzeClasses(packages = "io.brickwork.torture", importOptions = ImportOption.DoNotIncludeTests.class)
class SeedWallsTest {
    private static final String[] DECIDED = {"io.brickwork.torture.nemesis..", "io.brickwork.torture.judge.."};

    @ArchTest
    static final ArchRule plansAndJudgementsReadNoClock = noClasses()
            .that()
            .resideInAnyPackage(DECIDED)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("java.time..")
            .because("the same seed gives the same plan, and the same history the same judgement");

    @ArchTest
    static final ArchRule plansAndJudgementsDrawNoFreshRandomness = noClasses()
            .that()
            .resideInAnyPackage(DECIDED)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.security.SecureRandom")
            .orShould()
            .callConstructor(java.util.Random.class)
            .because("one seed decides everything that is planned");

    @ArchTest
    static final ArchRule plansAndJudgementsKnowNoProcesses = noClasses()
            .that()
            .resideInAnyPackage(DECIDED)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.brickwork.torture.process..",
                    "io.brickwork.torture.run..",
                    "io.brickwork.torture.client..",
                    "io.brickwork.bricks..",
                    "io.brickwork.cli..",
                    "java.net..");
}
