package io.brickwork.sim.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherConstants;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * What JUnit's launcher is told of a test class that it runs, which may be one that must fail.
 *
 * @param passed names of the runs that passed
 * @param aborted names of those that were skipped
 * @param failures what the others threw
 */
record Launched(List<String> passed, List<String> aborted, List<Throwable> failures) {
    static Launched of(Class<?> fixture, Map<String, String> parameters) {
        return of(selectClass(fixture), parameters);
    }

    static Launched of(DiscoverySelector selector, Map<String, String> parameters) {
        Launched launched = new Launched(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selector)
                                .configurationParameters(parameters)
                                .configurationParameter(
                                        LauncherConstants.STACKTRACE_PRUNING_ENABLED_PROPERTY_NAME, "false")
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                launched.add(test, result);
                            }
                        });
        return launched;
    }

    private void add(TestIdentifier test, TestExecutionResult result) {
        switch (result.getStatus()) {
            case FAILED -> failures.add(result.getThrowable().orElseThrow());
            case ABORTED -> aborted.add(test.getDisplayName());
            case SUCCESSFUL -> {
                if (test.isTest()) {
                    passed.add(test.getDisplayName());
                }
            }
        }
    }

    /** Of the only failure. */
    String message() {
        assertThat(failures).hasSize(1);
        return String.valueOf(failures.getFirst().getMessage());
    }
}
