package io.strongroom.provider.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every service that the provider has itself, given what it should not be given: the exception is
 * the one of the JCA's contract, its message says something and tells no secret, no key is left
 * behind, and the next operation in the same session works. A service without cases fails.
 */
@ExtendWith(SoftHsmExtension.class)
class BadInputTest {

  private static final int LEAST_MESSAGE = 15;
  private static BadInputBench bench;
  private static List<String> secrets;

  @BeforeAll
  static void open(SoftHsmToken token, @TempDir Path dir) throws Exception {
    SoftHsmToken neighbour = SoftHsmToken.create(dir.resolve("other"), "other").withOwnLibrary();
    bench = new BadInputBench(token, neighbour);
    secrets =
        List.of(
            Files.readString(token.userPin()).strip(),
            HexFormat.of().formatHex(BadInputBench.secret(4)),
            "^^^^",
            "94, 94, 94");
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @TestFactory
  Stream<DynamicContainer> service_givenWhatItShouldNotBe_refusesByTheContract() {
    return bench.provider.getServices().stream()
        .filter(service -> service.getAttribute("Delegated") == null)
        .map(BadInputTest::cases);
  }

  private static DynamicContainer cases(Provider.Service service) {
    String name = service.getType() + " " + service.getAlgorithm();
    List<BadInput> cases = BadInputs.of(bench, service.getType(), service.getAlgorithm());
    assertThat(cases).as("no bad input for %s; add its cases", name).isNotEmpty();
    return DynamicContainer.dynamicContainer(
        name,
        cases.stream()
            .map(bad -> DynamicTest.dynamicTest(name + ": " + bad.what(), () -> check(bad))));
  }

  private static void check(BadInput bad) {
    Throwable thrown = catchThrowable(bad.use());
    assertThat(thrown).isInstanceOf(bad.contract());
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      requireNoSecret(String.valueOf(each.getMessage()));
    }
    if (thrown.getStackTrace()[0].getClassName().startsWith("io.strongroom")) {
      assertThat(thrown.getMessage()).hasSizeGreaterThan(LEAST_MESSAGE);
    }
    bench.requireWorking();
    assertThat(bench.strays()).isEmpty();
  }

  private static void requireNoSecret(String message) {
    assertThat(secrets)
        .noneMatch(
            secret -> message.toLowerCase(Locale.ROOT).contains(secret.toLowerCase(Locale.ROOT)));
  }
}
