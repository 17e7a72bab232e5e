package io.strongroom.cluster.balance;

import java.util.ArrayDeque;
import java.util.Deque;

/** A node of a {@link Simulation}: a few servers and a queue. */
final class SimulatedNode {

  private static final int SERVERS = 8;

  /** How it behaves; its probes succeed except while it is silent. */
  enum Mode {
    WELL,
    FAILING,
    SILENT
  }

  private final Member member;
  private final Deque<Runnable> queue = new ArrayDeque<>();
  private Mode mode = Mode.WELL;
  private double slowdown = 1;
  private double pauses;
  private int running;
  private int asked;

  SimulatedNode(Member member) {
    this.member = member;
    member.sessions(SERVERS);
    member.joined();
  }

  Member member() {
    return member;
  }

  Mode mode() {
    return mode;
  }

  void behave(Mode next) {
    mode = next;
  }

  double slowdown() {
    return slowdown;
  }

  void slowDown(double factor) {
    slowdown = factor;
  }

  /** The part of its operations that take a hundred times longer. */
  double pauses() {
    return pauses;
  }

  void pauseAt(double part) {
    pauses = part;
  }

  Attempt begin(Kind kind) {
    asked++;
    return member.begin(kind);
  }

  /** How often it was asked since the last {@link #countAnew}. */
  int asked() {
    return asked;
  }

  void countAnew() {
    asked = 0;
  }

  /** Takes a server, or waits for one. */
  boolean takeServer(Runnable waits) {
    if (running >= SERVERS) {
      queue.add(waits);
      return false;
    }
    running++;
    return true;
  }

  void giveServerBack() {
    running--;
    Runnable next = queue.poll();
    if (next != null) {
      next.run();
    }
  }
}
