package io.strongroom.integration.ceremony;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.strongroom.cli.Strongroom;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The commands around a ceremony, in this process, and the files that they need. */
final class CeremonyCli {
  final Path folder;
  final String hsm;
  final String store;

  CeremonyCli(Path folder, String hsm) {
    this.folder = folder;
    this.hsm = hsm;
    this.store = "sqlite:" + folder.resolve("custody.db");
  }

  /** Runs a command over token and store, and reads the document that it prints. */
  JsonNode json(String... command) throws IOException {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--hsm", hsm, "--store", store, "--json"));
    return plain(all.toArray(String[]::new));
  }

  /** Runs a command with these arguments alone, and reads the document that it prints. */
  JsonNode plain(String... command) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Strongroom.run(new PrintWriter(out, true), new PrintWriter(err, true), command);
    assertThat(code).as("exit code of %s: %s", List.of(command), err).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  /** A fresh external key's id. */
  String externalKey() throws IOException {
    return json("key", "create", "--origin", "external").path("keyId").asText();
  }

  /** Parameters for the import into a fresh external key, whose id it gives. */
  String importParameters(Path publicKey, Path token) throws IOException {
    String keyId = externalKey();
    json(
        "key",
        "import-params",
        "--key",
        keyId,
        "--algorithm",
        "RSAES_OAEP_SHA_1",
        "--wrapping-key-spec",
        "RSA_2048",
        "--public-key-out",
        publicKey.toString(),
        "--token-out",
        token.toString());
    return keyId;
  }

  /** An officer's key pair in {@code NAME.key} and {@code NAME.pem}. */
  void officer(String name) throws IOException, GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
    write(name + ".key", "PRIVATE KEY", pair.getPrivate());
    write(name + ".pem", "PUBLIC KEY", pair.getPublic());
  }

  /** Puts an officer's private key under a passphrase, with OpenSSL. */
  void encrypt(String name, String passphrase) throws IOException, InterruptedException {
    Path plain = folder.resolve(name + ".key");
    Path encrypted = folder.resolve(name + ".encrypted");
    ProcessBuilder builder =
        new ProcessBuilder(
                ("openssl pkcs8 -topk8 -v2 aes-256-cbc -passout env:PASSPHRASE -in "
                        + plain
                        + " -out "
                        + encrypted)
                    .split(" "))
            .inheritIO();
    builder.environment().put("PASSPHRASE", passphrase);
    assertThat(builder.start().waitFor()).as("exit code of openssl pkcs8").isZero();
    Files.move(encrypted, plain, StandardCopyOption.REPLACE_EXISTING);
  }

  private void write(String file, String kind, Key key) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n",
        StandardCharsets.US_ASCII);
  }
}
