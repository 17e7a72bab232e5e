package io.strongroom.softhsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

class SoftHsmExtensionTest {
  private static final List<SoftHsmToken> SEEN = new CopyOnWriteArrayList<>();
  private static final List<FaultyLibrary> FAULTS = new CopyOnWriteArrayList<>();

  @BeforeEach
  void forget() {
    SEEN.clear();
    FAULTS.clear();
  }

  @Test
  void tests_askingThemselves_getATokenEach() {
    run(PerMethod.class);
    assertThat(SEEN).hasSize(4);
    assertThat(SEEN.stream().map(SoftHsmToken::dir).distinct()).hasSize(2);
    assertThat(SEEN.stream().map(SoftHsmToken::library).distinct()).hasSize(2);
  }

  @Test
  void tests_ofAClassThatAsked_shareItsToken() {
    run(PerClass.class);
    assertThat(SEEN).hasSize(3);
    assertThat(SEEN.stream().map(SoftHsmToken::dir).distinct()).hasSize(1);
  }

  @Test
  void faultyLibrary_askedFor_isOverTheTestsTokenAndGoneAfterwards() {
    run(WithFaults.class);
    assertThat(FAULTS).hasSize(2).doesNotHaveDuplicates();
    assertThat(FAULTS).allSatisfy(faults -> assertThat(faults.library()).doesNotExist());
    assertThat(FAULTS.getFirst().toString()).contains(SEEN.getFirst().toString());
  }

  @Test
  void tokens_afterTheRun_areGone() {
    run(PerMethod.class);
    run(PerClass.class);
    assertThat(SEEN).isNotEmpty().allSatisfy(token -> assertThat(token.dir()).doesNotExist());
  }

  private static void run(Class<?> tests) {
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build(),
            summary);
    assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(2);
    assertThat(summary.getSummary().getFailures()).isEmpty();
  }

  private static void see(SoftHsmToken token) {
    assertThat(Files.isRegularFile(token.conf())).isTrue();
    assertThat(token.library()).isRegularFile().hasParent(token.dir());
    SEEN.add(token);
  }

  @ExtendWith(SoftHsmExtension.class)
  static class PerMethod {
    @BeforeEach
    void before(SoftHsmToken token) {
      see(token);
    }

    @Test
    void one(SoftHsmToken token) {
      see(token);
    }

    @Test
    void two(SoftHsmToken token) {
      see(token);
    }
  }

  @ExtendWith(SoftHsmExtension.class)
  static class PerClass {
    @BeforeAll
    static void before(SoftHsmToken token) {
      see(token);
    }

    @Test
    void one(SoftHsmToken token) {
      see(token);
    }

    @Test
    void two(SoftHsmToken token) {
      see(token);
    }
  }

  @ExtendWith(SoftHsmExtension.class)
  static class WithFaults {
    @Test
    void one(SoftHsmToken token, FaultyLibrary faults) {
      see(token);
      FAULTS.add(faults);
      assertThat(faults.library()).isRegularFile();
    }

    @Test
    void two(FaultyLibrary faults) {
      FAULTS.add(faults);
    }
  }
}
