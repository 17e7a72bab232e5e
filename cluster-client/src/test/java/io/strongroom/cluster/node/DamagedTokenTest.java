package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.Probe;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node answers when its token has lost what it should have. */
class DamagedTokenTest {
  private TestToken token;
  private Hsm hsm;
  private Vault vault;
  private Operations operations;

  @BeforeEach
  void openToken(@TempDir Path root) {
    token = TestToken.createFirst(root, "a");
    hsm = token.open();
    vault = token.vault(hsm);
    operations = new Operations(vault, "a");
  }

  @AfterEach
  void closeToken() {
    hsm.close();
  }

  @Test
  void pair_withoutItsPrivateHalf_isNotFoundUntilItsSealIsOpenedAgain() throws Exception {
    SealedKey key =
        vault.create(KeySpec.of(KeyId.random(new SecureRandom()), "half", KeyType.EC_P256));
    assertThat(sign(key).getOutput().size()).isEqualTo(64);
    deletePrivateHalf(token.token(), key.id());

    assertThat(sign(key).getError().getKind()).isEqualTo(Error.Kind.KEY_NOT_FOUND);

    vault.levelToken();
    assertThat(sign(key).getOutput().size()).isEqualTo(64);
  }

  @Test
  void input_thatIsWrong_staysTheCallersFault() {
    SealedKey key =
        vault.create(KeySpec.of(KeyId.random(new SecureRandom()), "whole", KeyType.AES_256));

    assertThat(sign(key).getError().getKind()).isEqualTo(Error.Kind.BAD_INPUT);
  }

  @Test
  void probe_ofATokenThatWasReset_saysThatTheDeviceIsOfNoUse() {
    Operation probe = Operation.newBuilder().setProbe(Probe.getDefaultInstance()).build();
    assertThat(operations.run(probe).getOutput().size()).isEqualTo(16);

    token.token().reset();

    Error error = operations.run(probe).getError();
    assertThat(error.getKind()).isEqualTo(Error.Kind.DEVICE_UNAVAILABLE);
    assertThat(error.getMessage()).contains("lost the domain key", "join again");
  }

  private Answer sign(SealedKey key) {
    return operations.run(
        Operation.newBuilder()
            .setKey(KeyCodec.toWire(key.id()))
            .setInput(ByteString.copyFrom(new byte[32]))
            .setSign(AlgorithmCodec.toWire(new SignatureAlgorithm.Ecdsa(), null))
            .build());
  }

  private static void deletePrivateHalf(SoftHsmToken token, KeyId id) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            "pkcs11-tool",
            "--module",
            token.library().toString(),
            "--token-label",
            token.label(),
            "--login",
            "--pin",
            "env:TOKEN_PIN",
            "--delete-object",
            "--type",
            "privkey",
            "--id",
            id.toString());
    builder.environment().put("SOFTHSM2_CONF", token.conf().toString());
    builder.environment().put("TOKEN_PIN", Files.readString(token.userPin()).strip());
    assertThat(builder.inheritIO().start().waitFor()).isZero();
  }
}
