package io.strongroom.provider;

import io.strongroom.hsm.KeyUsage;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** A token with keys that wrap, one of them known in software too. */
@ExtendWith(SoftHsmExtension.class)
abstract class KeyWrapSuite {

  static final Provider BC = new BouncyCastleProvider();
  static final String RSA_AES = "RSAAESWrap/ECB/OAEPWithSHA-1AndMGF1Padding";
  static ProviderFixture fixture;
  static ProviderFixture.KnownKey kek;
  static KeyPair rsa;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    kek = fixture.aes(ProviderFixture.bytes(32), KeyUsage.WRAP, KeyUsage.UNWRAP, KeyUsage.ENCRYPT);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", fixture.provider);
    generator.initialize(
        HsmKeySpec.token("wrapping").withBits(2048).withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));
    rsa = generator.generateKeyPair();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  static Cipher ours(String name) throws Exception {
    return Cipher.getInstance(name, fixture.provider);
  }

  static Cipher wrapping(String name) throws Exception {
    Cipher cipher = ours(name);
    cipher.init(Cipher.WRAP_MODE, name.startsWith("RSA") ? rsa.getPublic() : kek.inHsm());
    return cipher;
  }

  static Cipher unwrapping(String name) throws Exception {
    Cipher cipher = ours(name);
    cipher.init(Cipher.UNWRAP_MODE, unwrappingKey(name));
    return cipher;
  }

  static Key unwrappingKey(String name) {
    return name.startsWith("RSA") ? rsa.getPrivate() : kek.inHsm();
  }

  static SecretKey wrappable(String algorithm, int bits) throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance(algorithm, fixture.provider);
    generator.init(HsmKeySpec.session(fixture.label()).withBits(bits).mayLeaveWrapped());
    return generator.generateKey();
  }

  static byte[] firstBlock(Key key, Provider provider) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    return cipher.doFinal(new byte[16]);
  }

  static byte[] block(SecretKey inHsm) throws Exception {
    return firstBlock(inHsm, fixture.provider);
  }

  static byte[] block(byte[] value) throws Exception {
    return firstBlock(new SecretKeySpec(value, "AES"), Security.getProvider("SunJCE"));
  }

  static byte[] kwp(Key key) throws Exception {
    Cipher cipher = Cipher.getInstance("AESWrapPad", BC);
    cipher.init(Cipher.WRAP_MODE, kek.inSoftware());
    return cipher.wrap(key);
  }
}
