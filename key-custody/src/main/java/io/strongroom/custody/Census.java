package io.strongroom.custody;

import io.strongroom.custody.store.BirthRows;
import io.strongroom.custody.store.CensusRows;
import io.strongroom.custody.store.IntentRow;
import io.strongroom.custody.store.IntentRows;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the tokens hold, and what the store says that they hold: first the tokens are asked, then
 * the store is read at one instant. So a key that was listed and that the store does not account
 * for was let go of in between, or is nobody's.
 *
 * @param tokens the keys of each token that answered
 * @param silent those that did not, with the reason
 * @param store what the store says
 */
record Census(Map<String, Map<KeyId, KeyInfo>> tokens, Map<String, String> silent, Stored store) {

  /** What the store says. */
  record Stored(
      List<CensusRows.Version> versions,
      List<CensusRows.Unversioned> unversioned,
      List<CensusRows.WrappingKey> wrappingKeys,
      List<CensusRows.Alias> aliases,
      List<IntentRow> intents,
      Map<String, Long> births) {}

  static Census take(Parts parts) {
    Map<String, Map<KeyId, KeyInfo>> tokens = new LinkedHashMap<>();
    Map<String, String> silent = new TreeMap<>();
    for (String location : parts.hsm().locations()) {
      try {
        tokens.put(location, keys(parts.hsm().at(location)));
      } catch (HsmException.DeviceUnavailable
          | HsmException.DeadlineExceeded
          | HsmException.Throttled e) {
        silent.put(location, e.text());
      }
    }
    Stored store =
        parts
            .database()
            .read(handle ->
                new Stored(
                    CensusRows.versions(handle),
                    CensusRows.unversioned(handle),
                    CensusRows.wrappingKeys(handle),
                    CensusRows.aliases(handle),
                    IntentRows.all(handle),
                    BirthRows.all(handle)));
    return new Census(tokens, silent, store);
  }

  private static Map<KeyId, KeyInfo> keys(Hsm place) {
    return place.keys().stream()
        .filter(key -> !key.session())
        .collect(Collectors.toMap(KeyInfo::id, key -> key, (one, _) -> one));
  }

  /** The tokens that hold a key. */
  List<String> holders(KeyId id) {
    return tokens.entrySet().stream()
        .filter(token -> token.getValue().containsKey(id))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** All keys that are in some token, once each. */
  Map<KeyId, KeyInfo> all() {
    Map<KeyId, KeyInfo> all = new LinkedHashMap<>();
    tokens.values().forEach(all::putAll);
    return all;
  }

  /** Whether the store accounts for a key. */
  boolean isAccountedFor(String hsmKeyId) {
    return store.versions().stream().anyMatch(v -> hsmKeyId.equals(v.hsmKeyId()))
        || store.wrappingKeys().stream().anyMatch(w -> w.hsmKeyId().equals(hsmKeyId))
        || store.intents().stream().anyMatch(i -> i.hsmKeyId().equals(hsmKeyId));
  }
}
