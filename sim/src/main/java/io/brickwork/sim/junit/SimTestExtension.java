package io.brickwork.sim.junit;

import io.brickwork.sim.cluster.SimCluster;
import io.brickwork.sim.cluster.SimulationOptions;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Makes an invocation of each seed of a {@link SimTest}. */
final class SimTestExtension implements TestTemplateInvocationContextProvider {
    private static final int RECORDED_LINES = 200_000;
    private static final String OUT = "target/sim-failures";

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getTestMethod()
                .map(method -> method.isAnnotationPresent(SimTest.class))
                .orElse(false);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Method method = context.getRequiredTestMethod();
        SimTest test = method.getAnnotation(SimTest.class);
        checkTakesACluster(method);
        Long only = seedProperty(context, "sim.seed");
        TestRuns runs = new TestRuns(
                context.getRequiredTestClass(),
                method,
                options(method, test),
                test.twice(),
                context.getConfigurationParameter("sim.lines")
                        .map(text -> (int) number("sim.lines", text))
                        .orElse(RECORDED_LINES),
                Path.of(context.getConfigurationParameter("sim.out").orElse(OUT)),
                seedProperty(context, "sim.trace"));
        SeedsOfTest seeds = new SeedsOfTest(runs, seeds(context, method, test, only), only != null);
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(seeds, Spliterator.ORDERED), false);
    }

    private static void checkTakesACluster(Method method) {
        if (Arrays.stream(method.getParameterTypes()).noneMatch(type -> type.equals(SimCluster.class))) {
            throw new ExtensionConfigurationException(
                    "@SimTest %s has no cluster to test with: give it a parameter, as in 'void %s(SimCluster cluster)'"
                            .formatted(method, method.getName()));
        }
    }

    private static LongStream seeds(ExtensionContext context, Method method, SimTest test, @Nullable Long only) {
        if (only != null) {
            return LongStream.of(only);
        }
        long count = context.getConfigurationParameter("sim.seeds")
                .map(text -> number("sim.seeds", text))
                .orElse((long) test.seeds());
        if (count < 1) {
            throw new ExtensionConfigurationException(
                    "@SimTest %s asks for %d seeds, which tests nothing: seeds, or -Dsim.seeds, must be at least 1"
                            .formatted(method, count));
        }
        Long base = seedProperty(context, "sim.base");
        long first = base == null ? test.baseSeed() : base;
        return LongStream.range(0, count).map(i -> first + i);
    }

    private static SimulationOptions options(Method method, SimTest test) {
        try {
            return new SimulationOptions(
                    test.bricks(),
                    Duration.ofSeconds(test.hangsAfterSeconds()),
                    Duration.ofMinutes(test.endsAfterMinutes()),
                    0);
        } catch (IllegalArgumentException e) {
            throw new ExtensionConfigurationException("@SimTest %s: %s".formatted(method, e.getMessage()), e);
        }
    }

    /** JUnit's configuration parameters are the system properties, and what a build sets for the engine. */
    private static @Nullable Long seedProperty(ExtensionContext context, String key) {
        Optional<String> text = context.getConfigurationParameter(key);
        return text.isPresent() ? (Long) number(key, text.get()) : null;
    }

    private static long number(String key, String text) {
        try {
            return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ExtensionConfigurationException(
                    "-D%s=%s is no number: write it like 100, or like 0x5eed0000".formatted(key, text), e);
        }
    }
}
