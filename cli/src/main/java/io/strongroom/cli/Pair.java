package io.strongroom.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** {@code name=value} as an option's value. Immutable. */
record Pair(String name, String value) {

  /** Reads one; the value may have further equals signs in it. */
  static final class Converter implements ITypeConverter<Pair> {
    @Override
    public Pair convert(String text) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw new TypeConversionException("got \"" + text + "\", wanted name=value");
      }
      return new Pair(text.substring(0, equals), text.substring(equals + 1));
    }
  }

  /** The pairs as a map in their order; a name that is there twice is a usage error. */
  static Map<String, String> map(CommandSpec spec, String option, List<Pair> pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      Usage.require(
          spec,
          map.putIfAbsent(pair.name(), pair.value()) == null,
          option + " names \"" + pair.name() + "\" twice; give it once");
    }
    return map;
  }
}
