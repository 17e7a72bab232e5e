package io.strongroom.cluster.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.strongroom.cluster.wire.Limits;
import io.strongroom.cluster.wire.v1.Backup;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.SignedBackup;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A backup's file: what it says before and after a token of the cluster has verified it. */
final class BackupFile {
  private static final byte[] MAGIC = "SRBACKUP".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int MOST_BYTES = 256 << 20;

  private final Path file;
  private final SignedBackup signed;
  private final Backup content;

  private BackupFile(Path file, SignedBackup signed, Backup content) {
    this.file = file;
    this.signed = signed;
    this.content = content;
  }

  /** Writes a backup: it is there whole or not at all. */
  static void write(Path file, Backup content, Domain domain) {
    byte[] bytes = content.toBuilder().setVersion(VERSION).build().toByteArray();
    byte[] signed =
        SignedBackup.newBuilder()
            .setContent(ByteString.copyFrom(bytes))
            .setMac(ByteString.copyFrom(domain.macOfBackup(bytes)))
            .build()
            .toByteArray();
    DurableFiles.write(
        file, ByteBuffer.allocate(MAGIC.length + signed.length).put(MAGIC).put(signed).array());
  }

  /**
   * Reads a backup; nothing in it is verified yet.
   *
   * @throws HsmException.BadInput if it cannot be read, is cut short, or is no backup
   */
  static BackupFile read(Path file) {
    byte[] bytes = bytes(file);
    if (bytes.length < MAGIC.length
        || !MessageDigest.isEqual(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
      throw new HsmException.BadInput(
          file + " is no backup of a cluster; it does not begin as one");
    }
    try {
      SignedBackup signed =
          SignedBackup.parseFrom(
              ByteString.copyFrom(bytes, MAGIC.length, bytes.length - MAGIC.length));
      Backup content = Backup.parseFrom(signed.getContent());
      if (content.getVersion() != VERSION) {
        throw new HsmException.BadInput(
            file
                + " is a backup of version "
                + content.getVersion()
                + "; this program knows version "
                + VERSION);
      }
      return new BackupFile(file, signed, content);
    } catch (InvalidProtocolBufferException e) {
      throw new HsmException.BadInput(
          file + " is damaged or cut short: it is no whole backup; take another copy", e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new HsmException.BadInput(file + " is too long for a backup of a cluster");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new HsmException.BadInput(file + " cannot be read: there is no such file", e);
    } catch (IOException e) {
      throw new HsmException.BadInput(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** What it says, verified or not. */
  Backup content() {
    return content;
  }

  DomainKeys.CheckValues checkValues() {
    return new DomainKeys.CheckValues(content.getDomainCheckValue(), content.getMacCheckValue());
  }

  /**
   * Verifies it with a token of the cluster: the whole, and each seal and tombstone.
   *
   * @return the seals
   * @throws HsmException.AuthenticationFailed if it was not made by this token's cluster, or was
   *     changed
   */
  List<SealedKey> verify(Domain domain) {
    byte[] mac = Limits.exactly(Limits.MAC_BYTES, signed.getMac(), "a backup's MAC");
    if (!MessageDigest.isEqual(mac, domain.macOfBackup(signed.getContent().toByteArray()))) {
      throw new HsmException.AuthenticationFailed(
          file
              + " was changed, or is a backup of another cluster than this token's; its MAC does"
              + " not verify");
    }
    List<SealedKey> keys = new ArrayList<>();
    for (Seal seal : content.getSealsList()) {
      keys.add(domain.verify(seal).withLearnt(true));
    }
    for (Tombstone tombstone : content.getTombstonesList()) {
      domain.verify(tombstone);
    }
    return keys;
  }
}
