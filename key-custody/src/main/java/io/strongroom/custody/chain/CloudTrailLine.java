package io.strongroom.custody.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.CheckpointRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of an exported trail: a record or a checkpoint as an event in CloudTrail's field names
 * (CloudTrail user guide, "Record contents"). {@code additionalEventData} has all that the hash
 * covers, as it is stored; everything else is made from it and says nothing that it does not.
 */
final class CloudTrailLine {

  /** The event name of checkpoints. */
  static final String CHECKPOINT = "AuditCheckpoint";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String VERSION = "1.11";
  private static final String SOURCE = "custody.strongroom";
  private static final String HOUSEKEEPING = "strongroom";
  private static final String CONTEXT = "context.";

  /** What a line says. */
  sealed interface Parsed {

    /** The id of the store that it is from. */
    String storeId();
  }

  /** A line that is a record's. */
  record OfRecord(String storeId, AuditRow row) implements Parsed {}

  /** A line that is a checkpoint's. */
  record OfCheckpoint(String storeId, CheckpointRow row) implements Parsed {}

  private CloudTrailLine() {}

  static String of(AuditRow row, String storeId) {
    String name = EventNames.of(row.operation());
    boolean readOnly = EventNames.isReadOnly(name);
    boolean service = row.principal().equals(HOUSEKEEPING);
    ObjectNode event = event(row.timeMs(), name);
    ObjectNode who = event.putObject("userIdentity");
    who.put("type", service ? "StrongroomService" : "StrongroomPrincipal");
    who.put("principalId", row.principal());
    who.put("userName", row.principal());
    event.set("requestParameters", request(row));
    event.set("responseElements", readOnly ? MAPPER.nullNode() : response(row));
    error(event, row.result());
    ids(event, row.hash(), readOnly);
    if (row.keyId() != null) {
      ObjectNode resource = event.putArray("resources").addObject();
      resource.put("ARN", "strongroom:" + storeId + ":key/" + row.keyId());
      resource.put("type", "Strongroom::Key");
    }
    event.put("eventType", service ? "StrongroomServiceEvent" : "StrongroomApiCall");
    closing(event).setAll(data(row, storeId));
    return text(event);
  }

  static String of(CheckpointRow row, String storeId) {
    ObjectNode event = event(row.timeMs(), CHECKPOINT);
    ObjectNode who = event.putObject("userIdentity");
    who.put("type", "StrongroomService");
    who.put("principalId", HOUSEKEEPING);
    who.put("userName", HOUSEKEEPING);
    event.putNull("requestParameters");
    event.putNull("responseElements");
    ids(event, row.hash(), false);
    event.put("eventType", "StrongroomServiceEvent");
    ObjectNode data = closing(event);
    data.put("storeId", storeId);
    data.put("sequence", row.sequence());
    data.put("hash", row.hash());
    data.put("timeMillis", row.timeMs());
    data.put("signedBy", row.signedBy());
    data.put("signature", row.signature());
    return text(event);
  }

  /**
   * What a line says, by its {@code additionalEventData} alone.
   *
   * @return null if it is no line of an export
   */
  static @Nullable Parsed parse(String line) {
    JsonNode event = tree(line);
    JsonNode data = event == null ? null : event.get("additionalEventData");
    if (event == null || data == null || !data.path("storeId").isTextual()) {
      return null;
    }
    String storeId = data.path("storeId").asText();
    return event.path("eventName").asText().equals(CHECKPOINT)
        ? new OfCheckpoint(storeId, checkpoint(data))
        : new OfRecord(storeId, row(data));
  }

  /** Whether the rest of a line says what its {@code additionalEventData} does. */
  static boolean agrees(String line, Parsed parsed) {
    String wanted =
        switch (parsed) {
          case OfRecord of -> of(of.row(), of.storeId());
          case OfCheckpoint of -> of(of.row(), of.storeId());
        };
    JsonNode tree = tree(wanted);
    return wanted.equals(line) || (tree != null && tree.equals(tree(line)));
  }

  private static ObjectNode event(long timeMs, String name) {
    ObjectNode event = MAPPER.createObjectNode();
    event.put("eventVersion", VERSION);
    event.put("eventTime", Instant.ofEpochMilli(timeMs).truncatedTo(ChronoUnit.SECONDS).toString());
    event.put("eventSource", SOURCE);
    event.put("eventName", name);
    return event;
  }

  private static ObjectNode request(AuditRow row) {
    ObjectNode request = MAPPER.createObjectNode();
    String named = row.alias() == null ? row.keyId() : row.alias();
    if (named != null) {
      request.put("keyId", named);
    }
    Map<String, String> details = Json.map(row.details());
    details.forEach((name, value) -> {
      if (name.startsWith(CONTEXT)) {
        request
            .withObjectProperty("encryptionContext")
            .put(name.substring(CONTEXT.length()), value);
      } else {
        request.put(name, value);
      }
    });
    return request;
  }

  private static ObjectNode response(AuditRow row) {
    ObjectNode response = MAPPER.createObjectNode();
    response.put("keyId", row.keyId());
    Json.list(row.nodes()).forEach(response.withArrayProperty("nodes")::add);
    return response;
  }

  /** A result is {@code ok}, or a kind of refusal, a space and its reason. */
  private static void error(ObjectNode event, String result) {
    int space = result.indexOf(' ');
    if (space >= 0) {
      event.put("errorCode", result.substring(space + 1));
      event.put("errorMessage", result.substring(0, space));
    }
  }

  /** Both ids are halves of the record's hash, so that an export always has the same ones. */
  private static void ids(ObjectNode event, String hash, boolean readOnly) {
    event.put("requestID", uuid(hash, 0));
    event.put("eventID", uuid(hash, 32));
    event.put("readOnly", readOnly);
  }

  private static ObjectNode closing(ObjectNode event) {
    event.put("managementEvent", true);
    event.put("eventCategory", "Management");
    return event.putObject("additionalEventData");
  }

  private static ObjectNode data(AuditRow row, String storeId) {
    ObjectNode data = MAPPER.createObjectNode();
    data.put("storeId", storeId);
    data.put("sequence", row.sequence());
    data.put("timeMillis", row.timeMs());
    data.put("principal", row.principal());
    data.put("operation", row.operation());
    data.put("keyId", row.keyId());
    data.put("alias", row.alias());
    data.put("result", row.result());
    data.put("nodes", row.nodes());
    data.put("details", row.details());
    data.put("checkpointSequence", row.checkpointSequence());
    data.put("previousHash", row.previousHash());
    data.put("hash", row.hash());
    return data;
  }

  private static AuditRow row(JsonNode data) {
    return new AuditRow(
        data.path("sequence").asLong(),
        data.path("timeMillis").asLong(),
        data.path("principal").asText(),
        data.path("operation").asText(),
        textOrNull(data.get("keyId")),
        textOrNull(data.get("alias")),
        data.path("result").asText(),
        data.path("nodes").asText(),
        data.path("details").asText(),
        data.path("checkpointSequence").asLong(),
        data.path("previousHash").asText(),
        data.path("hash").asText());
  }

  private static CheckpointRow checkpoint(JsonNode data) {
    return new CheckpointRow(
        data.path("sequence").asLong(),
        data.path("hash").asText(),
        data.path("timeMillis").asLong(),
        data.path("signedBy").asText(),
        data.path("signature").asText());
  }

  private static @Nullable String textOrNull(@Nullable JsonNode node) {
    return node == null || node.isNull() ? null : node.asText();
  }

  /** A hash is 64 digits; of one that was tampered with, what there is. */
  private static String uuid(String hash, int from) {
    String digits = (hash + ChainHash.NONE).substring(from, from + 32);
    return "%s-%s-%s-%s-%s"
        .formatted(
            digits.substring(0, 8),
            digits.substring(8, 12),
            digits.substring(12, 16),
            digits.substring(16, 20),
            digits.substring(20));
  }

  private static @Nullable JsonNode tree(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      // Whatever it is, it is no line of an export.
      return null;
    }
  }

  private static String text(ObjectNode event) {
    try {
      return MAPPER.writeValueAsString(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event is plain text and numbers", e);
    }
  }
}
