package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.Mechanism;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a token can do, as it told ({@code C_GetMechanismList}, {@code C_GetMechanismInfo}). */
final class Capabilities {
  private static final int NEAREST_TO_NAME = 4;

  // What all names begin with, and what alone makes none of them like another.
  private static final String NAMESPACE = "CKM_";

  // The bits of CK_MECHANISM_INFO.flags from 0x100 up (PKCS#11 v2.40 §3.3).
  private static final List<String> FUNCTIONS =
      List.of(
          "encrypt",
          "decrypt",
          "digest",
          "sign",
          "sign-recover",
          "verify",
          "verify-recover",
          "generate",
          "generate-key-pair",
          "wrap",
          "unwrap",
          "derive");
  private static final int FIRST_FUNCTION_BIT = 8;

  private final String token;
  private final List<Mechanism> mechanisms;
  private final Map<Long, Mechanism> byCode = new HashMap<>();

  private Capabilities(String token, List<Mechanism> mechanisms) {
    this.token = token;
    this.mechanisms = mechanisms;
    mechanisms.forEach(m -> byCode.put(m.code(), m));
  }

  /** Asks the token. */
  static Capabilities read(Library library, TokenSlot slot) {
    Cryptoki functions = library.functions();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_LONG);
      functions.getMechanismList(slot.id(), MemorySegment.NULL, count);
      MemorySegment codes = arena.allocate(JAVA_LONG, Math.max(1, count.get(JAVA_LONG, 0)));
      functions.getMechanismList(slot.id(), codes, count);
      List<Mechanism> mechanisms = new ArrayList<>();
      MemorySegment info = arena.allocate(24, 8);
      for (long i = 0; i < count.get(JAVA_LONG, 0); i++) {
        long code = codes.getAtIndex(JAVA_LONG, i);
        functions.getMechanismInfo(slot.id(), code, info);
        mechanisms.add(mechanism(code, info));
      }
      return new Capabilities(slot.label(), List.copyOf(mechanisms));
    } catch (CkException e) {
      throw ReturnCode.exception(e, "list the mechanisms of token \"" + slot.label() + "\"");
    }
  }

  List<Mechanism> mechanisms() {
    return mechanisms;
  }

  /** Whether the token has the mechanism for this function ({@code encrypt}, {@code wrap}, …). */
  boolean has(Ckm mechanism, String function) {
    Mechanism present = byCode.get(mechanism.code());
    return present != null && present.functions().contains(function);
  }

  /**
   * The mechanism of AES key wrap with padding (RFC 5649): PKCS#11 v3.0 gave it a new number, since
   * devices had taken the old one for different things.
   */
  Ckm kwp(String function) {
    return has(Ckm.CKM_AES_KEY_WRAP_KWP, function)
        ? Ckm.CKM_AES_KEY_WRAP_KWP
        : Ckm.CKM_AES_KEY_WRAP_PAD;
  }

  /**
   * Checks that the token has the mechanism for this function.
   *
   * @throws HsmException.UnsupportedMechanism otherwise
   */
  void require(Ckm mechanism, String function) {
    if (!has(mechanism, function)) {
      List<String> nearest = nearest(mechanism, function);
      throw new HsmException.UnsupportedMechanism(
          "token \""
              + token
              + "\" has no "
              + mechanism
              + " to "
              + function
              + (nearest.isEmpty() ? ", and nothing like it" : "; nearest it has are " + nearest));
    }
  }

  private List<String> nearest(Ckm mechanism, String function) {
    String wanted = mechanism.name();
    return mechanisms.stream()
        .filter(m -> m.functions().contains(function) && !m.name().equals(wanted))
        .map(Mechanism::name)
        .filter(name -> likeness(name, wanted) > NAMESPACE.length())
        .sorted(
            Comparator.comparingInt((String name) -> -likeness(name, wanted))
                .thenComparing(Comparator.naturalOrder()))
        .limit(NEAREST_TO_NAME)
        .toList();
  }

  /** How many letters two names have in common at their beginnings and ends. */
  private static int likeness(String a, String b) {
    return commonPrefix(a, b) + commonPrefix(reversed(a), reversed(b));
  }

  private static String reversed(String name) {
    return new StringBuilder(name).reverse().toString();
  }

  private static int commonPrefix(String a, String b) {
    int i = 0;
    while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return i;
  }

  private static Mechanism mechanism(long code, MemorySegment info) {
    long flags = info.get(JAVA_LONG, 16);
    Set<String> functions = new LinkedHashSet<>();
    for (int i = 0; i < FUNCTIONS.size(); i++) {
      if ((flags >> (FIRST_FUNCTION_BIT + i) & 1) != 0) {
        functions.add(FUNCTIONS.get(i));
      }
    }
    return new Mechanism(
        Ckm.nameOf(code), code, info.get(JAVA_LONG, 0), info.get(JAVA_LONG, 8), functions);
  }
}
