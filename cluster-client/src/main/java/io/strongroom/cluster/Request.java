package io.strongroom.cluster;

import io.vertx.core.Future;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One call of a cluster. It is begun by its caller's thread, done on the client's loop, and its
 * result is read by its caller's thread again, so that the loop does little for each.
 *
 * @param beginning what the caller's thread does, and gives the loop to do; an operation is for
 *     those nodes only that the second argument lets pass
 * @param read makes the result of what came of it
 * @param deadlines how many deadlines the work takes at most
 */
record Request<R, T>(
    BiFunction<Cluster, Predicate<Node>, Supplier<Future<R>>> beginning,
    Function<R, T> read,
    int deadlines) {

  private static final Predicate<Node> ANYWHERE = _ -> true;

  /** Work of one deadline, all of it on the loop. */
  static <R, T> Request<R, T> of(Function<Cluster, Future<R>> work, Function<R, T> read) {
    return of(work, read, 1);
  }

  /** Work of some deadlines, all of it on the loop. */
  static <R, T> Request<R, T> of(
      Function<Cluster, Future<R>> work, Function<R, T> read, int deadlines) {
    return new Request<>((cluster, _) -> () -> work.apply(cluster), read, deadlines);
  }

  /** Begins it. */
  Future<R> begin(Cluster cluster) {
    return begin(cluster, ANYWHERE);
  }

  /** Begins it; if it is an operation, only these nodes do it. */
  Future<R> begin(Cluster cluster, Predicate<Node> where) {
    return cluster.submit(beginning.apply(cluster, where));
  }
}
