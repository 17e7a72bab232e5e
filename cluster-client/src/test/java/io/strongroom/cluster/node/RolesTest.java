package io.strongroom.cluster.node;

import static io.strongroom.cluster.node.TestClient.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.strongroom.cluster.Certificates;
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
import io.strongroom.cluster.wire.v1.PutSealRequest;
import io.strongroom.cluster.wire.v1.PutTombstoneRequest;
import io.strongroom.cluster.wire.v1.UnwrapRequest;
import io.strongroom.cluster.wire.v1.Wrap;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every call, made with every kind of certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolesTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `([A-Z_]+)` \\| (yes|no) \\| (yes|no) \\| (yes|no) \\|");

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
  private static Map<Call, Error> errorsOfAllCalls(TestClient client) throws Exception {
    NodeGrpcClient calls = client.calls();
    Map<Call, Error> errors = new EnumMap<>(Call.class);
    errors.put(Call.WRAP, ask(client, Operation.newBuilder().setWrap(Wrap.getDefaultInstance())));
    errors.put(
        Call.EXPORT_ATTEMPTS,
        ask(client, Operation.newBuilder().setExportAttempts(ExportAttempts.getDefaultInstance())));
    errors.put(
        Call.DESCRIBE, await(calls.describe(DescribeRequest.getDefaultInstance())).getError());
    errors.put(
        Call.INVENTORY, await(calls.inventory(InventoryRequest.getDefaultInstance())).getError());
    errors.put(Call.CREATE, await(calls.create(CreateRequest.getDefaultInstance())).getError());
    errors.put(Call.UNWRAP, await(calls.unwrap(UnwrapRequest.getDefaultInstance())).getError());
    errors.put(Call.DERIVE, await(calls.derive(DeriveRequest.getDefaultInstance())).getError());
    errors.put(Call.GET_SEAL, await(calls.getSeal(GetSealRequest.getDefaultInstance())).getError());
    errors.put(Call.PUT_SEAL, await(calls.putSeal(PutSealRequest.getDefaultInstance())).getError());
    errors.put(Call.DESTROY, await(calls.destroy(DestroyRequest.getDefaultInstance())).getError());
    errors.put(
        Call.PUT_TOMBSTONE,
        await(calls.putTombstone(PutTombstoneRequest.getDefaultInstance())).getError());
    errors.put(Call.HEALTH_OR_REFLECTION, health(client));
    errors.put(Call.OPERATE, operate(client));
    return errors;
  }

  /** Every kind of operation that is not a call of its own; they agree. */
  private static Error operate(TestClient client) throws Exception {
    List<Error> errors = new ArrayList<>();
    for (var kind : Operation.getDescriptor().getOneofs().getFirst().getFields()) {
      Operation.Builder operation = Operation.newBuilder();
      operation.setField(
          kind,
          kind.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              ? operation.newBuilderForField(kind).build()
              : 1);
      if (Call.of(operation.build()) == Call.OPERATE) {
        errors.add(ask(client, operation));
      }
    }
    errors.add(ask(client, Operation.newBuilder()));
    boolean denied = errors.getFirst().getKind() == Error.Kind.ACCESS_DENIED;
    assertThat(errors).hasSizeGreaterThan(5);
    assertThat(errors).allMatch(e -> (e.getKind() == Error.Kind.ACCESS_DENIED) == denied);
    return errors.getFirst();
  }

  /** Health and both forms of reflection; they agree. */
  private static Error health(TestClient client) throws Exception {
    GrpcStatus health = status(client, "grpc.health.v1.Health", "Check");
    GrpcStatus reflection =
        status(client, "grpc.reflection.v1.ServerReflection", "ServerReflectionInfo");
    GrpcStatus hidden = status(client, "strongroom.hidden.Service", "Call");
    boolean denied = health == GrpcStatus.PERMISSION_DENIED;
    assertThat(reflection == GrpcStatus.PERMISSION_DENIED).isEqualTo(denied);
    assertThat(hidden).isEqualTo(denied ? GrpcStatus.PERMISSION_DENIED : GrpcStatus.UNIMPLEMENTED);
    return Error.newBuilder()
        .setKind(denied ? Error.Kind.ACCESS_DENIED : Error.Kind.KIND_UNSPECIFIED)
        .build();
  }

  private static GrpcStatus status(TestClient client, String service, String method)
      throws Exception {
    var request = await(client.grpc().request(client.address()));
    request.serviceName(ServiceName.create(service)).methodName(method);
    request.end(Buffer.buffer());
    var response = await(request.response());
    if (response.status() == null) {
      await(response.end().otherwiseEmpty());
    }
    return response.status() == null ? GrpcStatus.OK : response.status();
  }

  private static Error ask(TestClient client, Operation.Builder operation) throws Exception {
    Answer answer = client.ask(operation.setId(1));
    return answer.getError();
  }

  private Set<Call> allowed(TlsFiles identity) throws Exception {
    try (TestClient client = new TestClient(node, identity)) {
      Map<Call, Error> errors = errorsOfAllCalls(client);
      assertThat(errors).containsOnlyKeys(Call.values());
      errors.values().removeIf(error -> error.getKind() == Error.Kind.ACCESS_DENIED);
      return errors.keySet();
    }
  }

  /** The calls that the page on security allows to a role. */
  private static Set<Call> documented(Role role) throws Exception {
    int column = List.of(Role.USER, Role.OFFICER, Role.NODE).indexOf(role) + 2;
    Set<Call> calls = EnumSet.noneOf(Call.class);
    Set<Call> rows = EnumSet.noneOf(Call.class);
    for (String line : Files.readAllLines(Path.of("../docs/security.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Call call = Call.valueOf(row.group(1));
        rows.add(call);
        if (row.group(column).equals("yes")) {
          calls.add(call);
        }
      }
    }
    assertThat(rows).containsExactly(Call.values());
    return calls;
  }

  @Test
  void officer_mayMakeTheCallsOfTheTable() throws Exception {
    assertThat(allowed(cluster.officer()))
        .containsExactlyInAnyOrder(Call.values())
        .isEqualTo(documented(Role.OFFICER));
  }

  @Test
  void user_mayMakeTheCallsOfTheTable() throws Exception {
    assertThat(allowed(cluster.user()))
        .containsExactlyInAnyOrder(
            Call.OPERATE, Call.DESCRIBE, Call.INVENTORY, Call.HEALTH_OR_REFLECTION)
        .isEqualTo(documented(Role.USER));
  }

  @Test
  void node_mayMakeTheCallsOfTheTable() throws Exception {
    assertThat(allowed(cluster.node(token)))
        .containsExactlyInAnyOrder(
            Call.DESCRIBE,
            Call.INVENTORY,
            Call.GET_SEAL,
            Call.PUT_SEAL,
            Call.PUT_TOMBSTONE,
            Call.HEALTH_OR_REFLECTION)
        .isEqualTo(documented(Role.NODE));
  }

  @Test
  void officer_ofAnotherClusterOfTheSameAuthority_mayDoNothing() throws Exception {
    TlsFiles other =
        new Certificates(root).issue(Certificates.shape("spiffe://other/officer/admin"));
    assertThat(allowed(other)).isEmpty();
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
}
