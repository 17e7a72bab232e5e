package io.strongroom.cluster.node;

import static io.strongroom.cluster.node.TestClient.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.cluster.identity.Pem;
import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.CreateRequest;
import io.strongroom.cluster.wire.v1.DeriveRequest;
import io.strongroom.cluster.wire.v1.DescribeRequest;
import io.strongroom.cluster.wire.v1.DestroyRequest;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.cluster.wire.v1.ExportAttempts;
import io.strongroom.cluster.wire.v1.GetSealRequest;
import io.strongroom.cluster.wire.v1.InventoryRequest;
import io.strongroom.cluster.wire.v1.NodeGrpcClient;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.Probe;
import io.strongroom.cluster.wire.v1.PutSealRequest;
import io.strongroom.cluster.wire.v1.PutTombstoneRequest;
import io.strongroom.cluster.wire.v1.UnwrapRequest;
import io.strongroom.cluster.wire.v1.Wrap;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every call, made with every kind of certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolesTest {
  private Path root;
  private TestCluster cluster;
  private TestToken token;
  private HsmNode node;

  @BeforeAll
  void startANode(@TempDir Path folder) {
    root = folder;
    cluster = new TestCluster(folder);
    token = cluster.first("a");
    node = cluster.start(token);
  }

  @AfterAll
  void close() {
    node.close();
  }

  /**
   * The error of each call; the calls are malformed, so that one that is let in fails otherwise.
   */
  private static Map<String, Error> errorsOfAllCalls(TestClient client) throws Exception {
    NodeGrpcClient calls = client.calls();
    Map<String, Error> errors = new LinkedHashMap<>();
    errors.put("Probe", ask(client, Operation.newBuilder().setProbe(Probe.getDefaultInstance())));
    errors.put("Wrap", ask(client, Operation.newBuilder().setWrap(Wrap.getDefaultInstance())));
    errors.put(
        "ExportAttempts",
        ask(client, Operation.newBuilder().setExportAttempts(ExportAttempts.getDefaultInstance())));
    errors.put("Describe", await(calls.describe(DescribeRequest.getDefaultInstance())).getError());
    errors.put(
        "Inventory", await(calls.inventory(InventoryRequest.getDefaultInstance())).getError());
    errors.put("Create", await(calls.create(CreateRequest.getDefaultInstance())).getError());
    errors.put("Unwrap", await(calls.unwrap(UnwrapRequest.getDefaultInstance())).getError());
    errors.put("Derive", await(calls.derive(DeriveRequest.getDefaultInstance())).getError());
    errors.put("GetSeal", await(calls.getSeal(GetSealRequest.getDefaultInstance())).getError());
    errors.put("PutSeal", await(calls.putSeal(PutSealRequest.getDefaultInstance())).getError());
    errors.put("Destroy", await(calls.destroy(DestroyRequest.getDefaultInstance())).getError());
    errors.put(
        "PutTombstone",
        await(calls.putTombstone(PutTombstoneRequest.getDefaultInstance())).getError());
    return errors;
  }

  private static Error ask(TestClient client, Operation.Builder operation) throws Exception {
    Answer answer = client.ask(operation.setId(1));
    return answer.getError();
  }

  private Set<String> allowed(TlsFiles identity) throws Exception {
    try (TestClient client = new TestClient(node, identity)) {
      Map<String, Error> errors = errorsOfAllCalls(client);
      errors.values().removeIf(error -> error.getKind() == Error.Kind.ACCESS_DENIED);
      return errors.keySet();
    }
  }

  @Test
  void officer_mayMakeEveryCall() throws Exception {
    assertThat(allowed(cluster.officer()))
        .containsExactlyInAnyOrder(
            "Probe",
            "Wrap",
            "ExportAttempts",
            "Describe",
            "Inventory",
            "Create",
            "Unwrap",
            "Derive",
            "GetSeal",
            "PutSeal",
            "Destroy",
            "PutTombstone");
  }

  @Test
  void user_mayUseKeysAndLook() throws Exception {
    assertThat(allowed(cluster.user())).containsExactlyInAnyOrder("Probe", "Describe", "Inventory");
  }

  @Test
  void node_mayReconcile() throws Exception {
    assertThat(allowed(cluster.node(token)))
        .containsExactlyInAnyOrder("Describe", "Inventory", "GetSeal", "PutSeal", "PutTombstone");
  }

  @Test
  void officer_ofAnotherClusterOfTheSameAuthority_mayDoNothing(@TempDir Path folder)
      throws Exception {
    assertThat(allowed(officerOfAnotherCluster(folder))).isEmpty();
  }

  @Test
  void caller_withACertificateOfAnotherAuthority_getsNoConnection() throws Exception {
    try (TestClient client = new TestClient(node, cluster.strangerWithOwnCa())) {
      assertThatThrownBy(() -> await(client.calls().describe(DescribeRequest.getDefaultInstance())))
          .isNotNull();
    }
  }

  @Test
  void caller_withoutCertificate_getsNoConnection() throws Exception {
    var options =
        cluster
            .user()
            .clientOptions(new SpiffeId(TestCluster.NAME, Role.NODE, "a"))
            .setKeyCertOptions(null);
    try (TestClient client = new TestClient(node, options)) {
      assertThatThrownBy(() -> await(client.calls().describe(DescribeRequest.getDefaultInstance())))
          .isNotNull();
    }
  }

  @Test
  void client_thatExpectsAnotherNode_doesNotConnect() throws Exception {
    var options = cluster.user().clientOptions(new SpiffeId(TestCluster.NAME, Role.NODE, "b"));
    try (TestClient client = new TestClient(node, options)) {
      assertThatThrownBy(() -> await(client.calls().describe(DescribeRequest.getDefaultInstance())))
          .isNotNull();
    }
  }

  @Test
  void table_hasNoCallThatNobodyMayMake() {
    assertThat(List.of(Call.values())).allMatch(call -> call.isAllowedTo(Role.OFFICER));
  }

  /** An officer of a cluster "other", certified with this cluster's CA key. */
  private TlsFiles officerOfAnotherCluster(Path folder) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    X509Certificate ca = cluster.authority().certificate();
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            ca.getSubjectX500Principal(),
            BigInteger.TEN,
            Date.from(now.minusSeconds(60)),
            Date.from(now.plusSeconds(3600)),
            new X500Principal("CN=admin"),
            pair.getPublic());
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName(
                GeneralName.uniformResourceIdentifier, "spiffe://other/officer/admin")));
    var signer =
        new JcaContentSignerBuilder("SHA256withECDSA")
            .build(Pem.readPrivateKey(root.resolve("ca.key")));
    Pem.writeCertificate(
        folder.resolve("x.crt"),
        new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
    Pem.writePrivateKey(folder.resolve("x.key"), pair.getPrivate());
    return new TlsFiles(root.resolve("ca.crt"), folder.resolve("x.crt"), folder.resolve("x.key"));
  }
}
