package io.strongroom.custody;

import io.strongroom.custody.store.Database;
import io.strongroom.hsm.Hsm;
import java.time.Clock;

/** What the services of custody share. */
record Parts(
    Hsm hsm, Database database, Ledger ledger, Intents intents, ImportTokens tokens, Clock clock) {}
