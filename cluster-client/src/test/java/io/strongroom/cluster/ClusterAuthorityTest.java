package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.cluster.identity.Pem;
import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.hsm.HsmException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterAuthorityTest {
  @TempDir Path folder;

  @Test
  void node_issued_hasItsIdentityAndChainsToTheCa() throws Exception {
    ClusterAuthority authority = ClusterAuthority.create(folder, "demo", Clock.systemUTC());
    Path node = Files.createDirectory(folder.resolve("a"));

    authority.issueNode("a", node);

    X509Certificate certificate = Pem.readCertificate(node.resolve("node.crt"));
    certificate.verify(authority.certificate().getPublicKey());
    assertThat(SpiffeId.of(certificate)).isEqualTo(new SpiffeId("demo", Role.NODE, "a"));
    assertThat(node.resolve("ca.crt")).hasSameBinaryContentAs(folder.resolve("ca.crt"));
  }

  @Test
  void privateKeys_issued_areReadableByTheirOwnerOnly() throws Exception {
    ClusterAuthority authority = ClusterAuthority.create(folder, "demo", Clock.systemUTC());
    Path identity = authority.issueOfficer("admin", folder);

    assertThat(identity).isEqualTo(folder.resolve("officer-admin"));
    for (String file : new String[] {"ca.key", "officer-admin.key"}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void authority_opened_issuesWhatTheFirstOneDid() throws Exception {
    ClusterAuthority.create(folder, "demo", Clock.systemUTC());

    ClusterAuthority opened = ClusterAuthority.open(folder, Clock.systemUTC());
    opened.issueUser("app", folder);

    assertThat(opened.cluster()).isEqualTo("demo");
    X509Certificate user = Pem.readCertificate(folder.resolve("user-app.crt"));
    user.verify(opened.certificate().getPublicKey());
    assertThat(SpiffeId.of(user).role()).isEqualTo(Role.USER);
  }

  @Test
  void files_thatExist_areNotOverwritten() throws Exception {
    ClusterAuthority authority = ClusterAuthority.create(folder, "demo", Clock.systemUTC());
    byte[] before = Files.readAllBytes(folder.resolve("ca.key"));

    assertThatThrownBy(() -> ClusterAuthority.create(folder, "demo", Clock.systemUTC()))
        .isInstanceOf(HsmException.KeyExists.class)
        .hasMessageContaining("ca.key");
    assertThat(Files.readAllBytes(folder.resolve("ca.key"))).isEqualTo(before);
    authority.issueUser("app", folder);
    assertThatThrownBy(() -> authority.issueUser("app", folder))
        .isInstanceOf(HsmException.KeyExists.class);
  }

  @Test
  void revoke_twice_keepsWhatWasRevokedBefore() throws Exception {
    ClusterAuthority authority = ClusterAuthority.create(folder, "demo", Clock.systemUTC());
    Path first = file(authority.issueUser("first", folder));
    Path second = file(authority.issueUser("second", folder));
    Path third = file(authority.issueUser("third", folder));

    authority.revoke(folder, List.of(first), Duration.ofDays(1));
    authority.revoke(folder, List.of(second), Duration.ofDays(1));
    Path list = authority.revoke(folder, List.of(), Duration.ofDays(1));

    try (InputStream in = Files.newInputStream(list)) {
      X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
      crl.verify(authority.certificate().getPublicKey());
      assertThat(crl.isRevoked(Pem.readCertificate(first))).isTrue();
      assertThat(crl.isRevoked(Pem.readCertificate(second))).isTrue();
      assertThat(crl.isRevoked(Pem.readCertificate(third))).isFalse();
    }
  }

  @Test
  void revoke_ofAnotherAuthoritysCertificate_isRefused() throws Exception {
    ClusterAuthority authority = ClusterAuthority.create(folder, "demo", Clock.systemUTC());
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path foreign =
        file(
            ClusterAuthority.create(elsewhere, "demo", Clock.systemUTC())
                .issueUser("app", elsewhere));
    assertThatThrownBy(() -> authority.revoke(folder, List.of(foreign), Duration.ofDays(1)))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("not from this authority");
    assertThat(folder.resolve("ca.crl")).doesNotExist();
  }

  private static Path file(Path identity) {
    return identity.resolveSibling(identity.getFileName() + ".crt");
  }

  @Test
  void names_thatAreNoFileNames_areRefused() {
    ClusterAuthority authority = ClusterAuthority.create(folder, "demo", Clock.systemUTC());
    for (String name : new String[] {"", "../x", "A", "a b", "a/b", ".hidden"}) {
      assertThatThrownBy(() -> authority.issueUser(name, folder))
          .as(name)
          .isInstanceOf(HsmException.BadInput.class);
    }
  }

  @Test
  void identity_withUnknownRole_isRefused() {
    assertThatThrownBy(() -> SpiffeId.parse("spiffe://demo/root/x"))
        .isInstanceOf(HsmException.BadInput.class);
    assertThat(SpiffeId.parse("spiffe://demo/officer/admin").role()).isEqualTo(Role.OFFICER);
  }
}
