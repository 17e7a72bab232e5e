package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.custody.AliasDescription;
import io.strongroom.custody.AliasRotation;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.KeyVersion;
import io.strongroom.custody.audit.AuditRecord;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The documents that commands print: which field of which thing has which name, in one place. */
final class Documents {
  private Documents() {}

  static Map<String, @Nullable Object> of(CmkDescription key) {
    Map<String, @Nullable Object> document = document();
    document.put("keyId", key.keyId().toString());
    document.put("alias", key.aliases().isEmpty() ? null : key.aliases().getFirst());
    document.put("aliases", key.aliases());
    document.put("state", key.state().toString());
    document.put("origin", key.origin().toString());
    document.put("spec", key.spec().toString());
    document.put("usage", key.use().toString());
    document.put("version", key.version());
    document.put("kcv", key.kcv());
    document.put("description", key.description());
    document.put("created", key.created().toString());
    document.put("expires", text(key.expires()));
    document.put("deletion", text(key.deletion()));
    document.put("nodes", key.nodes());
    document.put("versions", key.versions().stream().map(Documents::of).toList());
    return document;
  }

  private static Map<String, @Nullable Object> of(KeyVersion version) {
    Map<String, @Nullable Object> document = document();
    document.put("version", version.version());
    document.put("kcv", version.kcv());
    document.put("present", version.present());
    document.put("created", version.created().toString());
    document.put("expires", text(version.expires()));
    return document;
  }

  static Map<String, @Nullable Object> of(AliasDescription alias) {
    Map<String, @Nullable Object> document = document();
    document.put("alias", alias.alias());
    document.put("keyId", alias.keyId().toString());
    document.put("updated", alias.updated().toString());
    return document;
  }

  static Map<String, @Nullable Object> of(AliasRotation rotation) {
    Map<String, @Nullable Object> document = document();
    document.put("alias", rotation.alias());
    document.put("keyId", rotation.to().toString());
    document.put("previousKeyId", rotation.from().toString());
    document.put("kcv", rotation.kcv());
    document.put("dryRun", rotation.dryRun());
    return document;
  }

  static Map<String, @Nullable Object> of(AuditRecord record) {
    Map<String, @Nullable Object> document = document();
    document.put("sequence", record.sequence());
    document.put("time", record.time().toString());
    document.put("principal", record.principal());
    document.put("operation", record.operation());
    document.put("keyId", record.keyId());
    document.put("alias", record.alias());
    document.put("result", record.result());
    document.put("nodes", record.nodes());
    document.put("details", record.details());
    document.put("previousHash", record.previousHash());
    document.put("hash", record.hash());
    return document;
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
