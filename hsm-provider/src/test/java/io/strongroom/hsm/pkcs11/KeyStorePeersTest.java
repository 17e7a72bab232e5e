package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.TestAuthority;
import io.strongroom.provider.HsmKeySpec;
import io.strongroom.provider.HsmProvider;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the key store HSM stores, other tools read, and the other way round. */
@ExtendWith(SoftHsmExtension.class)
class KeyStorePeersTest {

  private static Hsm hsm;
  private static HsmProvider provider;
  private static KeyStore store;
  private static OtherTools tools;
  private static TestAuthority root;
  private static TestAuthority issuing;

  @BeforeAll
  static void open(SoftHsmToken token, @TempDir Path dir) throws Exception {
    hsm = Hsm.open(token.url());
    provider = HsmProvider.over(hsm);
    store = KeyStore.getInstance("HSM", provider);
    store.load(null, null);
    tools = new OtherTools(token, dir);
    root = TestAuthority.root("Root");
    issuing = root.subordinate("Issuing");
  }

  @AfterAll
  static void close() {
    hsm.close();
  }

  private static String alias() {
    return "k" + KeyId.random(new SecureRandom());
  }

  private static X509Certificate[] chain(KeyPair pair) throws Exception {
    return new X509Certificate[] {
      issuing.issue("server", pair.getPublic()), issuing.certificate(), root.certificate()
    };
  }

  private static String storedByUs(X509Certificate[][] chain) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(HsmKeySpec.session(alias()).withBits(256));
    KeyPair pair = generator.generateKeyPair();
    String alias = alias();
    chain[0] = chain(pair);
    store.setKeyEntry(alias, pair.getPrivate(), null, chain[0]);
    return alias;
  }

  @Test
  void chainStoredByUs_isReadBySunPkcs11AndPkcs11Tool(@TempDir Path dir) throws Exception {
    X509Certificate[][] chain = new X509Certificate[1][];
    String alias = storedByUs(chain);
    assertThat(tools.keytool("-list", "-v", "-alias", alias))
        .contains("Entry type: PrivateKeyEntry")
        .contains("Certificate chain length: 3")
        .contains("Owner: CN=Root");
    assertThat(tools.keytoolCertificate(alias)).isEqualTo(chain[0][0]);
    Path der = dir.resolve("read.der");
    tools.pkcs11Tool("--read-object", "--type", "cert", "--label", alias, "-o", der.toString());
    assertThat(Files.readAllBytes(der)).isEqualTo(chain[0][0].getEncoded());
  }

  @Test
  void entryStoredByUs_deletedBySunPkcs11_isGone() throws Exception {
    X509Certificate[][] chain = new X509Certificate[1][];
    String alias = storedByUs(chain);
    tools.keytool("-delete", "-alias", alias);
    assertThat(store.getCertificateAlias(chain[0][0])).isNull();
    assertThat(store.getCertificate(alias)).isNull();
    assertThat(store.entryInstanceOf(alias, KeyStore.TrustedCertificateEntry.class)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"EC, secp256r1, SHA256withECDSA", "EC, secp384r1, SHA384withECDSA"})
  void entryMadeBySunPkcs11_isReadByUs_andGetsItsReply(String family, String group, String signing)
      throws Exception {
    String alias = alias();
    tools.keytoolPair(alias, family, group);

    KeyStore.PrivateKeyEntry entry = (KeyStore.PrivateKeyEntry) store.getEntry(alias, null);
    assertThat(entry.getCertificate()).isEqualTo(tools.keytoolCertificate(alias));
    assertThat(store.getCertificateAlias(entry.getCertificate())).isEqualTo(alias);
    Signature signature = Signature.getInstance(signing, provider);
    signature.initSign(entry.getPrivateKey());
    byte[] signed = signature.sign();
    signature.initVerify(entry.getCertificate());
    assertThat(signature.verify(signed)).isTrue();

    Certificate[] reply = {
      issuing.issue("reply", entry.getCertificate().getPublicKey()),
      issuing.certificate(),
      root.certificate()
    };
    store.setKeyEntry(alias, entry.getPrivateKey(), null, reply);
    assertThat(store.getCertificateChain(alias)).containsExactly(reply);
    assertThat((PrivateKey) store.getKey(alias, null)).isEqualTo(entry.getPrivateKey());
    assertThat(tools.keytoolCertificate(alias)).isEqualTo(reply[0]);
    assertThat(tools.keytool("-list", "-v", "-alias", alias)).contains("chain length: 3");
  }

  @Test
  void issuerStoredByPkcs11Tool_completesChainsAndIsNoEntry(@TempDir Path dir) throws Exception {
    TestAuthority theirs = TestAuthority.root("Theirs");
    Path der = Files.write(dir.resolve("ca.der"), theirs.certificate().getEncoded());
    tools.pkcs11Tool(
        "--write-object", der.toString(), "--type", "cert", "--id", "0a", "--label", "tool-ca");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    String alias = alias();
    generator.initialize(HsmKeySpec.token(alias).withBits(256));
    KeyPair pair = generator.generateKeyPair();
    X509Certificate leaf = theirs.issue("leaf", pair.getPublic());
    store.setKeyEntry(alias, pair.getPrivate(), null, new Certificate[] {leaf});
    assertThat(store.getCertificateChain(alias)).containsExactly(leaf, theirs.certificate());
    assertThat(Collections.list(store.aliases())).contains(alias).doesNotContain("tool-ca");
    assertThat(hsm.certificates()).extracting(HsmCertificate::label).contains("tool-ca");
  }

  @Test
  void trustedCertificateOfOurs_isSeenByPkcs11ToolAfterTheLogin() throws Exception {
    String alias = alias();
    store.setCertificateEntry(alias, TestAuthority.root(alias).certificate());
    assertThat(tools.pkcs11Tool("--list-objects", "--type", "cert")).contains(alias);
  }
}
