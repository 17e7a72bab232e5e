package io.strongroom.cli;

import io.strongroom.cli.local.PublicKeyPem;
import io.strongroom.custody.ImportParameters;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strongroom key import-params}: what an owner needs to wrap his material. */
@Command(
    name = "import-params",
    description = {
      "Get a wrapping key and an import token, both valid for 24 hours. Nothing is overwritten",
      "unless --force is given: material that waits for a token is worth nothing without it."
    })
final class KeyImportParamsCommand extends CustodyCall {
  @Option(names = "--key", required = true, paramLabel = "K", description = "The key, or alias.")
  String key = "";

  @Option(
      names = "--algorithm",
      required = true,
      paramLabel = "ALGORITHM",
      description = "${COMPLETION-CANDIDATES}.")
  WrappingAlgorithm algorithm = WrappingAlgorithm.RSAES_OAEP_SHA_1;

  @Option(
      names = "--wrapping-key-spec",
      paramLabel = "SPEC",
      defaultValue = "RSA_3072",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  WrappingKeySpec wrappingKeySpec = WrappingKeySpec.RSA_3072;

  @Option(
      names = "--public-key-out",
      required = true,
      paramLabel = "F.pem",
      description = "Where the public key goes, as PEM.")
  Path publicKeyOut = Path.of("");

  @Option(
      names = "--token-out",
      required = true,
      paramLabel = "F",
      description = "Where the import token goes.")
  Path tokenOut = Path.of("");

  @Option(
      names = "--parameters-out",
      paramLabel = "F.json",
      description = "Where both go together, in the field names of other key services.")
  @Nullable Path parametersOut;

  @Option(names = "--force", description = "Overwrite files that are there.")
  boolean force;

  @Override
  void prepare() {
    List<Path> files = new ArrayList<>(List.of(publicKeyOut, tokenOut));
    if (parametersOut != null) {
      files.add(parametersOut);
    }
    Usage.require(
        spec,
        files.stream().map(f -> f.toAbsolutePath().normalize()).distinct().count() == files.size(),
        "two of --public-key-out, --token-out and --parameters-out name the same file; give"
            + " different ones");
    files.forEach(Io::requireWritable);
    if (!force) {
      files.forEach(Io::requireNew);
    }
  }

  @Override
  int run(CustodySession session, Output output) {
    if (wrappingKeySpec == WrappingKeySpec.RSA_4096) {
      spec.commandLine().getErr().println("making a 4096-bit key in the HSM; it may take a while");
    }
    ImportParameters parameters =
        session.keys().parametersForImport(key, algorithm, wrappingKeySpec);
    Io.write(
        publicKeyOut, PublicKeyPem.of(parameters.publicKey()).getBytes(StandardCharsets.US_ASCII));
    Io.write(tokenOut, parameters.token());
    if (parametersOut != null) {
      Io.write(parametersOut, Output.file(parameterSet(parameters)));
    }
    output.one(document(parameters));
    return ExitCode.DONE;
  }

  private Map<String, @Nullable Object> document(ImportParameters parameters) {
    Map<String, @Nullable Object> document = Output.document();
    document.put("keyId", parameters.keyId().toString());
    document.put("algorithm", parameters.algorithm().toString());
    document.put("wrappingKeySpec", wrappingKeySpec.toString());
    document.put("validTo", parameters.validTo().toString());
    document.put("publicKey", publicKeyOut.toString());
    document.put("publicKeySha256", parameters.publicKeyFingerprint());
    document.put("token", tokenOut.toString());
    document.put("parameters", parametersOut == null ? null : parametersOut.toString());
    return document;
  }

  private Map<String, @Nullable Object> parameterSet(ImportParameters parameters) {
    Base64.Encoder base64 = Base64.getEncoder();
    Map<String, @Nullable Object> set = Output.document();
    set.put("KeyId", parameters.keyId().toString());
    set.put("WrappingAlgorithm", parameters.algorithm().toString());
    set.put("WrappingKeySpec", wrappingKeySpec.toString());
    set.put("ParametersValidTo", parameters.validTo().toString());
    set.put("PublicKey", base64.encodeToString(parameters.publicKey().getEncoded()));
    set.put("PublicKeySha256", parameters.publicKeyFingerprint());
    set.put("ImportToken", base64.encodeToString(parameters.token()));
    return set;
  }
}
