package io.strongroom.integration;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives what a test waits for a minute, unless the test says otherwise: enough to tell a hang from
 * progress on a machine that is busy with other things. JUnit registers it for every test.
 */
public final class PatientTests implements BeforeAllCallback {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(PATIENCE);
    // What a thread of a test before throws at its end says nothing of the one that waits now.
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
  }
}
