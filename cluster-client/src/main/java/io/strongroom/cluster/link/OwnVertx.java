package io.strongroom.cluster.link;

import io.strongroom.cluster.wire.CoalescingTransport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxBootstrap;

/**
 * The Vert.x of a client or node that was given none: on daemon threads, without files in a cache.
 * Whoever made it closes it; that prints nothing, whatever is under way.
 */
public final class OwnVertx {
  private OwnVertx() {}

  /** For a client: one loop, and one blocking thread of each kind. */
  public static Vertx ofClient() {
    return create(
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1));
  }

  /** For a node: as many loops and blocking threads as Vert.x thinks right. */
  public static Vertx ofNode() {
    return create(new VertxOptions());
  }

  private static Vertx create(VertxOptions options) {
    FileSystemOptions noCache =
        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
    VertxBootstrap bootstrap =
        VertxBootstrap.create()
            .options(
                options
                    .setUseDaemonThread(true)
                    .setAddressResolverOptions(Names.resolver())
                    .setFileSystemOptions(noCache))
            .executorServiceFactory(new BlockingThreads());
    bootstrap.transport(new CoalescingTransport().implementation());
    return bootstrap.init().vertx();
  }
}
