package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A session object with the same value as a token key (PKCS#11 v2.40 §5.7, {@code C_CopyObject}),
 * which some devices use much faster. It is compared with the key again and again, since another
 * application may destroy or change that, and destroyed when nobody uses it any more. Safe for use
 * by many threads.
 */
final class SessionCopy {
  private static final String NAME = "strongroom-copy";
  private static final byte[] ID = NAME.getBytes(StandardCharsets.US_ASCII);
  // A key that was destroyed or changed stops being used within a second.
  private static final long COMPARE_EVERY_NANOS = 400_000_000;
  private static final long TRUSTED_NANOS = 900_000_000;

  // What a copy is made for; it can do nothing else, whatever the key can.
  private static final Set<KeyUsage> USAGES =
      EnumSet.of(KeyUsage.ENCRYPT, KeyUsage.DECRYPT, KeyUsage.SIGN, KeyUsage.VERIFY);
  private static final long[] COMPARED =
      LongStream.concat(
              LongStream.of(KeyReader.types()),
              LongStream.of(
                  Ck.CKA_PRIVATE, Ck.CKA_ALWAYS_AUTHENTICATE, Ck.CKA_CHECK_VALUE, Ck.CKA_UNIQUE_ID))
          .toArray();
  private static final long[] OWN = {
    Ck.CKA_TOKEN,
    Ck.CKA_ID,
    Ck.CKA_LABEL,
    Ck.CKA_WRAP,
    Ck.CKA_UNWRAP,
    Ck.CKA_DERIVE,
    Ck.CKA_UNIQUE_ID
  };

  private final KeyEntry original;
  private final KeyEntry entry;
  private final Attributes asCopied;
  private final LongSupplier nanoClock;
  private final AtomicLong compareBegunNanos;
  private volatile long comparedNanos;
  // One for the owner, and one for each operation that is under way.
  private final AtomicInteger holders = new AtomicInteger(1);

  private SessionCopy(
      KeyEntry original, long handle, Attributes asCopied, long nowNanos, LongSupplier nanoClock) {
    this.original = original;
    this.entry = new KeyEntry(original.info(), handle, original.publicHandle(), true);
    this.asCopied = asCopied;
    this.nanoClock = nanoClock;
    this.compareBegunNanos = new AtomicLong(nowNanos);
    this.comparedNanos = nowNanos;
  }

  /** Whether an object is such a copy, which is no key of its own. */
  static boolean isCopy(byte @Nullable [] id, String label) {
    return label.equals(NAME) && Arrays.equals(id, ID);
  }

  /** Whether this kind of key may be copied at all. */
  static boolean suits(KeyEntry key) {
    return key.handle() != 0
        && !key.info().session()
        && key.info().protection() == Protection.NEVER_LEAVES;
  }

  /**
   * Copies a key; null if the device does not, or does not protect the copy as it does the key.
   * Throws {@link CkException} only for what has nothing to do with copying.
   */
  static @Nullable SessionCopy of(Session session, KeyEntry original, LongSupplier nanoClock) {
    long nowNanos = nanoClock.getAsLong();
    Attributes attributes = Attributes.read(session, original.handle(), COMPARED);
    if (attributes.isTrue(Ck.CKA_ALWAYS_AUTHENTICATE) || attributes.isFalse(Ck.CKA_COPYABLE)) {
      return null;
    }
    try {
      long handle =
          session.generation().onKeeper(keeper -> copy(keeper, original.handle(), attributes));
      return handle == 0
          ? null
          : new SessionCopy(original, handle, attributes, nowNanos, nanoClock);
    } catch (CkException e) {
      if (e.code().deviceFailed() || e.code().handleStale()) {
        throw e;
      }
      return null;
    }
  }

  private static long copy(Session keeper, long original, Attributes attributes) {
    Template own =
        new Template()
            .put(Ck.CKA_TOKEN, false)
            .put(Ck.CKA_ID, ID)
            .put(Ck.CKA_LABEL, NAME)
            .putAll(Usages.without(attributes.number(Ck.CKA_CLASS), USAGES));
    long copy = keeper.copy(original, own);
    boolean kept = false;
    try {
      Attributes made = Attributes.read(keeper, copy, COMPARED);
      kept =
          made.equalsExceptFor(attributes, OWN)
              && isCopy(made.bytes(Ck.CKA_ID), made.text(Ck.CKA_LABEL))
              && made.isFalse(Ck.CKA_TOKEN)
              && made.isTrue(Ck.CKA_SENSITIVE)
              && made.isFalse(Ck.CKA_EXTRACTABLE);
    } finally {
      if (!kept) {
        keeper.destroyQuietly(copy);
      }
    }
    return kept ? copy : 0;
  }

  /** The key, with the copy in its place. */
  KeyEntry entry() {
    return entry;
  }

  /** When it was compared last, by the clock it was made with. */
  long comparedNanos() {
    return comparedNanos;
  }

  /**
   * Whether the key still is what it was when it was copied, as far as that was seen less than a
   * second ago. From time to time one caller looks.
   */
  boolean isTrue(Session session) {
    long nowNanos = nanoClock.getAsLong();
    long begunNanos = compareBegunNanos.get();
    if (nowNanos - begunNanos < COMPARE_EVERY_NANOS
        || !compareBegunNanos.compareAndSet(begunNanos, nowNanos)) {
      return nowNanos - comparedNanos < TRUSTED_NANOS;
    }
    if (!isUnchanged(session)) {
      return false;
    }
    comparedNanos = nowNanos;
    return true;
  }

  private boolean isUnchanged(Session session) {
    try {
      return Attributes.read(session, original.handle(), COMPARED).equalsExceptFor(asCopied);
    } catch (CkException e) {
      if (e.code().handleStale()) {
        return false;
      }
      throw e;
    }
  }

  /** Begins to use it, so that it stays until {@link #release}; false if it is gone. */
  boolean hold() {
    int present = holders.get();
    while (present > 0 && !holders.compareAndSet(present, present + 1)) {
      present = holders.get();
    }
    return present > 0;
  }

  /** Ends a use, or the owner's hold; the last one destroys it. */
  void release(Session session) {
    if (holders.decrementAndGet() == 0) {
      session.destroyQuietly(entry.handle());
    }
  }
}
