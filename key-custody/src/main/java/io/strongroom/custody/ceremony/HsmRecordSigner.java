package io.strongroom.custody.ceremony;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;

/** Signs records with an EC P-256 key that lives in the HSM, made when it is first needed. */
public final class HsmRecordSigner implements RecordSigner {

  /** The label of the key in the HSM. */
  public static final String KEY_LABEL = "custody/ceremony/signing";

  private final Hsm hsm;
  private final KeyInfo key;

  /**
   * Finds or makes the key.
   *
   * @throws HsmException if the HSM has none and cannot make it now
   */
  public HsmRecordSigner(Hsm hsm) {
    this.hsm = hsm;
    this.key = keyOrNew(hsm);
  }

  @Override
  public String name() {
    return "hsm " + KEY_LABEL;
  }

  @Override
  public PublicKey publicKey() {
    PublicKey known = key.publicKey();
    if (known == null) {
      throw new HsmException.BadInput(
          "the key \"" + KEY_LABEL + "\" in the HSM is no key pair; rename or destroy it");
    }
    return known;
  }

  /** Signs the message's SHA-256. */
  @Override
  public byte[] sign(byte[] message) {
    return der(hsm.sign(key.id(), new SignatureAlgorithm.Ecdsa(), sha256(message)));
  }

  /** r || s (IEEE P1363) as the SEQUENCE of two INTEGERs (RFC 3279 §2.2.3) that others expect. */
  private static byte[] der(byte[] plain) {
    int half = plain.length / 2;
    byte[] r = new BigInteger(1, Arrays.copyOf(plain, half)).toByteArray();
    byte[] s = new BigInteger(1, Arrays.copyOfRange(plain, half, plain.length)).toByteArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x30);
    out.write(r.length + s.length + 4);
    integer(out, r);
    integer(out, s);
    return out.toByteArray();
  }

  private static void integer(ByteArrayOutputStream out, byte[] value) {
    out.write(2);
    out.write(value.length);
    out.writeBytes(value);
  }

  private static KeyInfo keyOrNew(Hsm hsm) {
    try {
      return hsm.key(KEY_LABEL);
    } catch (HsmException.KeyNotFound absent) {
      KeyId id = KeyId.of(hsm.random(KeyId.BYTES));
      try {
        return hsm.create(KeySpec.of(id, KEY_LABEL, KeyType.EC_P256));
      } catch (HsmException.KeyExists other) {
        // Another process made it in between; its key is the one to use.
        return hsm.key(KEY_LABEL);
      }
    }
  }

  private static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
