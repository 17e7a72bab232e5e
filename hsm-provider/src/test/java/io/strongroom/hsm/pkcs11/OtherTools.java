package io.strongroom.hsm.pkcs11;

import io.strongroom.softhsm.SoftHsmToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other people's tools over the same token, each call in a process of its own. */
final class OtherTools {
  private static final int DEADLINE_SECONDS = 300;

  private final SoftHsmToken token;
  private final Path dir;

  OtherTools(SoftHsmToken token, Path dir) {
    this.token = token;
    this.dir = dir;
  }

  /** OpenSC's {@code pkcs11-tool}, logged in; what it printed. */
  String pkcs11Tool(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "pkcs11-tool",
                "--module",
                token.library().toString(),
                "--token-label",
                token.label(),
                "--login",
                "--pin",
                "env:TOKEN_PIN"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  byte[] sign(String id, String mechanism, byte[] input) throws Exception {
    return operate("--sign", id, mechanism, input);
  }

  byte[] encrypt(String id, String mechanism, byte[] input) throws Exception {
    return operate("--encrypt", id, mechanism, input);
  }

  private byte[] operate(String what, String id, String mechanism, byte[] input) throws Exception {
    Path in = Files.write(dir.resolve("in"), input);
    Path out = dir.resolve("out");
    pkcs11Tool(what, "--id", id, "-m", mechanism, "-i", in.toString(), "-o", out.toString());
    return Files.readAllBytes(out);
  }

  /** A key pair with a certificate, made by {@code keytool} over SunPKCS11. */
  void keytoolPair(String alias, String algorithm, String group) throws Exception {
    keytool(
        "-genkeypair",
        "-alias",
        alias,
        "-keyalg",
        algorithm,
        "-groupname",
        group,
        "-dname",
        "CN=t");
  }

  Certificate keytoolCertificate(String alias) throws Exception {
    String pem = keytool("-exportcert", "-rfc", "-alias", alias);
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(
            new ByteArrayInputStream(
                pem.substring(pem.indexOf("-----BEGIN")).getBytes(StandardCharsets.US_ASCII)));
  }

  /** The JDK's {@code keytool} over SunPKCS11; what it printed. */
  String keytool(String... arguments) throws Exception {
    Path configuration = dir.resolve("sunpkcs11.cfg");
    Files.writeString(
        configuration, "name=tool\nlibrary=" + token.library() + "\nslotListIndex=0\n");
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    // Light compilation halves what a start costs.
    command.addAll(List.of("-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-keystore",
            "NONE",
            "-storetype",
            "PKCS11",
            "-addprovider",
            "SunPKCS11",
            "-providerarg",
            configuration.toString(),
            "-storepass:env",
            "TOKEN_PIN"));
    return run(command);
  }

  private String run(List<String> command) throws Exception {
    Path output = dir.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SOFTHSM2_CONF", token.conf().toString());
    builder.environment().put("TOKEN_PIN", Files.readString(token.userPin()));
    Process process = builder.start();
    try {
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(command + ": " + Files.readString(output));
      }
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output);
  }
}
