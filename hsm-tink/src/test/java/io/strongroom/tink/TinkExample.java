package io.strongroom.tink;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.strongroom.hsm.Hsm;

/** Tink's envelope encryption under a key in the HSM. */
final class TinkExample {

  private TinkExample() {}

  static byte[] encrypt(Hsm hsm, byte[] text, byte[] context) throws Exception {
    // tag::tink[]
    AeadConfig.register();
    Aead key = HsmKmsClient.over(hsm).getAead("strongroom://payments");
    Aead envelope = KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, key);
    byte[] sealed = envelope.encrypt(text, context);
    // end::tink[]
    return sealed;
  }
}
