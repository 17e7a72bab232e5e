package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyNotesTest extends TokenTest {

  private String key;

  @BeforeEach
  void keyWithATag() {
    key = id(keys.createKey(KeyRequest.external().withTags(Map.of("team", "cards"))));
  }

  @Test
  void tag_newAndOldNames_addsAndChanges() {
    Map<String, String> after =
        keys.tag(key, Map.of("team", "loans", "stage", "live", "empty", "")).tags();
    assertThat(after).isEqualTo(Map.of("team", "loans", "stage", "live", "empty", ""));
    assertThat(keys.untag(key, List.of("team", "stage", "none")).tags())
        .isEqualTo(Map.of("empty", ""));
    assertThat(test.lastRecord().operation()).isEqualTo("untagKey");
  }

  @Test
  void tag_theFiftyFirst_isRefusedAndNoneIsAdded() {
    keys.tag(key, tags(49));
    assertThatThrownBy(() -> keys.tag(key, Map.of("team", "loans", "one more", "x")))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.TOO_MANY_TAGS));
    assertThat(keys.describe(key).tags()).hasSize(50).containsEntry("team", "cards");
    assertThatThrownBy(() -> keys.createKey(KeyRequest.external().withTags(tags(51))))
        .isInstanceOf(CustodyException.BadInput.class);
  }

  @Test
  void tag_longestNameAndValue_areTaken() {
    Map<String, String> longest = Map.of("n".repeat(128), "v".repeat(256));
    assertThat(keys.tag(key, longest).tags()).containsAllEntriesOf(longest);
  }

  @Test
  void tag_malformedNameOrValue_isBadInput() {
    List<Map<String, String>> malformed =
        List.of(
            Map.of("", "x"),
            Map.of(" ", "x"),
            Map.of("a\nb", "x"),
            Map.of("n".repeat(129), "x"),
            Map.of("a", "v".repeat(257)),
            Map.of("a", "\u0007"));
    assertThat(malformed)
        .allSatisfy(tags ->
            assertThatThrownBy(() -> keys.tag(key, tags))
                .isInstanceOf(CustodyException.BadInput.class));
    assertThatThrownBy(() -> keys.untag(key, List.of("")))
        .isInstanceOf(CustodyException.BadInput.class);
  }

  @Test
  void updateDescription_anyState_changesIt() {
    keys.scheduleDeletion(key, KeyService.MIN_DELETION_DELAY);
    assertThat(keys.updateDescription(key, "on its way out").description())
        .isEqualTo("on its way out");
    assertThatThrownBy(() -> keys.updateDescription(key, "x".repeat(8193)))
        .isInstanceOf(CustodyException.BadInput.class);
  }

  private static Map<String, String> tags(int count) {
    return new HashMap<>(
        IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "t" + i, i -> "v" + i)));
  }
}
