package io.strongroom.provider.spi;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * RSASSA-PSS (RFC 8017 §8.1), with the parameters that the caller has to set, or those that go with
 * the hash function of its name.
 */
final class PssSignature extends HsmSignature {

  private final @Nullable Digest fixed;
  private @Nullable PSSParameterSpec parameters;
  private SignatureAlgorithm.@Nullable RsaPss pss;

  /**
   * A signature.
   *
   * @param fixed the hash function of message and mask, whose length the salt has unless the caller
   *     sets another; null to have all set by the caller
   */
  PssSignature(Device device, @Nullable Digest fixed) {
    super(device, "RSASSA-PSS", KeyType.Family.RSA);
    this.fixed = fixed;
    if (fixed != null) {
      String name = fixed.jcaName();
      this.pss = new SignatureAlgorithm.RsaPss(fixed, fixed, fixed.bytes());
      this.parameters =
          new PSSParameterSpec(
              name,
              "MGF1",
              new MGF1ParameterSpec(name),
              fixed.bytes(),
              PSSParameterSpec.TRAILER_FIELD_BC);
    }
  }

  @Override
  String digest() throws SignatureException {
    return pss().digest().jcaName();
  }

  private SignatureAlgorithm.RsaPss pss() throws SignatureException {
    if (pss == null) {
      throw new SignatureException("RSASSA-PSS wants a PSSParameterSpec; call setParameter first");
    }
    return pss;
  }

  // RFC 8017 §9.1.1, step 3.
  private static int needed(SignatureAlgorithm.RsaPss with) {
    return with.digest().bytes() + with.saltBytes() + 2;
  }

  @Override
  void requireSignable(LogicalKey key) throws InvalidKeyException {
    try {
      requireTaken(key, pss);
    } catch (InvalidAlgorithmParameterException e) {
      throw new InvalidKeyException(e.getMessage(), e);
    }
  }

  private void requireTaken(@Nullable LogicalKey key, SignatureAlgorithm.@Nullable RsaPss with)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (key != null && with != null && key.type().bytes() >= needed(with)) {
      device.trials().requirePss(device, key, with);
    }
  }

  @Override
  byte[] sign(LogicalKey key, byte[] input) throws SignatureException {
    SignatureAlgorithm.RsaPss with = pss();
    int needed = needed(with);
    if (key.type().bytes() < needed) {
      throw new SignatureException(
          key
              + " is too short: "
              + with.digest().jcaName()
              + " and a salt of "
              + with.saltBytes()
              + " bytes want a modulus of "
              + needed
              + " bytes");
    }
    return JcaExceptions.signature(() -> key.with(id -> device.hsm().sign(id, with, input)));
  }

  @Override
  @Nullable AlgorithmParameterSpec parameters() {
    return parameters;
  }

  @Override
  protected void engineSetParameter(@Nullable AlgorithmParameterSpec given)
      throws InvalidAlgorithmParameterException {
    if (!(given instanceof PSSParameterSpec spec)) {
      throw new InvalidAlgorithmParameterException(
          "RSASSA-PSS wants a PSSParameterSpec, got "
              + (given == null ? "none" : given.getClass().getName()));
    }
    if (underWay()) {
      throw new InvalidAlgorithmParameterException(
          "a message is under way; set the parameters before update");
    }
    if (spec.getTrailerField() != PSSParameterSpec.TRAILER_FIELD_BC) {
      throw new InvalidAlgorithmParameterException(
          "the trailer field of RSASSA-PSS is 1, got " + spec.getTrailerField());
    }
    SignatureAlgorithm.RsaPss wanted =
        new SignatureAlgorithm.RsaPss(
            Digests.named(spec.getDigestAlgorithm()),
            Digests.ofMgf1(spec.getMGFAlgorithm(), spec.getMGFParameters()),
            spec.getSaltLength());
    if (fixed != null && wanted.digest() != fixed) {
      throw new InvalidAlgorithmParameterException(
          "the hash function is " + fixed.jcaName() + ", got " + spec.getDigestAlgorithm());
    }
    try {
      requireTaken(signingKey(), wanted);
    } catch (InvalidKeyException e) {
      throw new InvalidAlgorithmParameterException(e.getMessage(), e);
    }
    pss = wanted;
    parameters = spec;
    renew();
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return parameters == null ? null : Parameters.encode("RSASSA-PSS", parameters);
  }
}
