package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.Protection;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes a token key in two steps: as a session object, its draft, and by copying that into the
 * token ({@code C_CopyObject}, PKCS#11 v2.40 §5.7). SoftHSM2 rewrites the file of a token object
 * for each of its attributes, some fifty times, but writes a copy twice. Where the device does not
 * copy, the key is made in the token at once. Safe for use by many threads.
 *
 * <p>The draft has the key's id, so that whatever is left of either goes with the key, and a label
 * of its own, by which it is no key to anyone.
 */
final class Drafts {
  static final String LABEL = "strongroom-draft";

  // A device that could not copy once may just have been busy.
  private static final int DIRECTLY_AFTER_REFUSAL = 64;

  private final AtomicInteger directly = new AtomicInteger();

  /** Makes a key object from a template. */
  interface Making {
    long as(Session session, Template template);
  }

  /** Whether an object is a draft, which is no key yet. */
  static boolean isDraft(Attributes attributes) {
    return attributes.isFalse(Ck.CKA_TOKEN) && attributes.text(Ck.CKA_LABEL).equals(LABEL);
  }

  /**
   * Makes a secret or private key object where it is to live.
   *
   * @param more attributes that this way of making it needs
   * @return its handle
   */
  long make(Session session, KeySpec spec, Template more, Making making) {
    long copy =
        maySuit(spec) ? copy(session, spec, making.as(session, KeyTemplates.draft(spec, more))) : 0;
    return copy == 0
        ? KeyMaker.keeping(
            session, spec, keeper -> making.as(keeper, KeyTemplates.kept(spec, more)))
        : copy;
  }

  private boolean maySuit(KeySpec spec) {
    return !spec.session()
        && spec.protection() != Protection.DOMAIN
        && directly.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
  }

  /** Copies a draft into the token and destroys it; 0 if the device does not do that. */
  private long copy(Session session, KeySpec spec, long draft) {
    boolean done = false;
    try {
      Template place = new Template().put(Ck.CKA_TOKEN, true).put(Ck.CKA_LABEL, spec.label());
      long copy = session.copy(draft, place);
      done = isHonoured(session, spec, copy);
      if (done) {
        return copy;
      }
      session.destroy(copy);
    } catch (CkException e) {
      if (e.code().deviceFailed() || e.code().handleStale() || e.code().ambiguous()) {
        throw e;
      }
    } finally {
      if (!done) {
        directly.set(DIRECTLY_AFTER_REFUSAL);
      }
      session.destroyQuietly(draft);
    }
    return 0;
  }

  // What the copy does not say of itself the key could not say either.
  private static boolean isHonoured(Session session, KeySpec spec, long copy) {
    KeyReader.KeyObject made = KeyReader.read(session, copy);
    return made != null
        && made.type().equals(spec.type())
        && made.attributes().isTrue(Ck.CKA_TOKEN);
  }
}
