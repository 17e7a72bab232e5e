package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.AliasRows;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.TagRows;
import io.strongroom.custody.store.VersionRows;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Creates CMKs. */
final class KeyCreation {

  private final Parts parts;
  private final VersionBirth versions;

  KeyCreation(Parts parts, VersionBirth versions) {
    this.parts = parts;
    this.versions = versions;
  }

  CmkDescription create(Call call, KeyRequest request) {
    Names.description(request.description());
    Names.tags(request.tags());
    if (request.alias() != null) {
      Names.alias(request.alias());
    }
    KeyUse use = use(request);
    call.alias(request.alias())
        .detail("spec", request.spec())
        .detail("use", use)
        .detail("origin", request.origin());
    String id = Uuids.random(parts.hsm()).toString();
    call.key(id);
    return switch (request.origin()) {
      case HSM -> generated(call, request, use, id);
      case EXTERNAL -> external(call, request, use, id);
    };
  }

  private static KeyUse use(KeyRequest request) {
    KeyUse asked = request.use() == null ? request.spec().use() : request.use();
    if (!request.spec().uses().contains(asked)) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "a key of spec %s is for %s, not for %s; choose another spec or use"
              .formatted(request.spec(), Lookup.words(request.spec().uses(), " or "), asked));
    }
    return asked;
  }

  private CmkDescription external(Call call, KeyRequest request, KeyUse use, String id) {
    if (!request.spec().importable()) {
      throw new CustodyException.Refused(
          Reason.KEY_USAGE,
          "material for %s cannot be imported; import AES_256, or have the HSM generate it"
              .formatted(request.spec()));
    }
    return parts
        .ledger()
        .commit(
            call,
            handle -> {
              CmkRow row = insert(handle, request, use, id);
              return Descriptions.of(handle, row, List.of());
            });
  }

  private CmkDescription generated(Call call, KeyRequest request, KeyUse use, String id) {
    return versions.make(
        call,
        new VersionBirth.Wanted(id, 1, request.spec(), use),
        born ->
            parts
                .ledger()
                .commit(
                    call,
                    handle -> {
                      parts.intents().finish(handle, born.keyId());
                      CmkRow row = insert(handle, request, use, id);
                      VersionRows.put(handle, born.version());
                      return Descriptions.of(handle, row, born.nodes());
                    }));
  }

  /**
   * Adds, in a transaction, a key that the HSM has generated to take over from another, with all
   * that the owner has noted of that one.
   */
  void insertSuccessor(Handle handle, CmkRow from, String id) {
    KeyRequest like =
        KeyRequest.generated()
            .withSpec(Lookup.spec(from))
            .withDescription(from.description())
            .withTags(TagRows.of(handle, from.id()));
    insert(handle, like, Lookup.use(from), id);
    CmkRow.Rotation rotation = from.rotation();
    if (rotation != null) {
      CmkRows.setRotation(
          handle, id, CmkRow.Rotation.every(rotation.days(), parts.clock().millis()));
    }
  }

  private CmkRow insert(Handle handle, KeyRequest request, KeyUse use, String id) {
    long now = parts.clock().millis();
    boolean generated = request.origin() == KeyOrigin.HSM;
    CmkRow row =
        new CmkRow(
            CmkRows.nextSequence(handle),
            id,
            request.spec().name(),
            use.name(),
            request.origin().name(),
            (generated ? KeyState.ENABLED : KeyState.PENDING_IMPORT).name(),
            request.description(),
            now,
            generated ? 1 : 0,
            null,
            null);
    CmkRows.insert(handle, row);
    request.tags().forEach((name, value) -> TagRows.put(handle, id, name, value));
    String alias = request.alias();
    if (alias != null && !AliasRows.insert(handle, new AliasRow(alias, id, now))) {
      throw Aliases.exists(alias);
    }
    return row;
  }
}
