package io.strongroom.integration.history;

/**
 * A time in which a node could not be reached, or was coming back.
 *
 * @param node the node
 * @param client whom it could not be reached by; empty for everyone
 * @param fromNanos when it began, or a little before
 * @param toNanos when it was over
 */
record Outage(String node, String client, long fromNanos, long toNanos) {

  boolean touches(String askedNode, String asker, long from, long to) {
    return node.equals(askedNode)
        && (client.isEmpty() || client.equals(asker))
        && fromNanos <= to
        && toNanos >= from;
  }
}
