package io.strongroom.custody.chain;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** CloudTrail's names for operations. */
final class EventNames {

  /** Where AWS KMS has another name than ours with a capital letter. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "deleteKeyMaterial", "DeleteImportedKeyMaterial",
          "expireMaterial", "DeleteExpiredKeyMaterial",
          "destroyKey", "DeleteKey",
          "rotateKey", "RotateKeyOnDemand",
          "mac", "GenerateMac",
          "random", "GenerateRandom");

  /** As AWS KMS marks them: those change nothing that is kept. */
  private static final List<String> READ_ONLY =
      List.of(
          "Encrypt",
          "Decrypt",
          "ReEncrypt",
          "Describe",
          "Get",
          "List",
          "Sign",
          "Verify",
          "Generate");

  private EventNames() {}

  static String of(String operation) {
    String other = OTHERS.get(operation);
    return other != null
        ? other
        : operation.substring(0, 1).toUpperCase(Locale.ROOT) + operation.substring(1);
  }

  static boolean isReadOnly(String eventName) {
    return READ_ONLY.stream().anyMatch(eventName::startsWith);
  }
}
