/**
 * The cluster: nodes that serve a token each, and the client that makes one {@code Hsm} of them.
 */
@org.jspecify.annotations.NullMarked
module io.strongroom.cluster {
  requires static transitive org.jspecify;
  requires transitive io.strongroom.provider;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires com.google.protobuf;
  requires io.netty.handler;
  requires transitive io.opentelemetry.api;
  requires io.opentelemetry.context;
  requires io.netty.common;
  requires io.netty.transport;
  requires transitive io.vertx.core;
  requires io.vertx.grpc.client;
  requires io.vertx.grpc.common;
  requires io.vertx.grpc.health;
  requires io.vertx.grpc.reflection;
  requires io.vertx.grpc.server;
  requires java.management;
  requires transitive micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires org.bouncycastle.util;
  requires org.slf4j;

  exports io.strongroom.cluster;
  exports io.strongroom.cluster.node;

  // How a control call ended is read from the error field that every reply has.
  opens io.strongroom.cluster.wire.v1 to
      com.google.protobuf;

  provides io.strongroom.hsm.HsmDriver with
      io.strongroom.cluster.ClusterDriver;
}
