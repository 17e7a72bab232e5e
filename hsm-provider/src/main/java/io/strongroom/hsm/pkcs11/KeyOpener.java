package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Opens wrapped keys. */
final class KeyOpener {
  private final Capabilities capabilities;
  private final KeyMaker maker;
  private final MaterialCheck materialCheck;
  private final PairCheck pairCheck;
  private final Drafts drafts = new Drafts();

  KeyOpener(Capabilities capabilities, KeyMaker maker) {
    this.capabilities = capabilities;
    this.maker = maker;
    this.materialCheck = new MaterialCheck(capabilities);
    this.pairCheck = new PairCheck();
  }

  /**
   * What is to come out.
   *
   * @param algorithm how it is wrapped
   * @param type what kind of key it is
   */
  record Wanted(WrapAlgorithm algorithm, KeyType type) {}

  /** Opens as {@link io.strongroom.hsm.Hsm#unwrap} says. */
  KeyInfo unwrap(
      Session session,
      KeyEntry unwrapping,
      WrapAlgorithm algorithm,
      byte[] wrapped,
      KeySpec target) {
    KeyTemplates.check(target);
    requireOpenable(target);
    Wrappings.requireFits(unwrapping, algorithm);
    return maker.unlessThere(
        session,
        target,
        () -> {
          RsaCiphertext.requireOf(unwrapping, wrapped);
          if (algorithm instanceof WrapAlgorithm.RsaAes rsaAes
              && !capabilities.has(Ckm.CKM_RSA_AES_KEY_WRAP, "unwrap")) {
            return openInTwoSteps(session, unwrapping, rsaAes, wrapped, target);
          } else {
            return open(session, unwrapping.kept(), algorithm, wrapped, target);
          }
        });
  }

  // Nothing could tell whether the public half that is given is the wrapped key's.
  private static void requireOpenable(KeySpec target) {
    if (target.type().family() == KeyType.Family.MONTGOMERY) {
      throw new HsmException.UnsupportedMechanism(
          "keys of type " + target.type() + " are made in the device, not brought in; use create");
    }
  }

  private List<Long> open(
      Session session,
      long unwrappingKey,
      WrapAlgorithm algorithm,
      byte[] wrapped,
      KeySpec target) {
    Cryptoki.Wrapping opener =
        new Cryptoki.Wrapping(
            Wrappings.in(session.memory(), capabilities, algorithm, "unwrap"), unwrappingKey);
    try {
      if (target.type().isSecret()) {
        return openSecret(session, opener, wrapped, new Wanted(algorithm, target.type()), target);
      } else {
        return openPrivate(session, opener, wrapped, target);
      }
    } catch (CkException e) {
      throw explain(session, e, algorithm);
    }
  }

  private List<Long> openSecret(
      Session session, Cryptoki.Wrapping opener, byte[] wrapped, Wanted wanted, KeySpec target) {
    MaterialCheck.Finding finding = materialCheck.check(session, opener, wrapped, wanted);
    Template more = finding.lengthIsTold() ? new Template() : LengthMark.template(target.type());
    return List.of(
        drafts.make(
            session, target, more, (keeper, template) -> keeper.unwrap(opener, wrapped, template)));
  }

  private List<Long> openPrivate(
      Session session, Cryptoki.Wrapping opener, byte[] wrapped, KeySpec target) {
    PublicKey publicKey = pairCheck.publicKey(session, opener, wrapped, target);
    long key =
        drafts.make(
            session,
            target,
            new Template(),
            (keeper, template) -> {
              long opened = PrivateOpening.open(keeper, opener, wrapped, template, publicKey);
              PrivateOpening.takeBackUsages(keeper, opened, target.usages());
              return opened;
            });
    Template shown = KeyTemplates.publicObject(target, publicKey);
    return List.of(key, KeyMaker.keeping(session, target, keeper -> keeper.create(shown)));
  }

  private List<Long> openInTwoSteps(
      Session session,
      KeyEntry unwrapping,
      WrapAlgorithm.RsaAes algorithm,
      byte[] wrapped,
      KeySpec target) {
    int headBytes = unwrapping.info().type().bytes();
    if (wrapped.length <= headBytes) {
      throw new HsmException.BadInput(
          "RSA AES key wrap under "
              + unwrapping.describe()
              + " has more than "
              + headBytes
              + " bytes; got "
              + wrapped.length);
    }
    byte[] head = Arrays.copyOf(wrapped, headBytes);
    byte[] tail = Arrays.copyOfRange(wrapped, headBytes, wrapped.length);
    long ephemeral =
        openEphemeral(session, unwrapping, new WrapAlgorithm.RsaOaep(algorithm.digest()), head);
    try {
      return open(session, ephemeral, new WrapAlgorithm.AesKwp(), tail, target);
    } finally {
      session.destroyQuietly(ephemeral);
    }
  }

  private long openEphemeral(
      Session session, KeyEntry unwrapping, WrapAlgorithm.RsaOaep oaep, byte[] head) {
    Cryptoki.Wrapping opener =
        new Cryptoki.Wrapping(
            Wrappings.in(session.memory(), capabilities, oaep, "unwrap"), unwrapping.kept());
    try {
      return session.unwrap(
          opener, head, KeyTemplates.temporary(KeyType.AES_256, false, Set.of(KeyUsage.UNWRAP)));
    } catch (CkException e) {
      throw explain(session, e, oaep);
    }
  }

  private static RuntimeException explain(Session session, CkException e, WrapAlgorithm algorithm) {
    if (e.function().equals("C_UnwrapKey") && e.code().ambiguous() && Health.isGood(session)) {
      return CkException.suspected(e.function(), ReturnCode.CKR_WRAPPED_KEY_INVALID);
    }
    return KeyWrapper.explainParameters(e, algorithm);
  }
}
