package io.strongroom.cluster;

import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import java.util.List;

/** What a whole cluster and one node of it have in common: keys are used by asking nodes. */
abstract class AskingHsm implements Hsm {

  /** Makes a request of whichever nodes this HSM is made of. */
  abstract <R, T> T ask(Request<R, T> request);

  @Override
  public byte[] checkValue(KeyId id) {
    return ask(Requests.checkValue(id));
  }

  @Override
  public Encrypted encrypt(KeyId key, CipherAlgorithm algorithm, byte[] plaintext) {
    return ask(Requests.encrypt(key, algorithm, plaintext));
  }

  @Override
  public byte[] decrypt(KeyId key, CipherAlgorithm algorithm, byte[] ciphertext) {
    return ask(Requests.decrypt(key, algorithm, ciphertext));
  }

  @Override
  public byte[] sign(KeyId key, SignatureAlgorithm algorithm, byte[] input) {
    return ask(Requests.sign(key, algorithm, input));
  }

  @Override
  public boolean verify(KeyId key, SignatureAlgorithm algorithm, byte[] input, byte[] signature) {
    return ask(Requests.verify(key, algorithm, input, signature));
  }

  @Override
  public byte[] mac(KeyId key, MacAlgorithm algorithm, byte[] message) {
    return ask(Requests.mac(key, algorithm, message));
  }

  @Override
  public byte[] random(int bytes) {
    return ask(Requests.random(bytes));
  }

  @Override
  public byte[] wrap(KeyId wrappingKey, WrapAlgorithm algorithm, KeyId target) {
    return ask(Requests.wrap(wrappingKey, algorithm, target));
  }

  @Override
  public List<ExportAttempt> attemptExport(KeyId id) {
    return ask(Requests.attemptExport(id));
  }

  /** None: nodes carry keys to each other, not certificates. */
  @Override
  public List<HsmCertificate> certificates(CertificateFilter filter) {
    return List.of();
  }
}
