package io.strongroom.softhsm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a real token of their own: {@code @ExtendWith(SoftHsmExtension.class)} and a
 * parameter of type {@link SoftHsmToken}, of {@link FaultyLibrary} over that token, or both.
 *
 * <p>Asked for in a constructor or {@code @BeforeAll} method, the token belongs to the test class
 * and all its tests share it; asked for in tests or {@code @BeforeEach} methods only, each test
 * gets a fresh one; the same goes for a faulty library. Each token has its own copy of the library,
 * so that tokens in one JVM do not disturb each other. Tokens are deleted when their class or test
 * is over.
 *
 * <p>Where SoftHSM2 is missing the test fails with the error that says how to get it; it is never
 * skipped.
 */
public final class SoftHsmExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(SoftHsmExtension.class);

  /** Made by JUnit. */
  public SoftHsmExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == SoftHsmToken.class || type == FaultyLibrary.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // A store shows what its parents hold: the class's token, if there is one, wins.
    ExtensionContext.Store store = context.getStore(NAMESPACE);
    SoftHsmToken token =
        store.computeIfAbsent(TestToken.class, _ -> TestToken.create(), TestToken.class).token();
    return parameter.getParameter().getType() == SoftHsmToken.class
        ? token
        : store.computeIfAbsent(
            FaultyLibrary.class, _ -> FaultyLibrary.over(token), FaultyLibrary.class);
  }

  /** Closed by JUnit with the store that holds it. */
  private record TestToken(Path dir, SoftHsmToken token) implements AutoCloseable {
    static TestToken create() {
      try {
        Path dir = Files.createTempDirectory("strongroom-token-");
        try {
          return new TestToken(dir, SoftHsmToken.create(dir, "test").withOwnLibrary());
        } catch (SoftHsmException e) {
          TokenFiles.deleteTree(dir);
          throw e;
        }
      } catch (IOException e) {
        throw new SoftHsmException("cannot make a folder for a test's token: " + e, e);
      }
    }

    @Override
    public void close() throws IOException {
      TokenFiles.deleteTree(dir);
    }
  }
}
