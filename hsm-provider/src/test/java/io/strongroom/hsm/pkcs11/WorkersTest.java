package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkersTest {

  @Test
  void submit_afterCloseWithNoPlaceFree_failsAtOnce() throws Exception {
    Workers workers =
        new Workers("test-", () -> 0, _ -> true, () -> new IllegalStateException("closed"));
    workers.close();
    Call<String> late = new Call<>(() -> "late", _ -> "never", true);

    workers.submit(late);

    assertThat(late.await(TimeUnit.SECONDS.toNanos(20))).isTrue();
    assertThatThrownBy(late::outcome).isInstanceOf(IllegalStateException.class);
  }
}
