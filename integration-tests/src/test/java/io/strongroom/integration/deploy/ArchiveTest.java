package io.strongroom.integration.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/dist.sh} and what is unpacked from it: the command, and the systemd unit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchiveTest {
  private static final Path DIST = Shell.ROOT.resolve("deploy/dist.sh");
  private static final String UNIT = "strongroom-node@.service";
  // Of 100, as systemd counts: a unit without hardening has 96.
  private static final int MOST_EXPOSURE = 15;

  private Path root;
  private Path archive;

  @BeforeAll
  void install(@TempDir Path folder) throws Exception {
    root = folder;
    archive = pack(folder.resolve("one"));
    Path opt = Files.createDirectories(root.resolve("opt"));
    Shell.Outcome unpacked = Shell.run("tar", "-xzf", archive.toString(), "-C", opt.toString());
    assertThat(unpacked.code()).as(unpacked.said()).isZero();
    Path units = Files.createDirectories(root.resolve("etc/systemd/system"));
    Files.copy(opt.resolve("strongroom/systemd").resolve(UNIT), units.resolve(UNIT));
  }

  private static Path pack(Path folder) throws IOException, InterruptedException {
    Files.createDirectory(folder);
    Shell.Outcome packed = Shell.run(DIST.toString(), folder.toString());
    assertThat(packed.code()).as(packed.said()).isZero();
    Path archive = folder.resolve("strongroom.tar.gz");
    assertThat(packed.said().strip()).endsWith(archive.toString());
    assertThat(folder).isDirectoryNotContaining("glob:**dist.*");
    return archive;
  }

  @Test
  void archive_packedTwice_isTheSame() throws Exception {
    assertThat(pack(root.resolve("two"))).hasSameBinaryContentAs(archive);
  }

  @Test
  void command_unpacked_runs() throws Exception {
    Shell.Outcome said =
        Shell.run(root.resolve("opt/strongroom/bin/strongroom").toString(), "--version");
    assertThat(said.code()).as(said.said()).isZero();
    assertThat(said.said()).contains("strongroom");
  }

  @Test
  void unit_isAUnitThatSystemdTakes() throws Exception {
    Shell.Outcome said =
        Shell.run(
            "systemd-analyze",
            "verify",
            "--man=no",
            "--recursive-errors=no",
            "--root=" + root,
            "strongroom-node@a.service");
    assertThat(said.code()).as(said.said()).isZero();
    // What is not there is the rest of a system: this root has our unit alone.
    assertThat(said.said().lines().filter(line -> !line.contains(".target not found"))).isEmpty();
  }

  @Test
  void unit_isHardened() throws Exception {
    Shell.Outcome said =
        Shell.run(
            "systemd-analyze",
            "security",
            "--no-pager",
            "--offline=true",
            "--root=" + root,
            "--threshold=" + MOST_EXPOSURE,
            "strongroom-node@a.service");
    assertThat(said.code()).as(said.said()).isZero();
    assertThat(said.said()).contains("Overall exposure level");
  }

  /** What a supervisor must know: it would lock the token by starting the node again. */
  @Test
  void node_withAWrongPin_endsWithACodeThatTheUnitDoesNotRestart(@TempDir Path home)
      throws Exception {
    String strongroom = root.resolve("opt/strongroom/bin/strongroom").toString();
    String dir = home.resolve("D").toString();
    Shell.Outcome made =
        Shell.run(
            strongroom, "cluster", "init", "--dir", dir, "--cluster", "demo", "--nodes", "a=az-a");
    assertThat(made.code()).as(made.said()).isZero();
    Files.writeString(home.resolve("D/a/user.pin"), "wrong");

    Shell.Outcome refused = Shell.run(strongroom, "node", "serve", "--dir", dir + "/a");

    assertThat(refused.said()).contains("CKR_PIN_INCORRECT");
    String unit = Files.readString(root.resolve("etc/systemd/system").resolve(UNIT));
    String prevented =
        unit.lines()
            .filter(l -> l.startsWith("RestartPreventExitStatus="))
            .findFirst()
            .orElseThrow();
    assertThat(prevented.substring(prevented.indexOf('=') + 1).split(" "))
        .contains(Integer.toString(refused.code()));
    assertThat(Shell.run(strongroom, "node", "serve", "--dir", dir + "/a").said())
        .as("the next start")
        .contains("refused this PIN before")
        .doesNotContain("CKR_");
  }
}
