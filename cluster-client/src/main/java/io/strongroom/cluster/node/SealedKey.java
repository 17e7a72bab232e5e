package io.strongroom.cluster.node;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * A seal whose MAC was verified, and what it says. Immutable.
 *
 * @param spec the key it opens to
 * @param publicKey the public half of a pair; null for secrets
 * @param seal the seal itself
 * @param learnt whether it came here as a copy, from a peer or a backup, and not by its making:
 *     such a copy says nothing of whether a quorum ever had the key
 */
record SealedKey(KeySpec spec, @Nullable PublicKey publicKey, Seal seal, boolean learnt) {

  SealedKey(KeySpec spec, @Nullable PublicKey publicKey, Seal seal) {
    this(spec, publicKey, seal, false);
  }

  SealedKey withLearnt(boolean now) {
    return new SealedKey(spec, publicKey, seal, now);
  }

  KeyId id() {
    return spec.id();
  }

  ByteString checkValue() {
    return seal.getCheckValue();
  }

  /** Equal MACs over verified contents: equal contents. */
  boolean sameAs(SealedKey other) {
    return seal.getMac().equals(other.seal.getMac());
  }

  HeldKey toWire() {
    return KeyCodec.held(seal).setSpec(KeyCodec.toWire(spec)).setLearnt(learnt).build();
  }
}
