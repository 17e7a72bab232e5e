package io.strongroom.custody;

import io.strongroom.custody.store.PostgresExtension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests their {@link TestStore}: a file, or PostgreSQL where an enclosing class says so. */
final class StoreExtension implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestStore.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    boolean postgres =
        context.getRequiredTestInstances().getAllInstances().stream()
            .anyMatch(test -> test.getClass().isAnnotationPresent(OnPostgres.class));
    return postgres
        ? new TestStore.OnServer(PostgresExtension.server(context))
        : new TestStore.OnFile();
  }
}
