package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AliasesTest extends TokenTest {

  @Test
  void createAlias_new_pointsAtTheKey() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    AliasDescription alias = keys.createAlias("alias/b", id(cmk));
    keys.createAlias("alias/a", "alias/b");
    assertThat(alias.keyId()).isEqualTo(cmk.keyId());
    assertThat(keys.listAliases())
        .map(AliasDescription::alias)
        .containsExactly("alias/a", "alias/b");
    assertThat(keys.describe(id(cmk)).aliases()).containsExactly("alias/a", "alias/b");
  }

  @Test
  void createAlias_existing_isRefusedAndStaysWhereItIs() {
    CmkDescription one = keys.createKey(KeyRequest.external().withAlias("alias/a"));
    CmkDescription other = keys.createKey(KeyRequest.external());
    assertReason(
        () -> keys.createAlias("alias/a", id(other)),
        CustodyException.Refused.class,
        Reason.ALIAS_EXISTS);
    assertThat(keys.describe("alias/a").keyId()).isEqualTo(one.keyId());
  }

  @Test
  void updateAlias_expectedKeyFits_moves() {
    CmkDescription one = keys.createKey(KeyRequest.external().withAlias("alias/a"));
    CmkDescription other = keys.createKey(KeyRequest.external());
    keys.updateAlias("alias/a", id(other), id(one));
    assertThat(keys.describe("alias/a").keyId()).isEqualTo(other.keyId());
  }

  @Test
  void updateAlias_movedMeanwhile_isRefusedAndStaysWhereItIs() {
    CmkDescription one = keys.createKey(KeyRequest.external().withAlias("alias/a"));
    CmkDescription other = keys.createKey(KeyRequest.external());
    CmkDescription third = keys.createKey(KeyRequest.external());
    keys.updateAlias("alias/a", id(other), null);
    assertReason(
        () -> keys.updateAlias("alias/a", id(third), id(one)),
        CustodyException.Refused.class,
        Reason.ALIAS_MOVED);
    assertThat(keys.describe("alias/a").keyId()).isEqualTo(other.keyId());
  }

  @Test
  void updateAlias_manyWithTheSameExpectation_exactlyOneWins() throws Exception {
    CmkDescription one = keys.createKey(KeyRequest.external().withAlias("alias/a"));
    List<CmkDescription> targets =
        Stream.generate(() -> keys.createKey(KeyRequest.external())).limit(8).toList();
    try (Custody second = test.open();
        ExecutorService executor = Executors.newFixedThreadPool(8)) {
      List<KeyService> faces = List.of(keys, second.as("bob"));
      List<Callable<Boolean>> moves =
          targets.stream()
              .<Callable<Boolean>>map(
                  target -> () -> moves(faces.get(targets.indexOf(target) % 2), target, one))
              .toList();
      long won = 0;
      for (Future<Boolean> move : executor.invokeAll(moves)) {
        won += move.get() ? 1 : 0;
      }
      assertThat(won).isEqualTo(1);
    }
  }

  @Test
  void updateAlias_keyOfAnotherSpec_isRefused() {
    keys.createKey(KeyRequest.external().withAlias("alias/a"));
    CmkDescription hmac = keys.createKey(KeyRequest.generated().withSpec(CmkSpec.HMAC_256));
    assertReason(
        () -> keys.updateAlias("alias/a", id(hmac), null),
        CustodyException.Refused.class,
        Reason.KEY_USAGE);
  }

  @Test
  void updateAlias_unknown_isNotFound() {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    assertReason(
        () -> keys.updateAlias("alias/none", id(cmk), null),
        CustodyException.NotFound.class,
        Reason.NO_SUCH_ALIAS);
  }

  @Test
  void deleteAlias_existing_leavesTheKey() {
    CmkDescription cmk = keys.createKey(KeyRequest.external().withAlias("alias/a"));
    keys.deleteAlias("alias/a");
    assertThat(keys.listAliases()).isEmpty();
    assertThat(keys.describe(id(cmk)).aliases()).isEmpty();
    assertReason(
        () -> keys.deleteAlias("alias/a"), CustodyException.NotFound.class, Reason.NO_SUCH_ALIAS);
  }

  private static boolean moves(KeyService face, CmkDescription target, CmkDescription from) {
    try {
      face.updateAlias("alias/a", id(target), id(from));
      return true;
    } catch (CustodyException.Refused lost) {
      return false;
    }
  }

  private static void assertReason(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call,
      Class<? extends CustodyException> type,
      Reason reason) {
    assertThatThrownBy(call)
        .isInstanceOf(type)
        .extracting(e -> ((CustodyException) e).reason())
        .isEqualTo(reason);
  }
}
