package io.strongroom.softhsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoftHsmTest {
  @TempDir Path dir;

  @Test
  void library_thisMachine_isFound() {
    assertThat(SoftHsm.library()).isAbsolute().isRegularFile();
  }

  @Test
  void library_namedByVariable_winsOverInstalled() throws IOException {
    Path named = file("named.so");
    Path installed = file("installed.so");
    assertThat(
            SoftHsm.library(
                Map.of(SoftHsm.LIBRARY_VARIABLE, named.toString()), dir, List.of(installed)))
        .isEqualTo(named);
  }

  @Test
  void library_variableNamesNoFile_isRefusedWithItsPath() throws IOException {
    Path installed = file("installed.so");
    Path absent = dir.resolve("absent.so");
    assertThatThrownBy(() ->
            SoftHsm.library(
                Map.of(SoftHsm.LIBRARY_VARIABLE, absent.toString()), dir, List.of(installed)))
        .isInstanceOf(SoftHsmException.class)
        .hasMessageContaining(absent.toString())
        .hasMessageContaining("unset");
  }

  @Test
  void library_unpackedWithoutRoot_isFoundInCache() throws IOException {
    Path unpacked = file(".cache/strongroom/softhsm2/usr/lib/softhsm/libsofthsm2.so");
    assertThat(SoftHsm.library(Map.of(), dir, List.of(dir.resolve("absent.so"))))
        .isEqualTo(unpacked);
  }

  @Test
  void library_unpackedUnderXdgCacheHome_isFound() throws IOException {
    Path unpacked = file("cache/strongroom/softhsm2/usr/lib/softhsm/libsofthsm2.so");
    assertThat(
            SoftHsm.library(
                Map.of("XDG_CACHE_HOME", dir.resolve("cache").toString()),
                dir.resolve("nobody"),
                List.of()))
        .isEqualTo(unpacked);
  }

  @Test
  void library_nowhere_saysHowToGetIt() {
    assertThatThrownBy(() -> SoftHsm.library(Map.of(), dir, List.of()))
        .isInstanceOf(SoftHsmException.class)
        .hasMessageContaining("apt-get install softhsm2")
        .hasMessageContaining("quickstart.sh");
  }

  private Path file(String name) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }
}
