package io.strongroom.provider.spi;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.strongroom.provider.Difference;
import io.strongroom.provider.HsmProvider;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;

/** Holds FEATURES.md and DIFFERENCES.md to the code. */
@ExtendWith(SoftHsmExtension.class)
class DocumentationTest {

  private static final Pattern TABLE_ROW =
      Pattern.compile("(?m)^\\| (\\w+) \\| `([^`]+)` \\| ([^|]*) \\| ([^|]*) \\|");
  private static final Pattern DIFFERENCE = Pattern.compile("(?m)^### `([a-z0-9-]+)`");

  /** One line of the table of features. */
  private record Feature(String type, String algorithm, Set<String> aliases, String mechanism) {

    static Feature of(MatchResult line) {
      return new Feature(
          line.group(1), line.group(2), Set.copyOf(ticked(line.group(3))), plain(line.group(4)));
    }

    String name() {
      return type + " " + algorithm;
    }

    static Feature of(ServiceRow row) {
      String mechanism = row.mechanism();
      return new Feature(
          row.type(),
          row.algorithm(),
          Set.copyOf(row.aliases()),
          mechanism == null ? "" : mechanism);
    }

    static Feature of(DelegateRow row) {
      return new Feature(
          row.type(),
          row.algorithm(),
          Set.copyOf(row.aliases()),
          String.join(" or ", row.mechanisms()));
    }

    private static String plain(String cell) {
      return cell.replace("`", "").strip();
    }

    private static List<String> ticked(String cell) {
      return Pattern.compile("`([^`]+)`").matcher(cell).results().map(m -> m.group(1)).toList();
    }
  }

  private static final List<String> NOT_ON_SOFTHSM2 =
      List.of("KDF HKDF-SHA256", "KDF HKDF-SHA384", "KDF HKDF-SHA512");

  private static final String DELEGATED = "## Left to SunPKCS11";
  private static final String MISSING = "## What SunPKCS11 has and Strongroom does not";

  private static List<Feature> features() throws IOException {
    String page = Files.readString(Path.of("FEATURES.md"));
    return features(page.substring(0, page.indexOf(DELEGATED)));
  }

  private static List<Feature> delegated() throws IOException {
    String page = Files.readString(Path.of("FEATURES.md"));
    return features(page.substring(page.indexOf(DELEGATED), page.indexOf(MISSING)));
  }

  private static List<Feature> features(String part) {
    return TABLE_ROW.matcher(part).results().map(Feature::of).toList();
  }

  @Test
  void features_areTheRowsOfTheTable() throws IOException {
    assertThat(features())
        .containsExactlyInAnyOrderElementsOf(
            ServiceTable.rows().stream().map(Feature::of).toList());
  }

  @Test
  void features_areTheServicesOnSoftHsm2(SoftHsmToken token) throws IOException {
    try (HsmProvider provider = new HsmProvider().configure(token.url())) {
      Set<String> services =
          provider.getServices().stream()
              .map(DocumentationTest::name)
              .collect(Collectors.toCollection(HashSet::new));
      services.addAll(NOT_ON_SOFTHSM2);
      assertThat(Stream.concat(features().stream(), delegated().stream()).map(Feature::name))
          .containsExactlyInAnyOrderElementsOf(services);
      assertThat(provider.getServices()).noneMatch(s -> NOT_ON_SOFTHSM2.contains(name(s)));
    }
  }

  private static final Pattern MISSING_ROW =
      Pattern.compile("(?m)^\\| (\\w+) \\| (`[^|]+) \\| [^|]+ \\|$");

  @Test
  void servicesOfSunPkcs11_areHereOrAreGivenAReason(SoftHsmToken token) throws IOException {
    String page = Files.readString(Path.of("FEATURES.md"));
    List<String> missing =
        MISSING_ROW
            .matcher(page.substring(page.indexOf(MISSING)))
            .results()
            .flatMap(
                line -> Feature.ticked(line.group(2)).stream().map(a -> line.group(1) + " " + a))
            .toList();
    try (HsmProvider provider = new HsmProvider().configure(token.url())) {
      Provider alone =
          Security.getProvider("SunPKCS11")
              .configure("--name=Alone\nlibrary=" + token.library() + "\nslotListIndex=0\n");
      List<String> notHere =
          alone.getServices().stream()
              .filter(s -> provider.getService(s.getType(), s.getAlgorithm()) == null)
              .map(DocumentationTest::name)
              .toList();
      assertThat(missing)
          .as("%s: strike out what is offered now", MISSING)
          .containsExactlyInAnyOrderElementsOf(notHere);
    }
  }

  @Test
  void delegatedFeatures_areTheRowsOfTheTable() throws IOException {
    assertThat(delegated())
        .containsExactlyInAnyOrderElementsOf(
            DelegateTable.rows().stream().map(Feature::of).toList());
  }

  @Test
  void services_canAllBeMade(SoftHsmToken token) throws Exception {
    try (HsmProvider provider = new HsmProvider().configure(token.url())) {
      for (Provider.Service service : provider.getServices()) {
        assertThat(service.newInstance(null).getClass().getName())
            .isEqualTo(service.getClassName());
      }
    }
  }

  private static String name(Provider.Service service) {
    return service.getType() + " " + service.getAlgorithm();
  }

  @Test
  void differences_areEachProvedByATest() throws IOException {
    List<String> described =
        DIFFERENCE
            .matcher(Files.readString(Path.of("DIFFERENCES.md")))
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(described).doesNotHaveDuplicates();
    assertThat(proved()).containsExactlyInAnyOrderElementsOf(described);
  }

  private static Set<String> proved() {
    JavaClasses tests = new ClassFileImporter().importPackages("io.strongroom.provider");
    return tests.stream()
        .flatMap(type -> type.getMethods().stream())
        .filter(method -> method.isAnnotatedWith(Difference.class))
        .filter(method ->
            method.isAnnotatedWith(Test.class) || method.isAnnotatedWith(ParameterizedTest.class))
        .flatMap(method -> Stream.of(method.getAnnotationOfType(Difference.class).value()))
        .collect(Collectors.toSet());
  }
}
