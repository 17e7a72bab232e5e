package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyListTest extends TokenTest {

  @Test
  void listKeys_pageByPage_isAllKeysInTheOrderOfTheirBirth() {
    List<UUID> made = external(7);
    List<UUID> listed = new ArrayList<>();
    assertThat(walk(KeyQuery.first(3), page -> listed.addAll(ids(page)))).isEqualTo(3);
    assertThat(listed).isEqualTo(made);
    assertThat(keys.listKeys(KeyQuery.first(7)).nextMarker()).isNull();
  }

  @Test
  void listKeys_keysComeAndGoBetweenPages_givesEveryLastingKeyOnce() {
    List<UUID> made = external(6);
    // The last key of the first page goes, and a clock that is behind makes new ones.
    destroyBehindBack(made.get(5));
    List<UUID> listed = new ArrayList<>();
    List<UUID> added = new ArrayList<>();
    walk(
        KeyQuery.first(2),
        page -> {
          listed.addAll(ids(page));
          if (added.size() < 2) {
            destroyBehindBack(listed.getLast());
            test.clock.advance(Duration.ofDays(-1));
            added.addAll(external(1));
          }
        });
    List<UUID> wanted = new ArrayList<>(made.subList(0, 5));
    wanted.addAll(added);
    assertThat(listed).isEqualTo(wanted);
  }

  @Test
  void listKeys_byStateAndTags_isThoseOnly() {
    CmkDescription cards = keys.createKey(tagged("team", "cards", "stage", "live"));
    keys.createKey(tagged("team", "cards", "stage", "test"));
    CmkDescription disabled = keys.createKey(KeyRequest.generated());
    keys.disable(id(disabled));
    assertThat(
            keys.listKeys(KeyQuery.first(9).tagged(Map.of("team", "cards", "stage", "live")))
                .keys())
        .containsExactly(cards);
    assertThat(keys.listKeys(KeyQuery.first(9).tagged(Map.of("team", "none"))).keys()).isEmpty();
    assertThat(keys.listKeys(KeyQuery.first(9).in(KeyState.DISABLED)).keys())
        .extracting(CmkDescription::keyId)
        .containsExactly(disabled.keyId());
    assertThat(keys.listKeys(KeyQuery.first(9).in(KeyState.PENDING_IMPORT)).keys()).hasSize(2);
  }

  @Test
  void listKeys_inStateUnavailable_isThoseThatNoTokenHas() {
    keys.createKey(KeyRequest.generated());
    CmkDescription lost = keys.createKey(KeyRequest.generated());
    hsm.destroy(hsm.key("cmk/" + lost.keyId() + "/v1").id());
    assertThat(ids(keys.listKeys(KeyQuery.first(9).in(KeyState.UNAVAILABLE))))
        .containsExactly(lost.keyId());
    assertThat(ids(keys.listKeys(KeyQuery.first(9).in(KeyState.ENABLED))))
        .doesNotContain(lost.keyId())
        .hasSize(1);
  }

  @Test
  void listKeys_many_asksTheHsmOnceForAll() {
    List<CmkDescription> made =
        IntStream.range(0, 20).mapToObj(_ -> keys.createKey(KeyRequest.generated())).toList();
    List<String> asked = new ArrayList<>();
    Hsm watched =
        HookedHsm.wrap(
            HookedHsm.wrap(hsm, "before:key:1", () -> asked.add("for one key")),
            "before:keys:2",
            () -> asked.add("for all keys again"));
    try (Custody other = Custody.open(watched, test.storeUrl(), test.clock)) {
      assertThat(other.as("bob").listKeys()).isEqualTo(made);
      assertThat(asked).isEmpty();
    }
  }

  @Test
  void listKeys_keyWithoutTagsOrAliases_isDescribedAsAlone() {
    CmkDescription cmk =
        keys.createKey(tagged("b", "2", "a", "1").withAlias("alias/z").withDescription("d"));
    keys.createAlias("alias/a", id(cmk));
    assertThat(keys.listKeys()).containsExactly(keys.describe(id(cmk)));
    assertThat(keys.listKeys().getFirst().aliases()).containsExactly("alias/a", "alias/z");
    assertThat(keys.listKeys().getFirst().tags().keySet()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1.5", "99999999999999999999"})
  void listKeys_malformedMarker_isBadInput(String marker) {
    assertThatThrownBy(() -> keys.listKeys(KeyQuery.first(1).after(marker)))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("no marker");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1001})
  void first_limitOutOfRange_isBadInput(int limit) {
    assertThatThrownBy(() -> KeyQuery.first(limit)).isInstanceOf(CustodyException.BadInput.class);
  }

  private List<UUID> external(int count) {
    return IntStream.range(0, count)
        .mapToObj(_ -> keys.createKey(KeyRequest.external()).keyId())
        .toList();
  }

  private int walk(KeyQuery first, Consumer<KeyPage> visitor) {
    int pages = 0;
    KeyQuery query = first;
    while (true) {
      KeyPage page = keys.listKeys(query);
      pages++;
      visitor.accept(page);
      if (page.nextMarker() == null) {
        return pages;
      }
      query = query.after(page.nextMarker());
    }
  }

  private void destroyBehindBack(UUID key) {
    keys.scheduleDeletion(key.toString(), KeyService.MIN_DELETION_DELAY);
    test.clock.advance(KeyService.MIN_DELETION_DELAY);
    test.custody().keepHouse();
  }

  private static List<UUID> ids(KeyPage page) {
    return page.keys().stream().map(CmkDescription::keyId).toList();
  }

  private static KeyRequest tagged(String n1, String v1, String n2, String v2) {
    return KeyRequest.external().withTags(Map.of(n1, v1, n2, v2));
  }
}
