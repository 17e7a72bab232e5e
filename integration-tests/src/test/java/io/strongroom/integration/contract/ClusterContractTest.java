package io.strongroom.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.provider.HsmKeySpec;
import io.strongroom.provider.HsmProvider;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a cluster of three nodes. */
class ClusterContractTest extends HsmContract {
  @TempDir static Path folder;

  private static ThreeNodes nodes;
  private static ClusterHsm cluster;

  @BeforeAll
  static void start() throws IOException {
    nodes = new ThreeNodes(folder);
    cluster = ClusterHsm.open(nodes.clusterConfig());
  }

  @AfterAll
  static void stop() {
    cluster.close();
    nodes.close();
  }

  @Override
  protected Hsm hsm() {
    return cluster;
  }

  @Test
  void certificate_ofACluster_isRefusedWithTheReason() {
    KeyId id = KeyId.random(new SecureRandom());
    assertThat(cluster.certificates(new CertificateFilter.OfKey(id))).isEmpty();
    assertThatExceptionOfType(HsmException.UnsupportedMechanism.class)
        .isThrownBy(() -> cluster.keep(id, "kept"))
        .withMessageContaining("has no session keys to keep");
  }

  @Test
  void at_aNode_neitherMakesNorDestroysKeys() {
    Hsm node = cluster.at("b");
    assertThat(node.info().label()).isEqualTo("b");
    KeySpec spec = KeySpec.of(KeyId.random(new SecureRandom()), "at-b", KeyType.AES_256);
    assertThatExceptionOfType(HsmException.UnsupportedMechanism.class)
        .isThrownBy(() -> node.create(spec))
        .withMessageContaining("ask the whole cluster");
    assertThatExceptionOfType(HsmException.UnsupportedMechanism.class)
        .isThrownBy(() -> node.destroy(spec.id()));
  }

  @Test
  void secret_thatTheDeviceFillsUpWhenItSealsIt_isRefusedWithTheReasonAndNothingIsLeft() {
    KeySpec spec =
        KeySpec.of(KeyId.random(new SecureRandom()), "of-66-bytes", KeyType.secret(66 * 8));
    assertThatExceptionOfType(HsmException.UnsupportedMechanism.class)
        .isThrownBy(() -> cluster.create(spec))
        .withMessageContaining("use a multiple of 64 bits");
    assertThat(cluster.keys()).noneMatch(key -> key.label().equals("of-66-bytes"));
  }

  @Test
  void keyStore_overACluster_showsKeysAndRefusesCertificates() throws Exception {
    HsmProvider provider = HsmProvider.over(cluster);
    KeyStore store = KeyStore.getInstance("HSM", provider);
    store.load(null, null);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(HsmKeySpec.token("pair-of-a-cluster").withBits(256));
    KeyPair pair = generator.generateKeyPair();
    try {
      assertThat(store.isKeyEntry("pair-of-a-cluster")).isTrue();
      assertThat(store.getCertificateChain("pair-of-a-cluster")).isNull();
      X509Certificate certificate = selfSigned(pair, provider);
      assertThatExceptionOfType(KeyStoreException.class)
          .isThrownBy(() ->
              store.setKeyEntry(
                  "pair-of-a-cluster", pair.getPrivate(), null, new Certificate[] {certificate}))
          .withMessageContaining("keeps no certificates");
      assertThatExceptionOfType(KeyStoreException.class)
          .isThrownBy(() -> store.setCertificateEntry("anchor", certificate))
          .withMessageContaining("keeps no certificates");
      assertThat(store.isKeyEntry("pair-of-a-cluster")).isTrue();
    } finally {
      store.deleteEntry("pair-of-a-cluster");
    }
  }

  private static X509Certificate selfSigned(KeyPair pair, HsmProvider provider) throws Exception {
    X500Name name = new X500Name("CN=cluster");
    Instant now = Instant.now();
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.ONE,
                    Date.from(now),
                    Date.from(now.plus(1, ChronoUnit.DAYS)),
                    name,
                    pair.getPublic())
                .build(
                    new JcaContentSignerBuilder("SHA256withECDSA")
                        .setProvider(provider)
                        .build(pair.getPrivate())));
  }
}
