package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.MemorySegment;

/**
 * The functions of one PKCS#11 library (v2.40 §5), typed. Except where a method returns a {@code
 * long}, which is the {@code CK_RV}, anything but {@code CKR_OK} is thrown as {@link CkException}.
 *
 * <p>Pointers follow the standard: where {@code count} or {@code length} is an {@code inOut}
 * segment, it holds the room on entry and the size on return.
 */
final class Cryptoki {

  /** The places of the functions in {@code CK_FUNCTION_LIST}. */
  private enum Slot {
    C_Initialize(0),
    C_Finalize(1),
    C_GetSlotList(4),
    C_GetTokenInfo(6),
    C_GetMechanismList(7),
    C_GetMechanismInfo(8),
    C_OpenSession(12),
    C_CloseSession(13),
    C_CloseAllSessions(14),
    C_GetSessionInfo(15),
    C_Login(18),
    C_Logout(19),
    C_CreateObject(20),
    C_CopyObject(21),
    C_DestroyObject(22),
    C_GetAttributeValue(24),
    C_SetAttributeValue(25),
    C_FindObjectsInit(26),
    C_FindObjects(27),
    C_FindObjectsFinal(28),
    C_EncryptInit(29),
    C_Encrypt(30),
    C_DecryptInit(33),
    C_Decrypt(34),
    C_SignInit(42),
    C_Sign(43),
    C_VerifyInit(48),
    C_Verify(49),
    C_GenerateKey(58),
    C_GenerateKeyPair(59),
    C_WrapKey(60),
    C_UnwrapKey(61),
    C_DeriveKey(62),
    C_GenerateRandom(64);

    private final int index;

    Slot(int index) {
      this.index = index;
    }
  }

  // A CK_VERSION of two bytes, padded to a pointer, then 68 functions.
  private static final long FIRST_FUNCTION_OFFSET_BYTES = 8;
  private static final int FUNCTIONS = 68;

  private final MemorySegment[] functions;
  private volatile boolean retired;

  /**
   * Reads the function list.
   *
   * @param list what {@code C_GetFunctionList} gave
   */
  Cryptoki(MemorySegment list) {
    this.functions = new MemorySegment[FUNCTIONS];
    long bytes = FIRST_FUNCTION_OFFSET_BYTES + FUNCTIONS * ADDRESS.byteSize();
    MemorySegment table = list.reinterpret(bytes).asSlice(FIRST_FUNCTION_OFFSET_BYTES);
    for (int i = 0; i < FUNCTIONS; i++) {
      functions[i] = table.getAtIndex(ADDRESS, i);
    }
  }

  private Cryptoki(MemorySegment[] functions) {
    this.functions = functions;
  }

  /**
   * The same functions after the library was initialised anew, which numbers its sessions from the
   * start: what still holds old numbers gets {@code CKR_CRYPTOKI_NOT_INITIALIZED} here instead of
   * somebody else's session.
   */
  Cryptoki renewed() {
    retired = true;
    return new Cryptoki(functions);
  }

  private MemorySegment f(Slot slot) {
    if (retired) {
      throw new CkException(slot.name(), ReturnCode.CKR_CRYPTOKI_NOT_INITIALIZED);
    }
    return functions[slot.index];
  }

  private static void check(Slot slot, long returnValue) {
    if (returnValue != 0) {
      throw new CkException(slot.name(), returnValue);
    }
  }

  long initialize(MemorySegment arguments) {
    return Downcall.p(f(Slot.C_Initialize), arguments);
  }

  long terminate() {
    return Downcall.p(f(Slot.C_Finalize), MemorySegment.NULL);
  }

  void getSlotList(boolean withToken, MemorySegment slots, MemorySegment count) {
    byte present = (byte) (withToken ? 1 : 0);
    check(Slot.C_GetSlotList, Downcall.bpp(f(Slot.C_GetSlotList), present, slots, count));
  }

  void getTokenInfo(long slot, MemorySegment info) {
    check(Slot.C_GetTokenInfo, Downcall.lp(f(Slot.C_GetTokenInfo), slot, info));
  }

  void getMechanismList(long slot, MemorySegment mechanisms, MemorySegment count) {
    check(
        Slot.C_GetMechanismList, Downcall.lpp(f(Slot.C_GetMechanismList), slot, mechanisms, count));
  }

  void getMechanismInfo(long slot, long mechanism, MemorySegment info) {
    check(Slot.C_GetMechanismInfo, Downcall.llp(f(Slot.C_GetMechanismInfo), slot, mechanism, info));
  }

  void openSession(long slot, long flags, MemorySegment session) {
    MemorySegment none = MemorySegment.NULL;
    check(
        Slot.C_OpenSession,
        Downcall.llppp(f(Slot.C_OpenSession), slot, flags, none, none, session));
  }

  /** Does nothing for a session from before the library was initialised anew. */
  long closeSession(long session) {
    return retired
        ? ReturnCode.CKR_CRYPTOKI_NOT_INITIALIZED.value()
        : Downcall.l(f(Slot.C_CloseSession), session);
  }

  long closeAllSessions(long slot) {
    return Downcall.l(f(Slot.C_CloseAllSessions), slot);
  }

  void getSessionInfo(long session, MemorySegment info) {
    check(Slot.C_GetSessionInfo, Downcall.lp(f(Slot.C_GetSessionInfo), session, info));
  }

  void login(long session, long user, MemorySegment pin, long pinBytes) {
    check(Slot.C_Login, Downcall.llpl(f(Slot.C_Login), session, user, pin, pinBytes));
  }

  long logout(long session) {
    return Downcall.l(f(Slot.C_Logout), session);
  }

  void createObject(long session, Template.Native template, MemorySegment object) {
    check(
        Slot.C_CreateObject,
        Downcall.lplp(f(Slot.C_CreateObject), session, template.at(), template.count(), object));
  }

  void copyObject(long session, long object, Template.Native template, MemorySegment copy) {
    check(
        Slot.C_CopyObject,
        Downcall.llplp(
            f(Slot.C_CopyObject), session, object, template.at(), template.count(), copy));
  }

  void destroyObject(long session, long object) {
    check(Slot.C_DestroyObject, Downcall.ll(f(Slot.C_DestroyObject), session, object));
  }

  long getAttributeValue(long session, long object, MemorySegment template, long count) {
    return Downcall.llpl(f(Slot.C_GetAttributeValue), session, object, template, count);
  }

  void setAttributeValue(long session, long object, Template.Native template) {
    check(
        Slot.C_SetAttributeValue,
        Downcall.llpl(
            f(Slot.C_SetAttributeValue), session, object, template.at(), template.count()));
  }

  void findObjectsInit(long session, Template.Native template) {
    check(
        Slot.C_FindObjectsInit,
        Downcall.lpl(f(Slot.C_FindObjectsInit), session, template.at(), template.count()));
  }

  void findObjects(long session, MemorySegment objects, long room, MemorySegment count) {
    check(Slot.C_FindObjects, Downcall.lplp(f(Slot.C_FindObjects), session, objects, room, count));
  }

  void findObjectsFinal(long session) {
    check(Slot.C_FindObjectsFinal, Downcall.l(f(Slot.C_FindObjectsFinal), session));
  }

  void encryptInit(long session, MemorySegment mechanism, long key) {
    check(Slot.C_EncryptInit, Downcall.lpl(f(Slot.C_EncryptInit), session, mechanism, key));
  }

  void encrypt(long session, MemorySegment in, MemorySegment out, MemorySegment inOut) {
    check(
        Slot.C_Encrypt, Downcall.lplpp(f(Slot.C_Encrypt), session, in, in.byteSize(), out, inOut));
  }

  void decryptInit(long session, MemorySegment mechanism, long key) {
    check(Slot.C_DecryptInit, Downcall.lpl(f(Slot.C_DecryptInit), session, mechanism, key));
  }

  void decrypt(long session, MemorySegment in, MemorySegment out, MemorySegment inOut) {
    check(
        Slot.C_Decrypt, Downcall.lplpp(f(Slot.C_Decrypt), session, in, in.byteSize(), out, inOut));
  }

  void signInit(long session, MemorySegment mechanism, long key) {
    check(Slot.C_SignInit, Downcall.lpl(f(Slot.C_SignInit), session, mechanism, key));
  }

  void sign(long session, MemorySegment in, MemorySegment out, MemorySegment inOut) {
    check(Slot.C_Sign, Downcall.lplpp(f(Slot.C_Sign), session, in, in.byteSize(), out, inOut));
  }

  void verifyInit(long session, MemorySegment mechanism, long key) {
    check(Slot.C_VerifyInit, Downcall.lpl(f(Slot.C_VerifyInit), session, mechanism, key));
  }

  long verify(long session, MemorySegment in, MemorySegment signature) {
    return Downcall.lplpl(
        f(Slot.C_Verify), session, in, in.byteSize(), signature, signature.byteSize());
  }

  void generateKey(
      long session, MemorySegment mechanism, Template.Native template, MemorySegment key) {
    check(
        Slot.C_GenerateKey,
        Downcall.lpplp(
            f(Slot.C_GenerateKey), session, mechanism, template.at(), template.count(), key));
  }

  void generateKeyPair(
      long session,
      MemorySegment mechanism,
      Template.Native publicKey,
      Template.Native privateKey,
      MemorySegment handles) {
    check(
        Slot.C_GenerateKeyPair,
        Downcall.lpplplpp(
            f(Slot.C_GenerateKeyPair),
            session,
            mechanism,
            publicKey.at(),
            publicKey.count(),
            privateKey.at(),
            privateKey.count(),
            handles,
            handles.asSlice(8)));
  }

  void wrapKey(long session, Wrapping wrapping, long key, MemorySegment out, MemorySegment inOut) {
    check(
        Slot.C_WrapKey,
        Downcall.lpllpp(
            f(Slot.C_WrapKey), session, wrapping.mechanism(), wrapping.key(), key, out, inOut));
  }

  void unwrapKey(
      long session,
      Wrapping wrapping,
      MemorySegment wrapped,
      Template.Native template,
      MemorySegment key) {
    check(
        Slot.C_UnwrapKey,
        Downcall.lplplplp(
            f(Slot.C_UnwrapKey),
            session,
            wrapping.mechanism(),
            wrapping.key(),
            wrapped,
            wrapped.byteSize(),
            template.at(),
            template.count(),
            key));
  }

  void deriveKey(
      long session,
      MemorySegment mechanism,
      long base,
      Template.Native template,
      MemorySegment key) {
    check(
        Slot.C_DeriveKey,
        Downcall.lplplp(
            f(Slot.C_DeriveKey), session, mechanism, base, template.at(), template.count(), key));
  }

  void generateRandom(long session, MemorySegment out) {
    check(
        Slot.C_GenerateRandom,
        Downcall.lpl(f(Slot.C_GenerateRandom), session, out, out.byteSize()));
  }

  /**
   * A mechanism and the key that wraps or unwraps with it.
   *
   * @param mechanism a {@code CK_MECHANISM}
   * @param key the wrapping key's handle
   */
  record Wrapping(MemorySegment mechanism, long key) {}
}
