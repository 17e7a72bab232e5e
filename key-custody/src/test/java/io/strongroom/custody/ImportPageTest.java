package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.NssToken;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The shell blocks of {@code docs/custody/import.md}, run as they stand, on NSS softoken: the
 * device that has every algorithm.
 */
class ImportPageTest {

  private static final Path PAGES = Path.of("..", "docs", "custody").toAbsolutePath().normalize();

  @TempDir Path folder;

  private Hsm hsm;
  private TestCustody test;

  @BeforeEach
  void open(@TempDir Path tokenFolder) {
    hsm = Hsm.open(NssToken.create(tokenFolder).url());
    test = new TestCustody(hsm, folder);
  }

  @AfterEach
  void close() {
    test.close();
    hsm.close();
  }

  @ParameterizedTest
  @EnumSource(WrappingAlgorithm.class)
  void page_blocksOfAnAlgorithm_wrapMaterialThatIsImported(WrappingAlgorithm algorithm)
      throws Exception {
    ImportParameters parameters = parameters(CmkSpec.AES_256, algorithm);
    run(block("The material") + block(algorithm.name()));
    assertImported(parameters, null);
  }

  @Test
  void page_javaProgram_wrapsMaterialThatIsImported() throws Exception {
    Files.copy(PAGES.resolve("Wrap.java"), folder.resolve("Wrap.java"));
    ImportParameters parameters =
        parameters(CmkSpec.AES_256, WrappingAlgorithm.RSA_AES_KEY_WRAP_SHA_256);
    run(block("The material") + block("In Java"));
    assertImported(parameters, null);
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_2048, RSA, -pkeyopt rsa_keygen_bits:2048",
    "ECC_NIST_P256, EC, -pkeyopt ec_paramgen_curve:P-256"
  })
  void page_blocksOfPrivateKeys_wrapKeyThatIsImported(CmkSpec spec, String kind, String options)
      throws Exception {
    WrappingAlgorithm algorithm = WrappingAlgorithm.RSA_AES_KEY_WRAP_SHA_256;
    ImportParameters parameters = parameters(spec, algorithm);
    run(
        "openssl genpkey -algorithm %s %s -out private.pem\n".formatted(kind, options)
            + block("Private keys")
            + block(algorithm.name()));
    byte[] der = pem(Files.readString(folder.resolve("public.pem")));
    assertImported(
        parameters, KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(der)));
  }

  private ImportParameters parameters(CmkSpec spec, WrappingAlgorithm algorithm) throws Exception {
    CmkDescription cmk = test.keys().createKey(KeyRequest.external().withSpec(spec));
    ImportParameters parameters =
        test.keys().parametersForImport(id(cmk), algorithm, WrappingKeySpec.RSA_2048);
    String body = Base64.getMimeEncoder().encodeToString(parameters.publicKey().getEncoded());
    Files.writeString(
        folder.resolve("wrapping.pem"),
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n".formatted(body));
    return parameters;
  }

  private void assertImported(ImportParameters parameters, @Nullable PublicKey publicKey)
      throws Exception {
    String kcv = Files.readString(folder.resolve("material.kcv")).strip();
    MaterialImport material =
        MaterialImport.of(
                parameters.token(), Files.readAllBytes(folder.resolve("material.wrapped")))
            .expecting(kcv)
            .withPublicKey(publicKey);
    CmkDescription imported =
        test.keys().importKeyMaterial(parameters.keyId().toString(), material);
    assertThat(imported.state()).isEqualTo(KeyState.ENABLED);
    assertThat(imported.kcv()).isEqualTo(kcv);
  }

  /** All shell blocks between a heading and the next one. */
  private static String block(String heading) throws Exception {
    String page = Files.readString(PAGES.resolve("import.md"));
    String section =
        page.split("\n#{2,3} " + Pattern.quote(heading) + "\n", 2)[1].split("\n#{2,3} ", 2)[0];
    Matcher blocks = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL).matcher(section);
    StringBuilder script = new StringBuilder();
    while (blocks.find()) {
      script.append(blocks.group(1));
    }
    assertThat(script).as("shell blocks under " + heading).isNotEmpty();
    return script.toString();
  }

  private void run(String script) throws Exception {
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder
        .environment()
        .merge(
            "PATH",
            Path.of(System.getProperty("java.home"), "bin").toString(),
            (path, java) -> java + File.pathSeparator + path);
    Process process = builder.start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    String said = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(ended).as("ended in time: %s", said).isTrue();
    assertThat(process.exitValue()).as("exit code: %s", said).isZero();
  }

  private static byte[] pem(String text) {
    return Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
  }
}
