package io.strongroom.integration.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.cli.demo.NodeProcess;
import io.strongroom.integration.cluster.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** A cluster of three node processes, made by {@code cluster init}, and a folder to work in. */
final class CliCluster implements AutoCloseable {
  static final List<String> NODES = List.of("a", "b", "c");

  private final Path folder;
  private final Cli cli;
  private final Map<String, NodeProcess> processes = new LinkedHashMap<>();

  private CliCluster(Path folder) {
    this.folder = folder;
    this.cli =
        new Cli(folder, "cluster:{f}/D/cluster.yaml", "sqlite:" + folder.resolve("custody.db"));
  }

  /** Makes the cluster in {@code folder/D} and starts its nodes. */
  static CliCluster start(Path folder) throws IOException {
    CliCluster cluster = new CliCluster(folder);
    Cli.Result made =
        cluster.cli.json(
            "cluster init --dir {f}/D --cluster demo --nodes a=az-a,b=az-b,c=az-c --base-port "
                + FreePorts.consecutive(NODES.size()));
    assertThat(made.document().path("nodes").findValuesAsText("name")).isEqualTo(NODES);
    try {
      NODES.forEach(cluster::startNode);
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  Path folder() {
    return folder;
  }

  Cli cli() {
    return cli;
  }

  void startNode(String name) {
    processes.put(name, NodeProcess.start(folder.resolve("D").resolve(name)));
  }

  void killNode(String name) {
    NodeProcess process = processes.remove(name);
    assertThat(process).as("process of node " + name).isNotNull();
    process.kill();
  }

  /** Writes fresh material, wrapped to a public key by the JDK, and returns its check value. */
  static String wrap(Path publicKeyPem, int bytes, Path wrapped) throws Exception {
    byte[] material = new byte[bytes];
    new SecureRandom().nextBytes(material);
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
    oaep.init(Cipher.ENCRYPT_MODE, publicKey(publicKeyPem));
    Files.write(wrapped, oaep.doFinal(material));
    return bytes == 32 ? checkValue(material) : "";
  }

  private static java.security.PublicKey publicKey(Path pem)
      throws IOException, GeneralSecurityException {
    String body = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "");
    byte[] der = Base64.getMimeDecoder().decode(body);
    return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
  }

  private static String checkValue(byte[] material) throws GeneralSecurityException {
    Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
    ecb.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"));
    return HexFormat.of().formatHex(ecb.doFinal(new byte[16]), 0, 3);
  }

  @Override
  public void close() {
    processes.values().forEach(NodeProcess::close);
  }
}
