package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A token is seen as three, of which some are away, or hold something else. */
class QuorumCheckTest extends TokenTest {

  private static final String ALIAS = "alias/payments";
  private static final List<String> THREE = List.of("a", "b", "c");

  private CmkDescription before;
  private CmkDescription next;

  @BeforeEach
  void aliasAndAKeyToRotateTo() {
    before = keys.createKey(KeyRequest.generated().withAlias(ALIAS));
    next = keys.createKey(KeyRequest.generated());
  }

  @Test
  void rotateAlias_allThreeShowTheKey_allAreNamed() {
    assertThat(rotate(Map.of()).verified()).isEqualTo(THREE);
    assertThat(test.lastRecord().nodes()).isEqualTo(THREE);
  }

  @Test
  void rotateAlias_oneOfThreeAway_isDone() {
    assertThat(rotate(Map.of("b", away())).verified()).containsExactly("a", "c");
  }

  @Test
  void rotateAlias_twoOfThreeAway_isRefusedAndPointsWhereItDid() {
    assertNoQuorum(Map.of("a", away(), "c", away()), "1 of 3");
  }

  @Test
  void rotateAlias_oneTokenHoldsAnotherKey_isRefusedThoughTwoAgree() {
    String own = labelled(next).toString();
    String other = labelled(before).toString();
    Function<Hsm, Hsm> mixedUp =
        token ->
            proxy(
                token,
                (method, arguments) -> {
                  for (int i = 0; arguments != null && i < arguments.length; i++) {
                    if (arguments[i] instanceof KeyId id && id.toString().equals(own)) {
                      arguments[i] = KeyId.parse(other);
                    }
                  }
                  return invoke(token, method, arguments);
                });
    assertNoQuorum(Map.of("b", mixedUp), "token b");
  }

  private void assertNoQuorum(Map<String, Function<Hsm, Hsm>> special, String named) {
    assertThatThrownBy(() -> rotate(special))
        .isInstanceOfSatisfying(
            CustodyException.Unavailable.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NO_QUORUM))
        .hasMessageContaining(named);
    assertThat(keys.describe(ALIAS).keyId()).isEqualTo(before.keyId());
  }

  private AliasRotation rotate(Map<String, Function<Hsm, Hsm>> special) {
    Hsm three =
        proxy(
            hsm,
            (method, arguments) ->
                switch (method.getName()) {
                  case "locations" -> THREE;
                  case "at" ->
                      special.getOrDefault((String) arguments[0], Function.identity()).apply(hsm);
                  case "key" -> everywhere((KeyInfo) invoke(hsm, method, arguments));
                  default -> invoke(hsm, method, arguments);
                });
    try (Custody custody = Custody.open(three, test.storeUrl(), test.clock)) {
      return custody.as("bob").rotateAliasTo(ALIAS, id(next), false);
    }
  }

  private static Function<Hsm, Hsm> away() {
    return token -> {
      throw new HsmException.DeviceUnavailable("this one is away, as arranged");
    };
  }

  private KeyId labelled(CmkDescription cmk) {
    return hsm.key("cmk/" + cmk.keyId() + "/v1").id();
  }

  private static KeyInfo everywhere(KeyInfo key) {
    return new KeyInfo(
        key.id(),
        key.label(),
        key.type(),
        key.usages(),
        key.protection(),
        key.session(),
        key.publicKey(),
        THREE);
  }

  private interface Answer {
    Object to(Method method, Object[] arguments) throws Throwable;
  }

  private static Hsm proxy(Hsm hsm, Answer answer) {
    return (Hsm)
        Proxy.newProxyInstance(
            Hsm.class.getClassLoader(),
            new Class<?>[] {Hsm.class},
            (_, method, arguments) -> answer.to(method, arguments));
  }

  private static Object invoke(Hsm hsm, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(hsm, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
