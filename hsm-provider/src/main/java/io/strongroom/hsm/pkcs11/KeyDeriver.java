package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;

/** Derives keys. */
final class KeyDeriver {
  private final Capabilities capabilities;
  private final KeyMaker maker;

  KeyDeriver(Capabilities capabilities, KeyMaker maker) {
    this.capabilities = capabilities;
    this.maker = maker;
  }

  /** Derives as {@link io.strongroom.hsm.Hsm#derive} says. */
  KeyInfo derive(Session session, KeyEntry base, DeriveAlgorithm algorithm, KeySpec target) {
    KeyTemplates.check(target);
    requireSecret(target);
    requireUsage(base);
    switch (algorithm) {
      case DeriveAlgorithm.Ecdh ecdh -> {
        requireSameCurve(base, ecdh);
        requireLongEnough(base, target);
        capabilities.require(Ckm.CKM_ECDH1_DERIVE, "derive");
      }
      case DeriveAlgorithm.Hkdf _ -> {
        requireGenericSecret(base);
        capabilities.require(Ckm.CKM_HKDF_DERIVE, "derive");
      }
    }
    return maker.unlessThere(session, target, () -> make(session, base, algorithm, target));
  }

  private static List<Long> make(
      Session session, KeyEntry base, DeriveAlgorithm algorithm, KeySpec target) {
    return switch (algorithm) {
      case DeriveAlgorithm.Ecdh ecdh -> agree(session, base, ecdh, target);
      case DeriveAlgorithm.Hkdf hkdf ->
          make(
              session,
              base,
              target,
              memory -> NativeMechanism.hkdf(memory, hkdf.digest(), hkdf.salt(), hkdf.info()));
    };
  }

  // PKCS#11 v2.40 §2.3.11 has the point raw and lets a token take it in DER; some take that only.
  private static List<Long> agree(
      Session session, KeyEntry base, DeriveAlgorithm.Ecdh ecdh, KeySpec target) {
    byte[] point = PublicKeys.point(ecdh.peer());
    try {
      return make(session, base, target, memory -> NativeMechanism.ecdh(memory, point));
    } catch (CkException e) {
      if (!e.code().pointRefused()) {
        throw e;
      }
      byte[] wrapped = Der.tlv(Der.OCTET_STRING, point);
      return make(session, base, target, memory -> NativeMechanism.ecdh(memory, wrapped));
    }
  }

  // Without the length a device may choose one; SoftHSM2 then also forgets which.
  private static List<Long> make(
      Session session, KeyEntry base, KeySpec target, Function<Scratch, MemorySegment> mechanism) {
    Template length = new Template().put(Ck.CKA_VALUE_LEN, target.type().bytes());
    Template template = KeyTemplates.kept(target, length);
    return KeyMaker.keeping(
        session,
        target,
        keeper -> List.of(keeper.derive(mechanism.apply(keeper.memory()), base.kept(), template)));
  }

  private static void requireSecret(KeySpec target) {
    if (!target.type().isSecret()) {
      throw new HsmException.BadInput(
          "a derived key is AES or a generic secret, key \""
              + target.label()
              + "\" is to be "
              + target.type());
    }
  }

  private static void requireUsage(KeyEntry base) {
    if (!base.info().usages().contains(KeyUsage.DERIVE)) {
      throw new HsmException.BadInput(
          base.describe()
              + " may "
              + base.info().usages()
              + ", not DERIVE; derive from a key that was made with that usage");
    }
  }

  private static void requireSameCurve(KeyEntry base, DeriveAlgorithm.Ecdh ecdh) {
    if (!base.info().type().equals(ecdh.type())) {
      throw new HsmException.BadInput(
          base.describe()
              + " cannot agree with a public key of type "
              + ecdh.type()
              + "; both sides need keys on the same curve");
    }
  }

  // A device may fill a target that is too long up with zeros; NSS softoken does.
  private static void requireLongEnough(KeyEntry base, KeySpec target) {
    int secretBytes = base.info().type().bytes();
    if (target.type().bytes() > secretBytes) {
      throw new HsmException.BadInput(
          "the shared secret of "
              + base.describe()
              + " has "
              + secretBytes
              + " bytes, too few for "
              + target.type()
              + "; use a longer curve or a shorter key");
    }
  }

  private static void requireGenericSecret(KeyEntry base) {
    if (base.info().type().family() != KeyType.Family.SECRET) {
      throw new HsmException.BadInput(
          base.describe() + " cannot be used for HKDF, which needs a key of kind SECRET");
    }
  }
}
