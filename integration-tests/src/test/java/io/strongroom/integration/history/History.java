package io.strongroom.integration.history;

import java.util.List;

/**
 * What happened.
 *
 * @param events all calls that ended
 * @param outages when which node could not be reached
 */
record History(List<Event> events, List<Outage> outages) {}
