package io.strongroom.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.Custody;
import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.ImportParameters;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.KeyState;
import io.strongroom.custody.MaterialImport;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.NssToken;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which device opens what: every wrapping algorithm under every wrapping key, on each device. What
 * a device cannot do it says when the parameters are asked for, and names what it can. Written down
 * as a table.
 */
class WrappingMatrixTest {
  private static final Path TABLE = Path.of("target", "wrapping-matrix.md");
  private static final String SHA_1_ALONE = "use RSA_AES_KEY_WRAP_SHA_1";

  @TempDir Path folder;

  private final List<String> table = new ArrayList<>();
  private final SecureRandom random = new SecureRandom();

  @Test
  void import_everyAlgorithmUnderEveryKey_worksOrIsRefusedNamingWhatDoes() throws Exception {
    table.add("| device | algorithm | RSA_2048 | RSA_3072 | RSA_4096 |");
    table.add("| --- | --- | --- | --- | --- |");
    SoftHsmToken token = SoftHsmToken.create(folder.resolve("token"), "matrix").withOwnLibrary();
    try (Hsm hsm = Hsm.open(token.url())) {
      rows("SoftHSM2", hsm, false);
    }
    try (Hsm hsm = Hsm.open(NssToken.create(folder.resolve("nss")).url())) {
      rows("NSS softoken", hsm, true);
    }
    try (ThreeNodes nodes = new ThreeNodes(Files.createDirectory(folder.resolve("nodes")));
        Hsm cluster = ClusterHsm.open(nodes.clusterConfig())) {
      rows("three nodes", cluster, false);
    }
    Files.createDirectories(TABLE.getParent());
    Files.write(TABLE, table);
  }

  private void rows(String device, Hsm hsm, boolean hasSha256) {
    String store = "sqlite:" + folder.resolve(device.replace(' ', '-') + ".db");
    try (Custody custody = Custody.open(hsm, store, Clock.systemUTC())) {
      for (WrappingAlgorithm algorithm : WrappingAlgorithm.values()) {
        boolean works = hasSha256 || algorithm.name().endsWith("SHA_1");
        StringBuilder row = new StringBuilder("| %s | %s |".formatted(device, algorithm));
        for (WrappingKeySpec spec : WrappingKeySpec.values()) {
          String found =
              works
                  ? imported(custody.as("owner"), algorithm, spec)
                  : refused(custody.as("owner"), algorithm, spec);
          row.append(' ').append(found).append(" |");
        }
        table.add(row.toString());
      }
    }
  }

  private String imported(KeyService keys, WrappingAlgorithm algorithm, WrappingKeySpec spec) {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    String id = cmk.keyId().toString();
    ImportParameters parameters = keys.parametersForImport(id, algorithm, spec);
    assertThat(parameters.publicKey().getModulus().bitLength())
        .isEqualTo(Integer.parseInt(spec.name().substring("RSA_".length())));
    byte[] material = new byte[32];
    random.nextBytes(material);
    CmkDescription imported =
        keys.importKeyMaterial(
            id,
            MaterialImport.of(
                    parameters.token(), wrapped(algorithm, parameters.publicKey(), material))
                .expecting(checkValue(material)));
    assertThat(imported.state()).isEqualTo(KeyState.ENABLED);
    return "works";
  }

  private static String refused(
      KeyService keys, WrappingAlgorithm algorithm, WrappingKeySpec spec) {
    String id = keys.createKey(KeyRequest.external()).keyId().toString();
    CustodyException.Refused refusal =
        catchThrowableOfType(
            CustodyException.Refused.class, () -> keys.parametersForImport(id, algorithm, spec));
    assertThat(refusal.reason()).isEqualTo(Reason.NOT_SUPPORTED);
    assertThat(refusal).hasMessageContaining(SHA_1_ALONE);
    return "refused: " + SHA_1_ALONE;
  }

  private byte[] wrapped(WrappingAlgorithm algorithm, PublicKey key, byte[] material) {
    String digest = algorithm.name().endsWith("SHA_256") ? "SHA-256" : "SHA-1";
    if (algorithm.name().startsWith("RSAES_OAEP")) {
      return cipher("RSA/ECB/OAEPPadding", key, oaep(digest), material);
    }
    byte[] ephemeral = new byte[32];
    random.nextBytes(ephemeral);
    byte[] head = cipher("RSA/ECB/OAEPPadding", key, oaep(digest), ephemeral);
    byte[] tail = cipher("AES/KWP/NoPadding", new SecretKeySpec(ephemeral, "AES"), null, material);
    return ByteBuffer.allocate(head.length + tail.length).put(head).put(tail).array();
  }

  private static String checkValue(byte[] material) {
    byte[] block =
        cipher("AES/ECB/NoPadding", new SecretKeySpec(material, "AES"), null, new byte[16]);
    return HexFormat.of().formatHex(block, 0, 3);
  }

  private static OAEPParameterSpec oaep(String digest) {
    return new OAEPParameterSpec(
        digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT);
  }

  private static byte[] cipher(
      String name, Key key, @Nullable OAEPParameterSpec parameters, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance(name, "SunJCE");
      cipher.init(Cipher.ENCRYPT_MODE, key, parameters);
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
