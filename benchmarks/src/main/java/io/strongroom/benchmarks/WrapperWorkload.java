package io.strongroom.benchmarks;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.CKM_AES_GCM;
import static org.xipki.pkcs11.wrapper.PKCS11Constants.CKM_ECDSA;
import static org.xipki.pkcs11.wrapper.PKCS11Constants.CKM_RSA_PKCS;
import static org.xipki.pkcs11.wrapper.PKCS11Constants.CKM_SHA256_HMAC;

import java.io.IOException;
import java.util.Arrays;
import org.xipki.pkcs11.wrapper.AttributeVector;
import org.xipki.pkcs11.wrapper.Mechanism;
import org.xipki.pkcs11.wrapper.PKCS11Module;
import org.xipki.pkcs11.wrapper.PKCS11Token;
import org.xipki.pkcs11.wrapper.TokenException;
import org.xipki.pkcs11.wrapper.params.GCM_PARAMS;

/** ipkcs11wrapper, by its session pool {@code PKCS11Token}. */
final class WrapperWorkload implements Workload {
  private static final int TAG_BITS = 128;

  // Its default of 2 KiB would cut a message into parts; the others send it in one call.
  private static final int MAX_MESSAGE_BYTES = 32_768;

  private final PKCS11Module module;
  private final PKCS11Token token;

  /**
   * Logs in.
   *
   * @param readOnly false to create objects
   */
  WrapperWorkload(BenchmarkToken benchmark, boolean readOnly) throws IOException, TokenException {
    module = PKCS11Module.getInstance(benchmark.library().toString());
    module.initialize();
    char[] pin = benchmark.pin();
    try {
      token = new PKCS11Token(module.getSlotList(true)[0].getToken(), readOnly, pin);
      token.setMaxMessageSize(MAX_MESSAGE_BYTES);
    } finally {
      Arrays.fill(pin, '\0');
    }
  }

  PKCS11Token token() {
    return token;
  }

  @Override
  public Call ready(Operation operation) throws TokenException {
    boolean secret = operation.keyType().isSecret();
    AttributeVector wanted =
        secret ? AttributeVector.newSecretKey() : AttributeVector.newPrivateKey();
    long key = token.getKeyId(wanted.label(operation.label())).getHandle();
    byte[] input = operation.mechanismInput();
    return switch (operation) {
      case AES_GCM_1K, AES_GCM_16K ->
          count -> {
            GCM_PARAMS parameters = new GCM_PARAMS(Workload.iv(count), new byte[0], TAG_BITS);
            return token.encrypt(new Mechanism(CKM_AES_GCM, parameters), key, input);
          };
      case HMAC_SHA256 -> _ -> token.sign(new Mechanism(CKM_SHA256_HMAC), key, input);
      case ECDSA_P256 -> _ -> token.sign(new Mechanism(CKM_ECDSA), key, input);
      case RSA_2048, RSA_3072 -> _ -> token.sign(new Mechanism(CKM_RSA_PKCS), key, input);
    };
  }

  @Override
  public void close() {
    token.closeAllSessions();
    try {
      module.finalize(null);
    } catch (TokenException e) {
      throw new IllegalStateException("cannot close ipkcs11wrapper", e);
    }
  }
}
