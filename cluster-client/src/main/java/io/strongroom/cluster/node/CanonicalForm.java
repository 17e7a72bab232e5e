package io.strongroom.cluster.node;

import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyUsage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bytes that the domain MAC key authenticates. Protobuf promises no single encoding, so this is
 * our own: each field is its length (4 bytes, big endian) and its bytes, in this order.
 *
 * <pre>
 * seal:       "strongroom seal v1" · id · label (UTF-8) · type · number of usages (4 bytes)
 *             · each usage, in the order of {@link KeyUsage} · public key · wrapped
 *             · check value · created (8 bytes, big endian)
 * tombstone:  "strongroom tombstone v1" · id · destroyed (8 bytes, big endian)
 * probe:      "strongroom probe v1" · random bytes
 * backup:     "strongroom backup v1" · SHA-256 of the content
 * </pre>
 *
 * The first field keeps the kinds apart: neither can ever be taken for the other, nor for anything
 * else that the MAC key may authenticate later.
 */
final class CanonicalForm {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  private CanonicalForm(String kind) {
    text(kind);
  }

  static byte[] of(Seal seal, KeySpec spec) {
    CanonicalForm form = new CanonicalForm("strongroom seal v1");
    List<KeyUsage> usages = spec.usages().stream().sorted().toList();
    form.field(spec.id().bytes()).text(spec.label()).text(spec.type().toString());
    form.number(usages.size());
    usages.forEach(usage -> form.text(usage.name()));
    return form.field(seal.getPublicKey().toByteArray())
        .field(seal.getWrapped().toByteArray())
        .field(seal.getCheckValue().toByteArray())
        .millis(seal.getCreatedMillis())
        .bytes
        .toByteArray();
  }

  static byte[] of(Tombstone tombstone) {
    return new CanonicalForm("strongroom tombstone v1")
        .field(tombstone.getId().toByteArray())
        .millis(tombstone.getDestroyedMillis())
        .bytes
        .toByteArray();
  }

  static byte[] ofProbe(byte[] random) {
    return new CanonicalForm("strongroom probe v1").field(random).bytes.toByteArray();
  }

  static byte[] ofBackup(byte[] contentDigest) {
    return new CanonicalForm("strongroom backup v1").field(contentDigest).bytes.toByteArray();
  }

  private CanonicalForm text(String text) {
    return field(text.getBytes(StandardCharsets.UTF_8));
  }

  private CanonicalForm field(byte[] field) {
    number(field.length);
    try {
      out.write(field);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private void number(int number) {
    try {
      out.writeInt(number);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CanonicalForm millis(long millis) {
    number(Long.BYTES);
    try {
      out.writeLong(millis);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }
}
