package io.strongroom.softhsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftHsmTokenTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path dir;

  @Test
  void create_newFolder_tokenLetsItsUserInAndKeepsKeys() throws Exception {
    SoftHsmToken token = SoftHsmToken.create(dir.resolve("new/a"), "payments");
    assertThat(use(token, "add")).isEqualTo("keys=1");
    assertThat(use(token, "count")).isEqualTo("keys=1");
  }

  @Test
  void create_files_areReadableByTheirOwnerOnly() throws IOException {
    SoftHsmToken token = SoftHsmToken.create(dir, "payments");
    assertThat(mode(token.userPin())).isEqualTo("rw-------");
    assertThat(mode(token.officerPin())).isEqualTo("rw-------");
    assertThat(mode(dir.resolve("tokens"))).isEqualTo("rwx------");
  }

  @Test
  void create_pins_areLongAndDiffer() throws IOException {
    SoftHsmToken token = SoftHsmToken.create(dir, "payments");
    String user = Files.readString(token.userPin());
    String officer = Files.readString(token.officerPin());
    assertThat(user).matches("[A-Za-z0-9_-]{32}").isNotEqualTo(officer);
    assertThat(officer).matches("[A-Za-z0-9_-]{32}");
  }

  @Test
  void create_secondTime_isRefusedAndFirstStays() throws Exception {
    SoftHsmToken token = SoftHsmToken.create(dir, "payments");
    use(token, "add");
    assertThatThrownBy(() -> SoftHsmToken.create(dir, "other"))
        .isInstanceOf(SoftHsmException.class)
        .hasMessageContaining("token already")
        .hasMessageContaining(dir.toString());
    assertThat(use(token, "count")).isEqualTo("keys=1");
  }

  @Test
  void create_twoCallersAtOnce_oneGetsTheTokenAndItWorks() throws Exception {
    List<Object> outcomes = new CopyOnWriteArrayList<>();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> callers = new ArrayList<>();
    for (String label : List.of("one", "two")) {
      callers.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  go.await();
                  outcomes.add(SoftHsmToken.create(dir, label));
                } catch (SoftHsmException | InterruptedException e) {
                  outcomes.add(e);
                }
              }));
    }
    go.countDown();
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(outcomes).hasSize(2).hasAtLeastOneElementOfType(SoftHsmException.class);
    SoftHsmToken winner = only(outcomes, SoftHsmToken.class);
    assertThat(SoftHsmToken.open(dir).label()).isEqualTo(winner.label());
    assertThat(use(winner, "add")).isEqualTo("keys=1");
  }

  @Test
  void create_strayPinFile_isRefusedAndUntouched() throws IOException {
    Path pin = Files.writeString(dir.resolve("user.pin"), "mine");
    assertThatThrownBy(() -> SoftHsmToken.create(dir, "payments"))
        .isInstanceOf(SoftHsmException.class)
        .hasMessageContaining("user.pin exists");
    assertThat(pin).hasContent("mine");
    assertThat(dir).isDirectoryContaining(pin::equals);
    assertThat(names()).containsExactly("user.pin");
  }

  @Test
  void create_libraryThatIsNone_failsAndLeavesNothing() throws IOException {
    Path noLibrary = Files.writeString(dir.resolve("libnone.so"), "not a library");
    Path folder = dir.resolve("a");
    assertThatThrownBy(() -> SoftHsmToken.create(folder, "payments", noLibrary))
        .isInstanceOf(SoftHsmException.class)
        .hasMessageContaining("cannot initialise token \"payments\"")
        .hasMessageContaining("libnone.so");
    assertThat(folder).doesNotExist();
  }

  @Test
  void create_failureInNodeFolder_leavesOtherFilesAlone() throws IOException {
    Path noLibrary = Files.writeString(dir.resolve("libnone.so"), "not a library");
    Files.writeString(dir.resolve("node.yaml"), "name: a");
    assertThatThrownBy(() -> SoftHsmToken.create(dir, "payments", noLibrary))
        .isInstanceOf(SoftHsmException.class);
    assertThat(names()).containsExactlyInAnyOrder("libnone.so", "node.yaml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " padded ", "line\nbreak", "a label of more than thirty-two bytes"})
  void create_unusableLabel_isRefusedBeforeAnythingIsMade(String label) throws IOException {
    assertThatThrownBy(() -> SoftHsmToken.create(dir, label))
        .isInstanceOf(SoftHsmException.class)
        .hasMessageContaining("label");
    assertThat(names()).isEmpty();
  }

  @Test
  void create_labelOutsideAscii_works() throws Exception {
    SoftHsmToken token = SoftHsmToken.create(dir, "clé 1");
    assertThat(use(token, "add")).isEqualTo("keys=1");
    assertThat(token.url()).startsWith("pkcs11:token=cl%C3%A9%201?");
  }

  @Test
  void url_namesLibraryPinFileAndConfiguration() {
    SoftHsmToken token = SoftHsmToken.create(dir, "payments");
    assertThat(token.url())
        .isEqualTo(
            "pkcs11:token=payments?module-path=%s&pin-source=file:%s&x-env=SOFTHSM2_CONF=%s",
            SoftHsm.library(), dir.resolve("user.pin"), dir.resolve("softhsm2.conf"));
    assertThat(token.officerUrl())
        .isEqualTo(token.url().replace("user.pin", "so.pin"))
        .isNotEqualTo(token.url());
  }

  @Test
  void url_folderWithSpecialCharacters_isPercentEncoded() {
    SoftHsmToken token = SoftHsmToken.create(dir.resolve("a b&c"), "payments");
    assertThat(token.url()).contains("/a%20b%26c/user.pin&x-env").doesNotContain("a b");
  }

  @Test
  void open_createdToken_isEqualInAllParts() {
    SoftHsmToken created = SoftHsmToken.create(dir, "payments");
    SoftHsmToken opened = SoftHsmToken.open(dir);
    assertThat(opened.url()).isEqualTo(created.url());
    assertThat(opened.label()).isEqualTo("payments");
    assertThat(opened.library()).isEqualTo(created.library());
  }

  @Test
  void open_emptyFolder_saysWhatIsMissing() {
    assertThatThrownBy(() -> SoftHsmToken.open(dir))
        .isInstanceOf(SoftHsmException.class)
        .hasMessageContaining("softhsm2.conf does not exist");
  }

  @Test
  void withOwnLibrary_copyWorksAndIsFoundAgain() throws Exception {
    SoftHsmToken own = SoftHsmToken.create(dir, "payments").withOwnLibrary();
    assertThat(own.library()).hasParent(dir).hasSameBinaryContentAs(SoftHsm.library());
    assertThat(SoftHsmToken.open(dir).library()).isEqualTo(own.library());
    assertThat(use(own, "add")).isEqualTo("keys=1");
  }

  @Test
  void reset_tokenWithKeys_isEmptyAndPinsStay() throws Exception {
    SoftHsmToken token = SoftHsmToken.create(dir, "payments");
    String pin = Files.readString(token.userPin());
    use(token, "add");
    token.reset();
    assertThat(use(token, "count")).isEqualTo("keys=0");
    assertThat(token.userPin()).hasContent(pin);
  }

  @Test
  void reset_deletedToken_isRefused() {
    SoftHsmToken token = SoftHsmToken.create(dir, "payments");
    token.delete();
    assertThatThrownBy(token::reset)
        .isInstanceOf(SoftHsmException.class)
        .hasMessageContaining("cannot reset token \"payments\"");
  }

  @Test
  void delete_twice_removesTheTokenAndNothingElse() throws IOException {
    SoftHsmToken token = SoftHsmToken.create(dir, "payments").withOwnLibrary();
    Files.writeString(dir.resolve("node.yaml"), "name: a");
    token.delete();
    token.delete();
    assertThat(names()).containsExactly("node.yaml");
  }

  @Test
  void delete_tokenWithTwoLibraryCopies_leavesNothing() {
    SoftHsmToken token = SoftHsmToken.create(dir.resolve("t"), "payments");
    token.withOwnLibrary();
    token.withOwnLibrary();
    token.delete();
    assertThat(dir.resolve("t")).doesNotExist();
  }

  @Test
  void toString_tellsLabelAndFolderOnly() throws IOException {
    SoftHsmToken token = SoftHsmToken.create(dir, "payments");
    assertThat(token.toString())
        .contains("payments")
        .doesNotContain(Files.readString(token.userPin()))
        .doesNotContain(Files.readString(token.officerPin()));
  }

  private static String use(SoftHsmToken token, String action) throws InterruptedException {
    try (TokenProcess process =
        TokenProcess.start(token, TokenUser.class, token.dir().toString(), action)) {
      return process.awaitLine(line -> line.startsWith("keys="), LIMIT);
    }
  }

  private static <T> T only(List<Object> outcomes, Class<T> type) {
    List<T> found = outcomes.stream().filter(type::isInstance).map(type::cast).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }
}
