package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import io.strongroom.cli.local.LocalCluster;
import io.strongroom.cli.local.NodePlace;
import io.strongroom.cluster.ClusterReport;
import io.strongroom.cluster.NodeStatus;
import io.strongroom.cluster.SyncReport;
import io.strongroom.cluster.node.ClusterBackup;
import io.strongroom.cluster.node.DomainKeys;
import io.strongroom.cluster.node.JoinRequest;
import io.strongroom.custody.AliasDescription;
import io.strongroom.custody.AliasMove;
import io.strongroom.custody.AliasRotation;
import io.strongroom.custody.CmkDescription;
import io.strongroom.custody.CustodyFinding;
import io.strongroom.custody.ImportTrial;
import io.strongroom.custody.KeyVersion;
import io.strongroom.custody.RotationSchedule;
import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.custody.audit.AuditVerdict;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.Mechanism;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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
    document.put("tags", key.tags());
    document.put("created", key.created().toString());
    document.put("expires", text(key.expires()));
    document.put("deletion", text(key.deletion()));
    RotationSchedule rotation = key.rotation();
    document.put("rotationDays", rotation == null ? null : rotation.days());
    document.put("nextRotation", rotation == null ? null : rotation.next().toString());
    document.put("nodes", key.nodes());
    document.put("versions", key.versions().stream().map(Documents::of).toList());
    return document;
  }

  /** All versions of a key; {@code current} marks the one that encrypts. */
  static List<Map<String, @Nullable Object>> versions(CmkDescription key) {
    return key.versions().stream()
        .map(version -> {
          Map<String, @Nullable Object> document = of(version);
          document.put("current", version.version() == key.version());
          return document;
        })
        .toList();
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

  static Map<String, @Nullable Object> of(ImportTrial trial) {
    Map<String, @Nullable Object> document = document();
    document.put("keyId", trial.keyId().toString());
    document.put("kcv", trial.kcv());
    document.put("algorithm", trial.algorithm().toString());
    document.put("tokenValidTo", trial.tokenValidTo().toString());
    document.put("dryRun", true);
    return document;
  }

  static Map<String, @Nullable Object> of(AliasDescription alias) {
    Map<String, @Nullable Object> document = document();
    document.put("alias", alias.alias());
    document.put("keyId", alias.keyId().toString());
    document.put("updated", alias.updated().toString());
    document.put(
        "previousUsableFor",
        alias.previousUsableFor() == null ? null : alias.previousUsableFor().toString());
    return document;
  }

  static Map<String, @Nullable Object> of(AliasMove move) {
    Map<String, @Nullable Object> document = document();
    document.put("alias", move.alias());
    document.put("keyId", move.to().toString());
    document.put("previousKeyId", move.from().toString());
    document.put("kind", lower(move.kind()));
    document.put("time", move.time().toString());
    document.put("principal", move.principal());
    document.put("previousUsableUntil", text(move.previousUsableUntil()));
    document.put("previousRetired", text(move.previousRetired()));
    return document;
  }

  static Map<String, @Nullable Object> of(AliasRotation rotation) {
    Map<String, @Nullable Object> document = document();
    document.put("alias", rotation.alias());
    document.put("keyId", rotation.to().toString());
    document.put("previousKeyId", rotation.from().toString());
    document.put("kcv", rotation.kcv());
    document.put("nodes", rotation.verified());
    document.put("previousUsableUntil", text(rotation.previousUsableUntil()));
    document.put("dryRun", rotation.dryRun());
    return document;
  }

  static Map<String, @Nullable Object> of(CustodyFinding finding) {
    Map<String, @Nullable Object> document = document();
    document.put("kind", lower(finding.kind()));
    document.put("wrong", finding.kind().isWrong());
    document.put("keyId", finding.keyId());
    document.put("label", finding.label());
    document.put("hsmKeyId", finding.hsmKeyId());
    document.put("nodes", finding.nodes());
    document.put("text", finding.text());
    document.put("repair", finding.repair());
    document.put("repaired", finding.repaired());
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

  static Map<String, @Nullable Object> of(AuditVerdict verdict) {
    Map<String, @Nullable Object> document = document();
    switch (verdict) {
      case AuditVerdict.Intact intact -> {
        document.put("result", "intact");
        document.put("records", intact.count());
        document.put("checkpointed", intact.checkpointed());
        document.put("headHash", intact.headHash());
      }
      case AuditVerdict.Broken broken -> {
        document.put("result", "broken");
        document.put("sequence", broken.sequence());
        document.put("tampering", broken.what().toString());
        document.put("explanation", broken.explanation());
      }
    }
    document.put("checked", verdict.scope().checked());
    document.put("notChecked", verdict.scope().notChecked());
    return document;
  }

  static Map<String, @Nullable Object> of(HsmInfo hsm, int keys) {
    Map<String, @Nullable Object> document = document();
    document.put("label", hsm.label());
    document.put("serial", hsm.serial());
    document.put("manufacturer", hsm.manufacturer());
    document.put("model", hsm.model());
    document.put("firmware", hsm.firmware());
    document.put("state", "serving");
    document.put("keys", keys);
    document.put("mechanisms", hsm.mechanisms().size());
    return document;
  }

  static Map<String, @Nullable Object> of(Mechanism mechanism) {
    Map<String, @Nullable Object> document = document();
    document.put("name", mechanism.name());
    document.put("minKeySize", mechanism.minKeySize());
    document.put("maxKeySize", mechanism.maxKeySize());
    document.put("functions", mechanism.functions().stream().sorted().toList());
    return document;
  }

  static Map<String, @Nullable Object> of(LocalCluster made) {
    Map<String, @Nullable Object> document = document();
    document.put("cluster", made.cluster());
    document.put("dir", made.folder().toString());
    document.put("config", made.config().toString());
    document.put("hsm", made.hsmUrl());
    document.put("domainKcv", made.domainCheckValue());
    document.put("nodes", made.nodes().stream().map(Documents::of).toList());
    document.put("identities", List.of(made.officer().toString(), made.user().toString()));
    return document;
  }

  static Map<String, @Nullable Object> of(NodePlace node, @Nullable String domainCheckValue) {
    Map<String, @Nullable Object> document = of(node);
    document.put("domainKcv", domainCheckValue);
    return document;
  }

  static Map<String, @Nullable Object> of(String node, JoinRequest request, Path file) {
    Map<String, @Nullable Object> document = document();
    document.put("node", node);
    document.put("fingerprint", request.fingerprint());
    document.put("request", file.toString());
    return document;
  }

  static Map<String, @Nullable Object> of(
      String node, DomainKeys.CheckValues checkValues, @Nullable Path grant) {
    Map<String, @Nullable Object> document = document();
    document.put("node", node);
    document.put("domainKcv", checkValues.domainKey());
    document.put("grant", grant == null ? null : grant.toString());
    return document;
  }

  static Map<String, @Nullable Object> of(NodePlace node) {
    Map<String, @Nullable Object> document = document();
    document.put("name", node.name());
    document.put("zone", node.zone());
    document.put("address", node.address());
    document.put("dir", node.folder().toString());
    return document;
  }

  static Map<String, @Nullable Object> of(NodeStatus node) {
    NodeStatus.@Nullable Token token = node.token();
    Map<String, @Nullable Object> document = document();
    document.put("name", node.name());
    document.put("zone", node.zone());
    document.put("address", node.address());
    document.put("state", node.state().toString());
    document.put("keys", node.keys());
    document.put("missing", node.missing());
    document.put("latencyMicros", node.latency().toNanos() / 1000);
    document.put("outstanding", node.outstanding());
    document.put("ejections", node.ejections());
    document.put("tokenLabel", token == null ? null : token.label());
    document.put("tokenSerial", token == null ? null : token.serial());
    document.put("tokenFirmware", token == null ? null : token.firmware());
    document.put("domainKcv", token == null ? null : token.domainCheckValue());
    document.put("unopened", node.upkeep().unopened());
    document.put("tombstonesMissing", node.upkeep().tombstonesMissing());
    document.put("contested", node.upkeep().contested());
    document.put("certificateExpires", text(node.upkeep().certificateExpires()));
    document.put("lastFailure", node.lastFailure());
    return document;
  }

  static Map<String, @Nullable Object> of(ClusterReport.Finding finding) {
    Map<String, @Nullable Object> document = document();
    document.put("kind", finding.kind().toString());
    document.put("grave", finding.kind().isGrave());
    document.put("node", finding.node());
    document.put("text", finding.text());
    return document;
  }

  static Map<String, @Nullable Object> of(SyncReport.Step step) {
    Map<String, @Nullable Object> document = document();
    document.put("node", step.node());
    document.put("what", lower(step.what()));
    document.put("id", step.id().toString());
    document.put("label", step.label());
    document.put("outcome", lower(step.outcome()));
    document.put("reason", step.reason());
    return document;
  }

  static Map<String, @Nullable Object> of(
      ClusterBackup.Summary backup, Path file, @Nullable String token) {
    Map<String, @Nullable Object> document = document();
    document.put("backup", file.toString());
    document.put("cluster", backup.cluster());
    document.put("madeAt", backup.node());
    document.put("created", backup.created().toString());
    document.put("domainKcv", backup.domainCheckValue());
    document.put("keys", backup.keys().size());
    document.put("tombstones", backup.tombstones());
    document.put("token", token);
    return document;
  }

  static List<String> texts(List<?> things) {
    return things.stream().map(Object::toString).toList();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
