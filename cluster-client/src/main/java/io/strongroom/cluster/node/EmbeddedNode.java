package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Role;
import io.strongroom.cluster.identity.SpiffeId;
import io.strongroom.cluster.identity.TlsFiles;
import io.strongroom.cluster.link.Connector;
import io.strongroom.cluster.link.NodeLink;
import io.strongroom.cluster.observe.Troubles;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node in the process of its client: a token, its seals and the checks of every node, without a
 * server. Token and seals are opened once, by the first link; what they do blocks threads of their
 * own, platform threads since native calls would pin a virtual one's carrier.
 *
 * <p>Confined to one event loop.
 */
public final class EmbeddedNode implements Connector {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedNode.class);
  private static final int CONTROL_THREADS = 2;
  private static final int WAITING = 4096;
  private static final int NO_CERTIFICATE = 0;
  private static final String TOKEN = "token";
  private static final Duration LEVEL_EVERY = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final Place place;
  private final ExecutorService workers;
  private final ExecutorService control;
  private final Deque<AutoCloseable> ending = new ConcurrentLinkedDeque<>();
  private final AtomicBoolean levelling = new AtomicBoolean();
  private final Troubles troubles = new Troubles();
  private @Nullable Future<Served> served;
  private @Nullable EmbeddedLink current;
  private long levelTimer = -1;
  private boolean closed;

  /**
   * Which node it is, and where its token and seals are.
   *
   * @param id its name in the cluster
   * @param zone its availability zone; empty for none
   * @param hsm its token's URL
   * @param seals the folder of its seals
   * @param tls the client's files, which say what it may do; null if it may do everything, since
   *     there is no one but the token's own PIN to ask
   */
  public record Place(SpiffeId id, String zone, String hsm, Path seals, @Nullable TlsFiles tls) {

    /** Without the URL, which may say where its PIN is. */
    @Override
    public String toString() {
      return "Place[" + id + "]";
    }
  }

  /** What a token that is open does. */
  record Served(Vault vault, ControlCalls calls, Operations operations, Role role) {}

  /** A node whose token is not open yet. */
  public EmbeddedNode(Vertx vertx, Place place) {
    this.vertx = vertx;
    this.place = place;
    String name = "member-" + place.id().name();
    this.workers = pool(name + "-token-", NodeConfig.sessions(place.hsm()));
    this.control = pool(name + "-control-", CONTROL_THREADS);
  }

  private static ExecutorService pool(String name, int threads) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(WAITING),
        Thread.ofPlatform().daemon().name(name, 1).factory());
  }

  @Override
  public Future<NodeLink> open(Duration timeout) {
    if (closed) {
      return Future.failedFuture(unavailable("this client is closed", null));
    }
    Future<Served> opening = served;
    if (opening == null) {
      opening = begin();
      served = opening;
      opening.onFailure(_ -> served = null);
    }
    return limited(opening, timeout).map(this::link);
  }

  private NodeLink link(Served open) {
    EmbeddedLink link = new EmbeddedLink(vertx, place.id().name(), open, workers, control);
    current = link;
    return link;
  }

  private Future<Served> begin() {
    return onControl(this::openToken)
        .onSuccess(open -> {
          if (!closed) {
            levelTimer = vertx.setPeriodic(LEVEL_EVERY.toMillis(), _ -> level(open.vault()));
          }
        });
  }

  /** Waits no longer than this; a token that hangs is still waited for by those who come later. */
  private Future<Served> limited(Future<Served> opening, Duration timeout) {
    Promise<Served> promise = Promise.promise();
    long timer =
        vertx.setTimer(
            Math.max(1, timeout.toMillis()),
            _ -> promise.tryFail(unavailable("its token did not open in time", null)));
    opening
        .onComplete(promise::tryComplete, promise::tryFail)
        .onComplete(_ -> vertx.cancelTimer(timer));
    return promise.future();
  }

  private Served openToken() {
    TlsFiles tls = place.tls();
    Role role = tls == null ? Role.OFFICER : tls.identity().role();
    Deque<AutoCloseable> steps = new ArrayDeque<>();
    try {
      steps.push(FolderLock.take(place.seals()));
      SealStore seals = SealStore.open(place.seals());
      Hsm hsm = new PinGuard(place.seals(), place.hsm()).open();
      steps.push(hsm);
      Vault vault = Vault.open(hsm, seals, Clock.systemUTC());
      Served open = served(vault, role);
      ending.addAll(steps);
      LOG.info("event=member_open node={} role={}", place.id().name(), role);
      return open;
    } catch (RuntimeException e) {
      steps.forEach(this::end);
      throw e;
    }
  }

  private Served served(Vault vault, Role role) {
    String name = place.id().name();
    int sessions = NodeConfig.sessions(place.hsm());
    ControlCalls.Self self =
        new ControlCalls.Self(
            place.id().cluster(), name, place.zone(), sessions, () -> NO_CERTIFICATE, () -> 1);
    return new Served(vault, new ControlCalls(self, vault), new Operations(vault, name), role);
  }

  private void level(Vault vault) {
    if (!levelling.getAndSet(true)) {
      onControl(
              () -> {
                vault.levelToken();
                return true;
              })
          .onComplete(_ -> levelling.set(false))
          .onSuccess(_ -> troubles.over(TOKEN))
          .onFailure(e -> {
            if (troubles.isNews(TOKEN, e.toString())) {
              LOG.warn("event=token_not_level reason=\"{}\"", e.toString());
            }
          });
    }
  }

  private <T> Future<T> onControl(Supplier<T> work) {
    Context loop = vertx.getOrCreateContext();
    Promise<T> promise = Promise.promise();
    control.execute(() -> {
      try {
        T result = work.get();
        loop.runOnContext(_ -> promise.complete(result));
      } catch (RuntimeException e) {
        HsmException known = e instanceof HsmException hsm ? hsm : unavailable(e.toString(), e);
        loop.runOnContext(_ -> promise.fail(known));
      }
    });
    return promise.future();
  }

  /** Closes the token. That blocks, and may hang with the token: a thread of its own waits. */
  @Override
  public Future<Void> close() {
    closed = true;
    vertx.cancelTimer(levelTimer);
    EmbeddedLink open = current;
    if (open != null) {
      open.close(unavailable("this client is closed", null));
    }
    Context loop = vertx.getOrCreateContext();
    Promise<Void> promise = Promise.promise();
    Thread.ofPlatform()
        .daemon()
        .name("member-" + place.id().name() + "-close")
        .start(() -> {
          workers.shutdown();
          control.shutdown();
          awaitOpening();
          ending.forEach(this::end);
          loop.runOnContext(_ -> promise.complete());
        });
    return promise.future();
  }

  /** What is being opened just now is closed too. */
  private void awaitOpening() {
    try {
      if (!control.awaitTermination(LEVEL_EVERY.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("event=member_busy node={}", place.id().name());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(AutoCloseable step) {
    try {
      step.close();
    } catch (Exception e) {
      LOG.warn("event=close_step_failed node={}", place.id().name(), e);
    }
  }

  private HsmException unavailable(String reason, @Nullable Throwable cause) {
    String name = place.id().name();
    return new HsmException.DeviceUnavailable(
        "node \"" + name + "\": " + reason, cause, null, name);
  }
}
