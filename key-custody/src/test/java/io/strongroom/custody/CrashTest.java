package io.strongroom.custody;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CrashTest extends KilledRotation {

  @ParameterizedTest
  @EnumSource(RotationStep.class)
  void rotateAlias_killedAtAStep_isAllOldOrAllNewAfterTheNextOpening(
      RotationStep step, SoftHsmToken token) throws Exception {
    assertAllOldOrAllNewAfterKill(step, token);
  }

  @Test
  void documentation_crashTable_isWhatIsTested() throws Exception {
    assertThat(Files.readString(Path.of("../docs/custody/rotation.md")))
        .contains(Stream.of(RotationStep.values()).map(RotationStep::row).toList());
  }
}
