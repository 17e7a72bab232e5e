package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds out where the HSM has keys. */
final class Places {

  /** Up to so many keys are asked for one by one; for more the HSM is asked for all that it has. */
  private static final int FEW = 16;

  private Places() {}

  /** The token, or the cluster's nodes, that hold a key; empty where none does. */
  static List<String> of(Hsm hsm, String hsmKeyId) {
    try {
      return hsm.key(KeyId.parse(hsmKeyId)).locations();
    } catch (HsmException.KeyNotFound e) {
      return List.of();
    }
  }

  /** The same of many keys; those that nothing holds are left out. */
  static Map<String, List<String>> of(Hsm hsm, Collection<String> hsmKeyIds) {
    Map<String, List<String>> places = new HashMap<>();
    if (hsmKeyIds.size() <= FEW) {
      hsmKeyIds.forEach(id -> places.put(id, of(hsm, id)));
    } else {
      Set<String> wanted = new HashSet<>(hsmKeyIds);
      for (KeyInfo key : hsm.keys()) {
        if (wanted.contains(key.id().toString())) {
          places.put(key.id().toString(), key.locations());
        }
      }
    }
    return places;
  }
}
