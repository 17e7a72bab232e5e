package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.chain.Background;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wrapping keys go beside the call that has done with them, and are gone when custody closes. */
class DisposalTest extends TokenTest {

  private static final byte[] MATERIAL = Materials.bytes(32, 77);

  private final CountDownLatch goOn = new CountDownLatch(1);
  private CmkDescription cmk;
  private MaterialImport material;

  @BeforeEach
  void keyThatWaitsForMaterial() {
    cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    material =
        MaterialImport.of(parameters.token(), OpenSsl.oaepSha1(parameters.publicKey(), MATERIAL));
  }

  @Test
  void import_destructionHangs_answersAllTheSame() {
    try (Custody custody = Custody.open(hooked(this::hang), test.storeUrl(), test.clock)) {
      KeyService bob = custody.as("bob");
      assertThat(bob.importKeyMaterial(id(cmk), material).state()).isEqualTo(KeyState.ENABLED);
      assertThat(test.labels("custody/wrapping/")).hasSize(1);

      custody.keepHouse();
      assertThat(test.labels("custody/wrapping/")).as("nobody else needs to see to it").hasSize(1);
      assertThat(bob.examineCustody().findings())
          .noneMatch(finding -> finding.label().startsWith("custody/wrapping/"));
      goOn.countDown();
    }
    assertThat(test.labels("custody/wrapping/")).as("closed").isEmpty();
  }

  @Test
  void import_destructionFails_isLeftToTheNextHousekeeping() {
    Runnable away =
        () -> {
          throw new HsmException.DeviceUnavailable("the device went away, as arranged");
        };
    try (Custody custody = Custody.open(hooked(away), test.storeUrl(), test.clock)) {
      custody.as("bob").importKeyMaterial(id(cmk), material);
    }
    assertThat(test.labels("custody/wrapping/")).hasSize(1);

    test.custody().keepHouse();

    assertThat(test.labels("custody/wrapping/")).isEmpty();
  }

  @Test
  void soon_moreThanMayWait_isDoneByTheCaller() {
    List<String> settled = new ArrayList<>();
    ManualBackground background = new ManualBackground();
    Disposal disposal = new Disposal(settled::add, background);
    List<String> many =
        IntStream.rangeClosed(0, Disposal.MOST_WAITING).mapToObj(Integer::toString).toList();

    disposal.soon(many);

    assertThat(settled).containsExactly(many.getLast());
    assertThat(many).filteredOn(disposal::isUnderWay).hasSize(Disposal.MOST_WAITING);
    background.run();
    assertThat(settled).containsExactlyInAnyOrderElementsOf(many);
    assertThat(many).noneMatch(disposal::isUnderWay);
  }

  @Test
  void close_manyWait_waitsForAll() {
    List<String> settled = new ArrayList<>();
    Disposal disposal = new Disposal(settled::add, Background.thread("disposal-test"));
    List<String> many = IntStream.range(0, 20).mapToObj(Integer::toString).toList();

    disposal.soon(many);
    disposal.close();
    assertThat(settled).containsExactlyElementsOf(many);

    disposal.soon(List.of("late"));
    assertThat(settled).as("after the end the caller does it").endsWith("late");
  }

  @Test
  void soon_settlingFails_isNoLongerUnderWay() {
    ManualBackground background = new ManualBackground();
    Disposal disposal =
        new Disposal(
            _ -> {
              throw new IllegalStateException("closed meanwhile");
            },
            background);
    disposal.soon(List.of("a"));
    background.run();
    assertThat(disposal.isUnderWay("a")).isFalse();
  }

  private Hsm hooked(Runnable hook) {
    return HookedHsm.wrap(hsm, "before:destroy:1", hook);
  }

  private void hang() {
    try {
      goOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
