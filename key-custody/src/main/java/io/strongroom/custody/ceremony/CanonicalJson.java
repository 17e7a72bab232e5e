package io.strongroom.custody.ceremony;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.io.IOException;
import java.util.Map;

/**
 * JSON in the one form that is signed: RFC 8785, for documents whose numbers are integers and whose
 * texts have no control characters. That is UTF-8, members sorted, no white space.
 */
final class CanonicalJson {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private CanonicalJson() {}

  static byte[] bytes(Map<String, ?> document) {
    return bytes(MAPPER, document);
  }

  /** The same for people: with line ends, members in the order in which they were put. */
  static byte[] pretty(Map<String, ?> document) {
    return bytes(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT), document);
  }

  private static byte[] bytes(ObjectMapper mapper, Map<String, ?> document) {
    try {
      return mapper.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a record holds texts, integers, lists and maps", e);
    }
  }

  /**
   * Reads a document.
   *
   * @throws CustodyException.BadInput if it is none, or names a member twice
   */
  static Map<String, Object> parse(byte[] json) {
    try {
      Map<String, Object> document = MAPPER.readValue(json, new TypeReference<>() {});
      if (document != null) {
        return document;
      }
    } catch (IOException e) {
      throw noRecord(e);
    }
    throw noRecord();
  }

  private static CustodyException noRecord(Throwable... cause) {
    return new CustodyException.BadInput(
        Reason.MALFORMED,
        "this is no ceremony record; hand in the JSON file that the ceremony wrote",
        cause);
  }
}
