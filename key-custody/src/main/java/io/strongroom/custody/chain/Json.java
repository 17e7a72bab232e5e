package io.strongroom.custody.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The two columns that hold more than one value. */
final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final ObjectWriter WRITER = MAPPER.writer();

  private Json() {}

  static String write(List<String> list) {
    return text(list);
  }

  static String write(Map<String, String> map) {
    return text(new TreeMap<>(map));
  }

  static List<String> list(String json) {
    return parsed(json, new TypeReference<>() {});
  }

  static Map<String, String> map(String json) {
    return parsed(json, new TypeReference<>() {});
  }

  private static String text(Object value) {
    try {
      return WRITER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("an audit record's details are plain texts", e);
    }
  }

  private static <T> T parsed(String json, TypeReference<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "an audit record is not readable; run the audit's verification", e);
    }
  }
}
