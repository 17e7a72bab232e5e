package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.audit.AuditRecord;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReencryptionTest extends TokenTest {

  private static final String ALIAS = "alias/payments";
  private static final byte[] PLAINTEXT = {1, 2, 3};
  private static final Map<String, String> CONTEXT = Map.of("invoice", "4711");

  private CmkDescription first;
  private CmkDescription second;
  private byte[] old;

  @BeforeEach
  void ciphertextOfARotatedAlias() {
    first = keys.createKey(KeyRequest.generated().withAlias(ALIAS));
    second = keys.createKey(KeyRequest.generated());
    old = keys.encrypt(ALIAS, PLAINTEXT, CONTEXT).encode();
    keys.rotateAliasTo(ALIAS, id(second), false);
  }

  @Test
  void reencrypt_afterRotation_isUnderTheNewKeyInOneAuditedCall() {
    Reencrypted fresh = keys.reencrypt(ALIAS, old, CONTEXT, CONTEXT);
    assertThat(fresh.changed()).isTrue();
    assertThat(fresh.ciphertext().keyId()).isEqualTo(second.keyId());
    AuditRecord record = test.lastRecord();
    assertThat(record.operation()).isEqualTo("reEncrypt");
    assertThat(record.keyId()).isEqualTo(id(second));
    assertThat(record.alias()).isEqualTo(ALIAS);
    assertThat(record.details())
        .containsEntry("sourceKeyId", id(first))
        .containsEntry("sourceVersion", "1");
    keys.disable(id(first));
    assertThat(keys.decrypt(fresh.ciphertext().encode(), CONTEXT)).isEqualTo(PLAINTEXT);
  }

  @Test
  void reencrypt_underTheCurrentKeyAlready_isTheSame() {
    byte[] current = keys.encrypt(ALIAS, PLAINTEXT, CONTEXT).encode();
    Reencrypted same = keys.reencrypt(ALIAS, current, CONTEXT, CONTEXT);
    assertThat(same.changed()).isFalse();
    assertThat(same.ciphertext().encode()).isEqualTo(current);
  }

  @Test
  void reencrypt_otherContext_decryptsWithThatOnly() {
    byte[] current = keys.encrypt(ALIAS, PLAINTEXT, CONTEXT).encode();
    Map<String, String> other = Map.of("invoice", "4712");
    byte[] fresh = keys.reencrypt(ALIAS, current, CONTEXT, other).ciphertext().encode();
    assertThat(keys.decrypt(fresh, other)).isEqualTo(PLAINTEXT);
    assertThatThrownBy(() -> keys.decrypt(fresh, CONTEXT))
        .isInstanceOf(CustodyException.AuthenticationFailed.class);
  }

  @Test
  void reencrypt_wrongContext_isRefused() {
    assertThatThrownBy(() -> keys.reencrypt(ALIAS, old, Map.of(), CONTEXT))
        .isInstanceOf(CustodyException.AuthenticationFailed.class);
    assertThat(test.lastRecord().result()).isEqualTo("authentication-failed AUTHENTICATION");
  }

  @Test
  void reencrypt_noCiphertext_isBadInput() {
    assertThatThrownBy(() -> keys.reencrypt(ALIAS, new byte[60], CONTEXT, CONTEXT))
        .isInstanceOf(CustodyException.BadInput.class);
  }

  @Test
  void reencrypt_sourceKeyDisabled_isRefused() {
    keys.disable(id(first));
    assertState(ALIAS);
  }

  @Test
  void reencrypt_targetDisabled_isRefused() {
    keys.disable(id(second));
    assertState(id(second));
  }

  @Test
  void reencrypt_unknownTarget_isNotFound() {
    assertThatThrownBy(() -> keys.reencrypt("alias/none", old, CONTEXT, CONTEXT))
        .isInstanceOf(CustodyException.NotFound.class);
  }

  private void assertState(String target) {
    assertThatThrownBy(() -> keys.reencrypt(target, old, CONTEXT, CONTEXT))
        .isInstanceOfSatisfying(
            CustodyException.Refused.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.KEY_STATE));
  }
}
