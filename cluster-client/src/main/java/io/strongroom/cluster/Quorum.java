package io.strongroom.cluster;

import io.strongroom.hsm.HsmException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks several nodes for the same and waits until enough have done it, plus a moment for the rest,
 * so that in the usual case the answer covers all of them while a slow node holds nobody up.
 *
 * <p>Confined to one event loop.
 */
final class Quorum {

  private static final long GRACE_MILLIS = 1000;

  private final Vertx vertx;
  private final int needed;
  private final List<Node> confirmed;
  private final Map<Node, HsmException> refused = new LinkedHashMap<>();
  private final Promise<Tally> promise = Promise.promise();
  private int pending;
  private boolean reached;

  /**
   * How it went.
   *
   * @param confirmed who has done it
   * @param refused who has not, and why; those who have not answered yet are in neither
   */
  record Tally(List<Node> confirmed, Map<Node, HsmException> refused) {

    /** The first refusal that another try would not change; null if there is none. */
    @Nullable HsmException refusal() {
      return refused.values().stream().filter(e -> !e.repeatElsewhere()).findFirst().orElse(null);
    }

    /** The reasons of those who have not, in words. */
    String reasons() {
      return refused.values().stream().map(HsmException::text).collect(Collectors.joining("; "));
    }
  }

  private Quorum(Vertx vertx, int needed, List<Node> confirmed) {
    this.vertx = vertx;
    this.needed = needed;
    this.confirmed = new ArrayList<>(confirmed);
  }

  /**
   * Waits for the answers.
   *
   * @param needed how many nodes must have done it
   * @param confirmed nodes that already have
   * @param votes the others' answers; failures must be {@code HsmException}s
   * @return how it went, be the quorum reached or not; never fails
   */
  static Future<Tally> of(
      Vertx vertx, int needed, List<Node> confirmed, Map<Node, Future<?>> votes) {
    Quorum quorum = new Quorum(vertx, needed, confirmed);
    quorum.pending = votes.size();
    votes.forEach((node, vote) ->
        vote.onComplete(_ -> quorum.confirm(node), e -> quorum.refuse(node, (HsmException) e)));
    quorum.check();
    return quorum.promise.future();
  }

  private void confirm(Node node) {
    pending--;
    confirmed.add(node);
    check();
  }

  private void refuse(Node node, HsmException reason) {
    pending--;
    refused.put(node, reason);
    check();
  }

  private void check() {
    if (pending == 0) {
      promise.tryComplete(tally());
    } else if (confirmed.size() >= needed && !reached) {
      reached = true;
      vertx.setTimer(GRACE_MILLIS, _ -> promise.tryComplete(tally()));
    }
  }

  private Tally tally() {
    return new Tally(List.copyOf(confirmed), new LinkedHashMap<>(refused));
  }
}
