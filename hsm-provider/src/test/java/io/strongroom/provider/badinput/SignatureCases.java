package io.strongroom.provider.badinput;

import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyType.Family;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Signatures. */
@SuppressWarnings("NullAway") // null is one of the cases
final class SignatureCases {

  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  private final BadInputBench bench;
  private final String name;
  private final Family family;
  private final List<BadInput> cases = new ArrayList<>();

  SignatureCases(BadInputBench bench, String name) {
    this.bench = bench;
    this.name = name;
    this.family = BadInputs.family(name);
  }

  List<BadInput> all() {
    cases.addAll(KeyCases.of(bench, family, key -> ours().initSign(privately(key))));
    add("no public key", InvalidKeyException.class, () -> ours().initVerify((PublicKey) null));
    add(
        "a public key of another family",
        InvalidKeyException.class,
        () -> ours().initVerify(bench.publicHalf(bench.ofAnotherFamily(family))));
    add(
        "parameters of another kind",
        InvalidAlgorithmParameterException.class,
        () -> ours().setParameter(new ECGenParameterSpec("secp256r1")));
    add("signing before init", SignatureException.class, () -> ours().sign());
    add("verifying before init", SignatureException.class, () -> ours().verify(new byte[64]));
    add("update before init", SignatureException.class, () -> ours().update((byte) 1));
    if (!name.equals("Ed448")) { // it has Ed25519 pairs only, and so has the next
      add("a closed provider", ProviderException.class, this::signInClosed);
      add(
          "a key that is gone",
          SignatureException.class,
          () -> {
            sign(good()); // what PSS tries out at its first init would find the key gone already
            sign(bench.gone(family));
          });
    }
    addVerify();
    if (name.startsWith("NONEwith")) {
      add(
          "a message that is too long",
          SignatureException.class,
          () -> {
            Signature signature = signing(good());
            signature.update(BadInputBench.secret(300));
            signature.sign();
          });
    }
    if (name.equals("RSASSA-PSS")) {
      add(
          "no parameters",
          SignatureException.class,
          () -> {
            Signature signature = Signature.getInstance(name, bench.provider);
            signature.initSign((PrivateKey) good());
            signature.update((byte) 1);
          });
      add(
          "no parameters at all",
          InvalidAlgorithmParameterException.class,
          () -> ours().setParameter(null));
    }
    return cases;
  }

  // JCA engines may answer false or throw to a signature that cannot be one.
  private void addVerify() {
    add("no signature", SignatureException.class, () -> verifying().verify(null));
    add("an empty signature", SignatureException.class, () -> refuse(new byte[0]));
    add("zeros", SignatureException.class, () -> refuse(new byte[sign(good()).length]));
    add(
        "a cut signature",
        SignatureException.class,
        () -> {
          byte[] signed = sign(good());
          refuse(Arrays.copyOf(signed, signed.length - 1));
        });
    add(
        "a longer signature",
        SignatureException.class,
        () -> {
          byte[] signed = sign(good());
          refuse(Arrays.copyOf(signed, signed.length + 1));
        });
    add(
        "a changed signature",
        SignatureException.class,
        () -> {
          byte[] signed = sign(good());
          signed[signed.length - 1] ^= 1;
          refuse(signed);
        });
  }

  private void refuse(byte[] signature) throws Exception {
    Signature verifier = verifying();
    verifier.update(message());
    if (!verifier.verify(signature)) {
      throw new SignatureException("false, which is as good an answer");
    }
  }

  private void add(String what, Class<? extends Throwable> contract, ThrowingCallable use) {
    cases.add(new BadInput(what, contract, use));
  }

  private Signature ours() throws Exception {
    return withParameters(Signature.getInstance(name, bench.provider));
  }

  private Signature withParameters(Signature signature) throws Exception {
    if (name.equals("RSASSA-PSS")) {
      signature.setParameter(PSS);
    }
    return signature;
  }

  private static PrivateKey privately(Key key) {
    return key instanceof PrivateKey privateKey ? privateKey : null;
  }

  private Key good() throws Exception {
    return name.equals("Ed448") ? bench.good(KeyType.ED448) : bench.good(family);
  }

  private Signature signing(Key key) throws Exception {
    Signature signature = ours();
    signature.initSign((PrivateKey) key);
    return signature;
  }

  private Signature verifying() throws Exception {
    Signature signature = ours();
    signature.initVerify(bench.publicHalf(good()));
    return signature;
  }

  private static byte[] message() {
    return BadInputBench.secret(32);
  }

  private byte[] sign(Key key) throws Exception {
    Signature signature = signing(key);
    signature.update(message());
    return signature.sign();
  }

  private void signInClosed() throws Exception {
    Signature signature = Signature.getInstance(name, bench.closed);
    withParameters(signature).initSign((PrivateKey) bench.inClosed(family));
    signature.update(message());
    signature.sign();
  }
}
