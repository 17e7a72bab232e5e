package io.strongroom.integration.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.KeyId;
import io.strongroom.integration.history.NodeState.TokenObject;
import io.strongroom.integration.history.Violation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Each promise is broken once on purpose, and the checker finds that and nothing else. */
class HistoryCheckerTest {
  private static final KeyId KEY = KeyId.of(new byte[KeyId.BYTES]);
  private static final KeyId OTHER = KeyId.parse("ff".repeat(KeyId.BYTES));
  private static final Duration SETTLING = Duration.ofSeconds(1);
  private static final Set<String> QUORUM = Set.of("a", "b");

  private final List<Event> events = new ArrayList<>();
  private final List<Outage> outages = new ArrayList<>();
  private final Map<String, NodeState> nodes = new TreeMap<>();
  private long nowSeconds = 10;

  HistoryCheckerTest() {
    List.of("a", "b", "c").forEach(name -> nodes.put(name, empty()));
  }

  @Test
  void wholeHistory_isFine() {
    create(KEY, "k", done());
    read(KEY, done());
    everywhere(KEY, "k", "01");
    create(OTHER, "gone", done());
    destroy(OTHER, done());
    create(OTHER, "gone", new Outcome.Refused("was destroyed"));
    assertThat(check()).isEmpty();
  }

  @Test
  void key_acknowledgedByOneNode_isBelowQuorum() {
    create(KEY, "k", new Outcome.Done(Set.of("a")));
    everywhere(KEY, "k", "01");
    finds(Kind.BELOW_QUORUM);
  }

  @Test
  void key_acknowledgedAndMissingAtANode_isLost() {
    create(KEY, "k", done());
    put("a", KEY, "k", "01");
    put("b", KEY, "k", "01");
    finds(Kind.LOST);
  }

  @Test
  void key_withoutItsSealOrItsObject_isLost() {
    create(KEY, "k", done());
    everywhere(KEY, "k", "01");
    nodes.get("b").sealed().remove(KEY);
    finds(Kind.LOST);
    nodes.get("b").sealed().add(KEY);
    nodes.get("c").objects().clear();
    finds(Kind.LOST);
  }

  @Test
  void key_destroyedAndStillSomewhere_hasReturned() {
    create(KEY, "k", done());
    destroy(KEY, done());
    nodes.get("c").sealed().add(KEY);
    finds(Kind.RETURNED);
  }

  @Test
  void refusedCreate_withAnObjectLeft_hasRemains() {
    create(KEY, "k", new Outcome.Refused("too few nodes"));
    nodes.get("a").objects().add(new TokenObject("secret", KEY, "k"));
    finds(Kind.REMAINS);
  }

  @Test
  void unknownCreate_atOneNodeOnly_isHalfDone() {
    create(KEY, "k", new Outcome.Unknown("no answer"));
    assertThat(check()).isEmpty();
    everywhere(KEY, "k", "01");
    assertThat(check()).isEmpty();
    nodes.put("c", empty());
    finds(Kind.HALF_DONE);
  }

  @Test
  void unknownDestroy_atOneNodeOnly_isHalfDone() {
    create(KEY, "k", done());
    destroy(KEY, new Outcome.Unknown("no answer"));
    assertThat(check()).isEmpty();
    put("a", KEY, "k", "01");
    put("b", KEY, "k", "01");
    finds(Kind.HALF_DONE);
  }

  @Test
  void refusedDestroy_leavesTheKey() {
    create(KEY, "k", done());
    destroy(KEY, new Outcome.Refused("nothing was changed"));
    finds(Kind.LOST);
  }

  @Test
  void label_acknowledgedForTwoLiveKeys_isThereTwice() {
    create(KEY, "k", done());
    create(OTHER, "k", done());
    destroy(KEY, done());
    everywhere(OTHER, "k", "02");
    finds(Kind.LABEL_TWICE);
  }

  @Test
  void label_ofAKeyThatWasBeingDestroyed_mayBeUsedAgain() {
    create(KEY, "k", done());
    destroy(KEY, new Outcome.Unknown("no answer"));
    create(OTHER, "k", done());
    everywhere(OTHER, "k", "02");
    assertThat(check()).isEmpty();
  }

  @Test
  void id_withDifferentCheckValues_isThereTwice() {
    create(KEY, "k", done());
    everywhere(KEY, "k", "01");
    nodes.get("b").served().put(KEY, "02");
    finds(Kind.ID_TWICE);
  }

  @Test
  void id_thatWasNeverAcknowledged_mayBeContested() {
    create(KEY, "k", new Outcome.Unknown("another client has made it"));
    everywhere(KEY, "k", "01");
    nodes.get("b").served().put(KEY, "02");
    assertThat(check()).isEmpty();
  }

  @Test
  void importedKey_withAnotherCheckValue_isThereTwice() {
    add(new Call.Create(KEY, "k", "0a"), done());
    everywhere(KEY, "k", "01");
    finds(Kind.ID_TWICE);
  }

  @Test
  void token_withTwoObjectsOfOneIdOrLabel_hasADuplicate() {
    create(KEY, "k", done());
    everywhere(KEY, "k", "01");
    nodes.get("a").objects().add(new TokenObject("secret", KEY, "again"));
    finds(Kind.DUPLICATE);
    nodes.get("a").objects().removeLast();
    create(OTHER, "other", done());
    everywhere(OTHER, "k", "02");
    finds(Kind.DUPLICATE, Kind.DUPLICATE, Kind.DUPLICATE);
  }

  @Test
  void token_withAKeyThatNobodyAskedFor_hasAStray() {
    nodes.get("b").objects().add(new TokenObject("secret", KEY, "strongroom-birth-1"));
    finds(Kind.STRAY);
  }

  @Test
  void node_thatDoesNotDecrypt_isUnreadable() {
    create(KEY, "k", done());
    everywhere(KEY, "k", "01");
    nodes.get("a").unreadable().add(KEY);
    finds(Kind.UNREADABLE);
  }

  @Test
  void read_withAnotherText_isAWrongAnswer() {
    create(KEY, "k", done());
    everywhere(KEY, "k", "01");
    read(KEY, new Outcome.Wrong("another text"));
    finds(Kind.WRONG_ANSWER);
  }

  @Test
  void read_saidNotToFindAKeyThatExists_isDenied() {
    create(KEY, "k", done());
    everywhere(KEY, "k", "01");
    read(KEY, new Outcome.NotFound("no node holds it"));
    finds(Kind.DENIED);
  }

  @Test
  void destroy_saidNotToFindAKeyThatExists_isDenied() {
    create(KEY, "k", done());
    destroy(KEY, new Outcome.NotFound("no node holds it"));
    finds(Kind.DENIED);
  }

  @Test
  void read_ofAKeyThatIsBeingDestroyed_mayFindNothing() {
    create(KEY, "k", done());
    destroy(KEY, new Outcome.Unknown("no answer"));
    read(KEY, new Outcome.NotFound("no node holds it"));
    read(KEY, new Outcome.Refused("no node holds it"));
    assertThat(check()).isEmpty();
  }

  @Test
  void read_failedWhileAHolderWasThere_wasNotServed() {
    create(KEY, "k", done());
    everywhere(KEY, "k", "01");
    outages.add(outage("a", "", 0, 100));
    outages.add(outage("b", "someone else", 0, 100));
    read(KEY, new Outcome.Refused("no node serves"));
    finds(Kind.NOT_SERVED);
  }

  @Test
  void read_failedWhileNoHolderWasThere_isFine() {
    create(KEY, "k", done());
    everywhere(KEY, "k", "01");
    outages.add(outage("a", "", 0, 100));
    outages.add(outage("b", "client", 0, nowSeconds));
    read(KEY, new Outcome.Refused("no node serves"));
    assertThat(check()).isEmpty();
  }

  private static Outcome done() {
    return new Outcome.Done(QUORUM);
  }

  private void create(KeyId key, String label, Outcome outcome) {
    add(new Call.Create(key, label, ""), outcome);
  }

  private void destroy(KeyId key, Outcome outcome) {
    add(new Call.Destroy(key), outcome);
  }

  private void read(KeyId key, Outcome outcome) {
    add(new Call.Read(key, Call.Use.DECRYPT), outcome);
  }

  private void add(Call call, Outcome outcome) {
    long begun = Duration.ofSeconds(nowSeconds).toNanos();
    events.add(new Event("client", call, begun, begun + 1, outcome));
    nowSeconds++;
  }

  private static Outage outage(String node, String client, long fromSeconds, long toSeconds) {
    return new Outage(
        node,
        client,
        Duration.ofSeconds(fromSeconds).toNanos(),
        Duration.ofSeconds(toSeconds).toNanos());
  }

  private void everywhere(KeyId key, String label, String checkValue) {
    nodes.keySet().forEach(node -> put(node, key, label, checkValue));
  }

  private void put(String node, KeyId key, String label, String checkValue) {
    NodeState state = nodes.get(node);
    state.served().put(key, checkValue);
    state.sealed().add(key);
    state.objects().add(new TokenObject("secret", key, label));
  }

  private static NodeState empty() {
    return new NodeState(
        new HashMap<>(), new HashSet<>(), new ArrayList<>(), new HashSet<>(), new HashSet<>());
  }

  private List<Violation> check() {
    return HistoryChecker.check(2, SETTLING, new History(events, outages), nodes);
  }

  private void finds(Kind... kinds) {
    assertThat(check()).extracting(Violation::kind).containsExactly(kinds);
  }
}
