package io.strongroom.cluster.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.strongroom.cluster.observe.Troubles;
import io.strongroom.cluster.wire.AlgorithmCodec;
import io.strongroom.cluster.wire.ErrorCodec;
import io.strongroom.cluster.wire.InfoCodec;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Operation;
import io.strongroom.cluster.wire.v1.Wrap;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs operations in the token, with keys that the node holds and no others. */
final class Operations {
  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
  private static final String TOKEN = "token";

  private final Troubles troubles = new Troubles();
  private final Vault vault;
  private final Hsm hsm;
  private final String node;

  Operations(Vault vault, String node) {
    this.vault = vault;
    this.hsm = vault.hsm();
    this.node = node;
  }

  /** Runs an operation; failures are answers too. Blocks while the token works. */
  Answer run(Operation operation) {
    try {
      return perform(operation).setId(operation.getId()).build();
    } catch (HsmException e) {
      return failed(operation, e);
    } catch (RuntimeException e) {
      LOG.error("event=operation_failed kind={}", operation.getKindCase(), e);
      return failed(
          operation,
          new HsmException.DeviceUnavailable("node \"" + node + "\" failed; see its log", e));
    }
  }

  /** Whether the token does a real operation now. */
  boolean isWorking() {
    try {
      vault.domain().probe();
      troubles.over(TOKEN);
      return true;
    } catch (RuntimeException e) {
      if (troubles.isNews(TOKEN, String.valueOf(e.getMessage()))) {
        LOG.warn("event=token_not_working reason=\"{}\"", e.getMessage());
      }
      return false;
    }
  }

  /** The answer that says why an operation failed. */
  Answer failed(Operation operation, HsmException e) {
    return Answer.newBuilder()
        .setId(operation.getId())
        .setError(ErrorCodec.toWire(e, node))
        .build();
  }

  private Answer.Builder perform(Operation op) {
    return switch (op.getKindCase()) {
      case RANDOM_BYTES -> output(hsm.random(randomBytes(op.getRandomBytes())));
      case PROBE -> output(probe());
      case KIND_NOT_SET ->
          throw new HsmException.BadInput(
              "the operation's kind is missing or not known to this version");
      case ENCRYPT, DECRYPT, SIGN, VERIFY, MAC, WRAP, CHECK_VALUE, EXPORT_ATTEMPTS -> useKey(op);
    };
  }

  /** A token without the domain's keys is none of this cluster's, whatever else it can do. */
  private byte[] probe() {
    try {
      return vault.domain().probe();
    } catch (HsmException.KeyNotFound e) {
      vault.suspectToken();
      throw new HsmException.DeviceUnavailable(
          "the token has lost the domain key; restore its backup, or let it join again", e);
    }
  }

  private static int randomBytes(int bytes) {
    if (bytes < 0 || bytes > Limits.RANDOM_BYTES) {
      throw new HsmException.BadInput(
          Integer.toUnsignedString(bytes)
              + " random bytes are wanted; one call gives at most "
              + Limits.RANDOM_BYTES);
    }
    return bytes;
  }

  private Answer.Builder useKey(Operation op) {
    byte[] input = Limits.atMost(Limits.INPUT_BYTES, op.getInput(), "the input");
    SealedKey key = vault.held(KeyCodec.idFromWire(op.getKey()));
    try {
      return useKey(op, key.id(), input);
    } catch (HsmException.KeyNotFound e) {
      vault.suspectToken();
      throw e;
    } catch (HsmException.BadInput e) {
      // Not the caller's fault where the token has lost a part of the key, such as half a pair.
      if (vault.isWhole(key)) {
        throw e;
      }
      vault.suspectToken();
      throw new HsmException.KeyNotFound(
          "the token no longer has all of key " + key.id() + ": " + e.text(), e);
    }
  }

  private Answer.Builder useKey(Operation op, KeyId key, byte[] input) {
    return switch (op.getKindCase()) {
      case ENCRYPT ->
          Answer.newBuilder()
              .setEncrypted(
                  InfoCodec.toWire(
                      hsm.encrypt(key, AlgorithmCodec.fromWire(op.getEncrypt()), input)));
      case DECRYPT -> output(hsm.decrypt(key, AlgorithmCodec.fromWire(op.getDecrypt()), input));
      case SIGN -> output(hsm.sign(key, AlgorithmCodec.fromWire(op.getSign()), input));
      case VERIFY ->
          Answer.newBuilder()
              .setVerified(
                  hsm.verify(
                      key,
                      AlgorithmCodec.fromWire(op.getVerify()),
                      input,
                      AlgorithmCodec.signatureFromWire(op.getVerify())));
      case MAC -> output(hsm.mac(key, AlgorithmCodec.fromWire(op.getMac()), input));
      case WRAP -> output(wrap(key, op.getWrap()));
      case CHECK_VALUE -> output(hsm.checkValue(key));
      case EXPORT_ATTEMPTS ->
          Answer.newBuilder().setExportReport(InfoCodec.toWire(hsm.attemptExport(key)));
      case RANDOM_BYTES, PROBE, KIND_NOT_SET ->
          throw new IllegalStateException(op.getKindCase() + " uses no key");
    };
  }

  private byte[] wrap(KeyId key, Wrap wrap) {
    KeyId target = vault.held(KeyCodec.idFromWire(wrap.getTarget())).id();
    return hsm.wrap(key, AlgorithmCodec.fromWire(wrap.getAlgorithm()), target);
  }

  private static Answer.Builder output(byte[] bytes) {
    ByteString output = UnsafeByteOperations.unsafeWrap(bytes);
    return Answer.newBuilder().setOutput(output);
  }
}
