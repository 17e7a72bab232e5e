package io.strongroom.cluster.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The JSON in which requests and grants travel between machines. */
final class CeremonyJson {
  private static final int MAX_CHARS = 64 * 1024;
  private static final int MAX_FIELD_BYTES = 8 * 1024;

  private final JsonNode json;
  private final String what;

  private CeremonyJson(JsonNode json, String what) {
    this.json = json;
    this.what = what;
  }

  static ObjectNode newObject() {
    return JsonNodeFactory.instance.objectNode();
  }

  static CeremonyJson read(String text, String what) {
    if (text.length() > MAX_CHARS) {
      throw new HsmException.BadInput("a " + what + " has at most " + MAX_CHARS + " characters");
    }
    try {
      return new CeremonyJson(new ObjectMapper().readTree(text), what);
    } catch (JsonProcessingException e) {
      throw new HsmException.BadInput("a " + what + " is one line of JSON; this is not", e);
    }
  }

  String text(String field) {
    String text = json.path(field).textValue();
    if (text == null) {
      throw new HsmException.BadInput(
          "a " + what + " has a field \"" + field + "\"; copy it whole");
    }
    return text;
  }

  byte[] bytes(String field) {
    text(field);
    try {
      byte[] bytes = json.path(field).binaryValue();
      if (bytes == null || bytes.length > MAX_FIELD_BYTES) {
        throw new HsmException.BadInput("field \"" + field + "\" of a " + what + " is too long");
      }
      return bytes;
    } catch (IOException e) {
      throw new HsmException.BadInput("field \"" + field + "\" of a " + what + " is no Base64", e);
    }
  }

  List<Digest> digests(String field) {
    List<Digest> digests = new ArrayList<>();
    for (JsonNode name : json.path(field)) {
      try {
        digests.add(Digest.valueOf(name.asText()));
      } catch (IllegalArgumentException e) {
        throw new HsmException.BadInput("\"" + name.asText() + "\" is no digest", e);
      }
    }
    return digests;
  }
}
