package io.strongroom.custody;

import io.strongroom.custody.chain.AuditEntry;
import io.strongroom.hsm.WorkLog;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known so far of a call that is under way, for its audit record. For one thread at a time.
 */
final class Call {

  static final String OK = "ok";

  private final String principal;
  private final String operation;
  private final Map<String, String> details = new TreeMap<>();
  private @Nullable String keyId;
  private @Nullable String alias;
  private final WorkLog work = new WorkLog();
  private List<String> nodes = List.of();
  private boolean recorded;

  Call(String principal, String operation) {
    this.principal = principal;
    this.operation = operation;
  }

  Call key(String id) {
    this.keyId = id;
    return this;
  }

  Call alias(@Nullable String name) {
    this.alias = name;
    return this;
  }

  Call nodes(List<String> names) {
    this.nodes = names;
    return this;
  }

  /** Where it is noted who does the work, unless {@link #nodes} says where a key is. */
  WorkLog work() {
    return work;
  }

  Call detail(String name, @Nullable Object value) {
    if (value != null) {
      details.put(name, value.toString());
    }
    return this;
  }

  Call context(Map<String, String> context) {
    context.forEach((name, value) -> details.put("context." + name, value));
    return this;
  }

  String principal() {
    return principal;
  }

  boolean recorded() {
    return recorded;
  }

  void markRecorded() {
    this.recorded = true;
  }

  AuditEntry entry(String result) {
    List<String> where = nodes.isEmpty() ? work.nodes() : List.copyOf(nodes);
    return new AuditEntry(principal, operation, keyId, alias, result, where, Map.copyOf(details));
  }
}
