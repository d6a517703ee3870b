package io.brickwork.walls;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.haveModifier;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The walls of the project: what a package may not reach for, so that the machines in it give the same effects for the
 * same inputs and each foreign library has one home. {@link WallsRejectTest} shows that every wall stands.
 */
@AnalyzeClasses(
        packages = "io.brickwork",
        importOptions = {ImportOption.DoNotIncludeTests.class, ModulesTest.NoTestJars.class})
class WallsTest {
    /**
     * Classes of core, by full name, that other threads read while their machine runs. They alone may use
     * {@code java.util.concurrent.atomic}, {@code VarHandle} and the rest of {@code java.util.concurrent}; threads,
     * clocks and fresh randomness stay forbidden to them too.
     */
    private static final Set<String> SEEN_BY_OTHER_THREADS = Set.of("io.brickwork.core.partition.read.ReadView");

    private static final String[] STRUCTURES = {
        "io.brickwork.core..", "io.brickwork.map..", "io.brickwork.hashtable..", "io.brickwork.btree.."
    };

    private static final String[] CORE = {"io.brickwork.core.."};

    /** Codecs look classes up and never walk through what they have found. */
    private static final String[] NO_MACHINES = {"io.brickwork.core.codec.."};

    /** What a seed decides: everything in sim but what meets people and the processor's clock. */
    private static final String[] WORLDS = {
        "io.brickwork.sim.kernel..",
        "io.brickwork.sim.world..",
        "io.brickwork.sim.scenario..",
        "io.brickwork.sim.network..",
        "io.brickwork.sim.disk..",
        "io.brickwork.sim.workload..",
        "io.brickwork.check..",
        "io.brickwork.sim.metadata.."
    };

    /** Asks whether a placement was tried before, and never walks through those that were. */
    private static final String ASKS_ITS_HASH_SET_ONLY = "io.brickwork.check.OrderSearch";

    private static final String REPLICATION = "io.brickwork.core.Replication";

    /** Where a way of replication is chosen: its rules, and its two sides of the conversation between members. */
    private static final Set<String> CHOOSE_BY_REPLICATION =
            Set.of("io.brickwork.core.group.GroupRules", "io.brickwork.core.partition.ReplicationFactory");

    /** A wall around a package that was renamed would stand around nothing. */
    @ArchTest
    static void everyWallStandsAroundSomething(JavaClasses classes) {
        Stream.of(STRUCTURES, CORE, NO_MACHINES, WORLDS)
                .flatMap(Stream::of)
                .forEach(pattern -> assertThat(classes)
                        .as("classes in %s", pattern)
                        .anyMatch(type -> PackageMatcher.of(pattern).matches(type.getPackageName())));
        Stream.of(SEEN_BY_OTHER_THREADS, CHOOSE_BY_REPLICATION, Set.of(ASKS_ITS_HASH_SET_ONLY))
                .flatMap(Set::stream)
                .forEach(name -> assertThat(classes.contain(name)).as(name).isTrue());
    }

    @ArchTest
    static final ArchRule packagesOfCoreFormNoCycle = slices().assignedFrom(packagesBelow("io.brickwork.core"))
            .should()
            .beFreeOfCycles()
            .because("whoever reads a package should have to know only those below it");

    @ArchTest
    static final ArchRule structuresKnowNoInfrastructure = noClasses()
            .that()
            .resideInAnyPackage(STRUCTURES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.pekko..",
                    "io.netty..",
                    "org.lmdbjava..",
                    "com.esotericsoftware..",
                    "org.slf4j..",
                    "ch.qos.logback..")
            .because("the simulator runs them without a network, a disk or a log")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule structuresReadNoClock = noClasses()
            .that()
            .resideInAnyPackage(STRUCTURES)
            .should()
            .accessTargetWhere(readsAClock())
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .because("time is an input of a machine's step")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule worldsReadNoClock = noClasses()
            .that()
            .resideInAnyPackage(WORLDS)
            .should()
            .accessTargetWhere(readsAClock())
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .because("a world has its own time");

    @ArchTest
    static final ArchRule worldsDrawNoFreshRandomness = noClasses()
            .that()
            .resideInAnyPackage(WORLDS)
            .should()
            .accessTargetWhere(drawsFreshRandomness())
            .orShould()
            .dependOnClassesThat(named("java.util.concurrent.ThreadLocalRandom", "java.security.SecureRandom"))
            .because("one seed decides everything");

    @ArchTest
    static final ArchRule worldsKeepNoHashOrderedCollections = noClasses()
            .that()
            .resideInAnyPackage(WORLDS)
            .and()
            .doNotHaveFullyQualifiedName(ASKS_ITS_HASH_SET_ONLY)
            .should()
            .dependOnClassesThat(named(
                    "java.util.HashMap", "java.util.HashSet", "java.util.IdentityHashMap", "java.util.WeakHashMap"))
            .orShould()
            .accessTargetWhere(makesAHashOrderedCollection())
            .orShould()
            .accessTargetWhere(hashesByAddress())
            .because("one seed decides everything, in every JVM");

    @ArchTest
    static final ArchRule structuresDrawNoFreshRandomness = noClasses()
            .that()
            .resideInAnyPackage(STRUCTURES)
            .should()
            .accessTargetWhere(drawsFreshRandomness())
            .orShould()
            .dependOnClassesThat(named("java.util.concurrent.ThreadLocalRandom", "java.security.SecureRandom"))
            .because("jitter comes from a seeded generator handed in, ids from counters in the state")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule coreStartsNoThreads = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .dependOnClassesThat(isAThreadOrRunsThem())
            .because("whoever runs a machine brings the threads")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule coreSharesNoMemoryBetweenThreads = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .and(DescribedPredicate.not(areOneOf(SEEN_BY_OTHER_THREADS)))
            .should()
            .dependOnClassesThat(coordinatesThreads())
            .because("a machine has one thread at a time")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule coreLocksNothing = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(CORE)
            .should(haveModifier(JavaModifier.SYNCHRONIZED))
            .because("a machine has one thread at a time")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule machinesKeepNoHashOrderedCollections = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .and()
            .resideOutsideOfPackages(NO_MACHINES)
            .should()
            .dependOnClassesThat(named(
                    "java.util.HashMap", "java.util.HashSet", "java.util.IdentityHashMap", "java.util.WeakHashMap"))
            .orShould()
            .accessTargetWhere(makesAHashOrderedCollection())
            .because("nobody chose their order, and that of Set.of and Map.of changes with every JVM run")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule lmdbHasOneHome = noClasses()
            .that()
            .resideOutsideOfPackage("io.brickwork.bricks.lmdb..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.lmdbjava..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule pekkoLivesInBricks = noClasses()
            .that()
            .resideOutsideOfPackages("io.brickwork.bricks..", "io.brickwork.http..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.pekko..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule rulesAreLeftOutInSimulationsOnly = noClasses()
            .that()
            .resideOutsideOfPackages("io.brickwork.core.defence..", "io.brickwork.sim..")
            .should()
            .accessTargetWhere(target(
                    "that leaves a rule out",
                    (owner, target) -> owner.equals("io.brickwork.core.defence.Defences")
                            && target.getName().equals("without")))
            .because("a brick that ships keeps all of them");

    @ArchTest
    static final ArchRule waysOfReplicationAreToldApartInTwoPlaces = noClasses()
            .that()
            .resideOutsideOfPackages("io.brickwork.sim..", "io.brickwork.torture..", "io.brickwork.bench..")
            .and(DescribedPredicate.not(areOneOf(CHOOSE_BY_REPLICATION)))
            .and()
            .doNotHaveFullyQualifiedName(REPLICATION)
            .should()
            .accessTargetWhere(target(
                    "that tells ways of replication apart",
                    (owner, target) -> owner.equals(REPLICATION)
                            && Set.of("TWO_PHASE", "CHAIN", "ordinal", "compareTo", "name")
                                    .contains(target.getName())))
            .because("everybody else asks the rules, the replicator and the follower");

    /** Each package below this one, itself included, is a slice. */
    static SliceAssignment packagesBelow(String root) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                String name = type.getPackageName();
                return name.equals(root) || name.startsWith(root + ".")
                        ? SliceIdentifier.of(name)
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages of " + root;
            }
        };
    }

    private static DescribedPredicate<JavaAccess<?>> readsAClock() {
        return target("that reads a clock", (owner, target) -> switch (owner) {
            case "java.lang.System" -> Set.of("nanoTime", "currentTimeMillis").contains(target.getName());
            case "java.util.Date" ->
                target.getName().equals("<init>") && parameters(target).isEmpty();
            default -> owner.startsWith("java.time.") && target.getName().equals("now");
        });
    }

    private static DescribedPredicate<JavaAccess<?>> drawsFreshRandomness() {
        return target("that draws fresh randomness", (owner, target) -> switch (owner) {
            case "java.util.Random", "java.util.SplittableRandom" ->
                target.getName().equals("<init>") && parameters(target).isEmpty();
            case "java.lang.Math", "java.lang.StrictMath" -> target.getName().equals("random");
            case "java.util.UUID" -> target.getName().equals("randomUUID");
            case "java.util.Collections" ->
                target.getName().equals("shuffle") && parameters(target).size() == 1;
            case "java.util.random.RandomGenerator" ->
                Set.of("of", "getDefault").contains(target.getName());
            default -> false;
        });
    }

    private static DescribedPredicate<JavaAccess<?>> makesAHashOrderedCollection() {
        return target("that makes a hash-ordered collection", (owner, target) -> switch (owner) {
            case "java.util.Set", "java.util.Map" ->
                Set.of("of", "copyOf", "ofEntries").contains(target.getName()) && !holdsAtMostOneElement(owner, target);
            case "java.util.stream.Collectors" ->
                Set.of("toSet", "toUnmodifiableSet", "toUnmodifiableMap").contains(target.getName());
            default -> false;
        });
    }

    private static DescribedPredicate<JavaAccess<?>> hashesByAddress() {
        return target(
                "that hashes by address",
                (owner, target) -> target.getName().equals("identityHashCode")
                        || (owner.equals("java.lang.Object") && target.getName().equals("hashCode")));
    }

    /** {@code Set.of()}, {@code Set.of(e)}, {@code Map.of()} and {@code Map.of(k, v)} have no order to get wrong. */
    private static boolean holdsAtMostOneElement(String owner, AccessTarget target) {
        List<JavaClass> parameters = parameters(target);
        boolean hasNoArray = parameters.stream().noneMatch(JavaClass::isArray);
        return target.getName().equals("of") && hasNoArray && parameters.size() <= (owner.endsWith("Map") ? 2 : 1);
    }

    private static DescribedPredicate<JavaClass> isAThreadOrRunsThem() {
        return describe("are threads or run them", type -> {
            String name = type.getName();
            return type.isAssignableTo(Thread.class)
                    || type.isAssignableTo(ThreadLocal.class)
                    || name.startsWith("java.lang.Thread$")
                    || name.startsWith("java.util.Timer")
                    || name.startsWith("java.util.concurrent.ForkJoin")
                    || (name.startsWith("java.util.concurrent.")
                            && name.contains("Execut")
                            && !name.endsWith("Exception"));
        });
    }

    private static DescribedPredicate<JavaClass> coordinatesThreads() {
        Set<String> harmless = Set.of(
                "java.util.concurrent.CompletionStage",
                "java.util.concurrent.CompletionException",
                "java.util.concurrent.CancellationException",
                "java.util.concurrent.ExecutionException",
                "java.util.concurrent.TimeoutException",
                "java.util.concurrent.TimeUnit");
        return describe("coordinate threads", type -> {
            String name = type.getName();
            return name.equals("java.lang.invoke.VarHandle")
                    || (name.startsWith("java.util.concurrent.")
                            && !name.startsWith("java.util.concurrent.Concurrent")
                            && !harmless.contains(name));
        });
    }

    private static DescribedPredicate<JavaClass> areOneOf(Set<String> names) {
        return describe(
                "are one of " + names,
                type -> names.stream()
                        .anyMatch(name ->
                                type.getName().equals(name) || type.getName().startsWith(name + "$")));
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        Set<String> wanted = Set.of(names);
        return describe("are one of " + List.of(names), type -> wanted.contains(type.getName()));
    }

    private interface TargetTest {
        boolean test(String owner, AccessTarget target);
    }

    /** Calls and method references alike. */
    private static DescribedPredicate<JavaAccess<?>> target(String description, TargetTest test) {
        return describe(description, access -> test.test(access.getTargetOwner().getName(), access.getTarget()));
    }

    private static List<JavaClass> parameters(AccessTarget target) {
        return target instanceof AccessTarget.CodeUnitAccessTarget code ? code.getRawParameterTypes() : List.of();
    }
}
