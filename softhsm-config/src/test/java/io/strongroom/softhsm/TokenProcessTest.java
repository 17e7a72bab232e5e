package io.strongroom.softhsm;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenProcessTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private SoftHsmToken token;

  @BeforeAll
  void useOneToken(SoftHsmToken token) {
    this.token = token;
  }

  @Test
  void start_main_seesTheTokensEnvironmentAndItsArguments() throws InterruptedException {
    try (TokenProcess process = TokenProcess.start(token, Echo.class, "one", "two")) {
      assertThat(process.awaitExit(LIMIT)).isZero();
      assertThat(process.output())
          .containsExactly("one two", token.conf().toString(), "to standard error");
    }
  }

  @Test
  void start_mainThatThrows_endsWithOneAndShowsTheStack() throws InterruptedException {
    try (TokenProcess process = TokenProcess.start(token, Thrower.class)) {
      assertThat(process.awaitExit(LIMIT)).isOne();
      assertThat(String.join("\n", process.output())).contains("on purpose");
    }
  }

  @Test
  void awaitLine_processEndsWithoutIt_failsAtOnceWithItsOutput() {
    try (TokenProcess process = TokenProcess.start(token, Echo.class, "hello")) {
      assertThatThrownBy(() -> process.awaitLine("never"::equals, LIMIT))
          .isInstanceOf(SoftHsmException.class)
          .hasMessageContaining("ended")
          .hasMessageContaining("hello");
    }
  }

  @Test
  void awaitLine_silentProcess_failsAfterTheLimit() {
    try (TokenProcess process = TokenProcess.start(token, Sleeper.class)) {
      assertThatThrownBy(() -> process.awaitLine("never"::equals, Duration.ofMillis(50)))
          .isInstanceOf(SoftHsmException.class)
          .hasMessageContaining("PT0.05S");
    }
  }

  @Test
  void awaitExit_runningProcess_failsAfterTheLimit() {
    try (TokenProcess process = TokenProcess.start(token, Sleeper.class)) {
      assertThatThrownBy(() -> process.awaitExit(Duration.ofMillis(50)))
          .isInstanceOf(SoftHsmException.class)
          .hasMessageContaining("still runs");
    }
  }

  @Test
  void close_runningProcess_isGone() {
    TokenProcess process = TokenProcess.start(token, Sleeper.class);
    process.close();
    process.close();
    assertThat(process.isAlive()).isFalse();
    assertThat(ProcessHandle.of(process.pid()).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void close_ofItsParent_endsTheGrandchildToo() throws InterruptedException {
    long grandchild;
    try (TokenProcess process = TokenProcess.start(token, Parent.class, token.dir().toString())) {
      grandchild =
          Long.parseLong(process.awaitLine(line -> line.startsWith("child="), LIMIT).substring(6));
      assertThat(ProcessHandle.of(grandchild)).isPresent();
    }
    await()
        .atMost(30, SECONDS)
        .until(() -> ProcessHandle.of(grandchild).filter(ProcessHandle::isAlive).isEmpty());
  }

  static final class Echo {
    public static void main(String[] args) {
      System.out.println(String.join(" ", args));
      System.out.println(System.getenv("SOFTHSM2_CONF"));
      System.err.println("to standard error");
    }
  }

  static final class Thrower {
    public static void main(String[] args) {
      throw new IllegalStateException("on purpose");
    }
  }

  static final class Sleeper {
    public static void main(String[] args) throws InterruptedException {
      Thread.currentThread().join();
    }
  }

  static final class Parent {
    public static void main(String[] args) throws InterruptedException {
      TokenProcess child =
          TokenProcess.start(SoftHsmToken.open(java.nio.file.Path.of(args[0])), Sleeper.class);
      System.out.println("child=" + child.pid());
      child.awaitExit(Duration.ofHours(1));
    }
  }
}
