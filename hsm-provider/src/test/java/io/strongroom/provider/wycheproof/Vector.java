package io.strongroom.provider.wycheproof;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;

/**
 * One test vector.
 *
 * @param group what it has in common with its neighbours: key, digest, sizes
 * @param test its own inputs and the result that is right
 */
record Vector(JsonNode group, JsonNode test) {

  /** What a correct implementation does with a vector. */
  enum Result {
    VALID,
    INVALID,
    ACCEPTABLE
  }

  Result result() {
    return Result.valueOf(test.required("result").asText().toUpperCase(java.util.Locale.ROOT));
  }

  byte[] bytes(String field) {
    return HexFormat.of().parseHex(test.required(field).asText());
  }

  byte[] groupBytes(String field) {
    return HexFormat.of().parseHex(group.required(field).asText());
  }

  String groupText(String field) {
    return group.required(field).asText();
  }

  int groupNumber(String field) {
    return group.required(field).asInt();
  }

  @Override
  public String toString() {
    return "tcId "
        + test.required("tcId").asInt()
        + " ("
        + test.required("result").asText()
        + ", "
        + test.required("comment").asText()
        + ")";
  }
}
