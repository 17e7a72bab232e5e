package io.strongroom.provider.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.ProviderException;
import org.junit.jupiter.api.Test;

class InputBufferTest {

  @Test
  void buffer_grownAndTruncated_holdsWhatIsLeft() {
    InputBuffer buffer = new InputBuffer();
    for (int i = 0; i < 300; i++) {
      buffer.append(new byte[] {0, (byte) i, 0}, 1, 1);
    }
    buffer.truncate(200);
    byte[] bytes = buffer.toArray();
    assertThat(bytes).hasSize(200);
    assertThat(bytes[199]).isEqualTo((byte) 199);
    buffer.clear();
    assertThat(buffer.toArray()).isEmpty();
  }

  @Test
  void buffer_filledToTheLimit_takesNoByteMore() {
    InputBuffer buffer = new InputBuffer();
    buffer.append(new byte[InputBuffer.MAX_BYTES], 0, InputBuffer.MAX_BYTES);
    assertThatThrownBy(() -> buffer.append(new byte[1], 0, 1))
        .isInstanceOf(ProviderException.class)
        .hasMessageContaining("16777217");
    assertThat(buffer.size()).isEqualTo(InputBuffer.MAX_BYTES);
  }
}
