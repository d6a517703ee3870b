package io.brickwork.sim.traps;

import io.brickwork.core.defence.Defence;
import io.brickwork.core.defence.Defences;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link Trap} with all rules, and without each of those that it names. */
final class TrapExtension implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Method method = context.getRequiredTestMethod();
        Trap trap = method.getAnnotation(Trap.class);
        String name = "trap/" + method.getName();
        return Stream.concat(
                Stream.of(new Playing(name, null)),
                Arrays.stream(trap.without()).map(missing -> new Playing(name, missing)));
    }

    private record Playing(String name, @Nullable Defence missing)
            implements TestTemplateInvocationContext, ParameterResolver, InvocationInterceptor {
        @Override
        public String getDisplayName(int index) {
            return missing == null ? "holds" : "shows the lack of " + missing;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Stage.class;
        }

        @Override
        public Stage resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return new Stage(name, missing == null ? Defences.ALL : Defences.without(missing));
        }

        @Override
        public void interceptTestTemplateMethod(
                Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
                throws Throwable {
            if (missing == null) {
                invocation.proceed();
                return;
            }
            try {
                invocation.proceed();
            } catch (AssertionError noticed) {
                return;
            }
            throw new AssertionError("nobody notices that " + missing + " is missing");
        }
    }
}
