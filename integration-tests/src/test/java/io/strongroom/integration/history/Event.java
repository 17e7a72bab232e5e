package io.strongroom.integration.history;

/**
 * One call of one client.
 *
 * @param client the client's name
 * @param call what it asked
 * @param begunNanos when it asked
 * @param endedNanos when it was told
 * @param outcome what it was told
 */
record Event(String client, Call call, long begunNanos, long endedNanos, Outcome outcome) {

  boolean isDone() {
    return outcome instanceof Outcome.Done;
  }
}
