package io.strongroom.cluster.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.strongroom.cluster.wire.KeyCodec;
import io.strongroom.cluster.wire.v1.Seal;
import io.strongroom.cluster.wire.v1.Tombstone;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The seals and tombstones of a node, each in a file of its own that is there whole or not at all:
 * {@code <id>.seal}, {@code <id>.tombstone}, and {@code <id>.opening} for a seal whose key is being
 * opened in the token right now. Each file is the protobuf message. An empty {@code <id>.learnt}
 * beside a seal says that it came as a copy. Callers hold the key's lock.
 */
final class SealStore {
  private static final Logger LOG = LoggerFactory.getLogger(SealStore.class);
  private static final String SEAL = ".seal";
  private static final String TOMBSTONE = ".tombstone";
  private static final String OPENING = ".opening";
  private static final String LEARNT = ".learnt";
  private static final String SET_ASIDE = ".corrupt";
  private static final String GAVE_WAY = ".gave-way-";
  private static final int MAX_FILE_BYTES = 64 * 1024;

  private final Path folder;

  private SealStore(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens the folder, which is made if need be.
   *
   * @throws HsmException.DeviceUnavailable if that fails
   */
  static SealStore open(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw DurableFiles.failed("make", folder, e);
    }
    return new SealStore(folder);
  }

  /**
   * What was in the folder.
   *
   * @param seals verified
   * @param tombstones verified
   * @param interrupted keys whose opening was cut off: what the token has of them is nobody's
   * @param corrupted names of files that were damaged, and were set aside
   */
  record Contents(
      List<SealedKey> seals,
      List<Tombstone> tombstones,
      Set<KeyId> interrupted,
      List<String> corrupted) {}

  /**
   * Reads everything. Files that are damaged, or are not what their name says, are set aside under
   * another name and never used.
   */
  Contents load(Domain domain) {
    return scan(domain, true);
  }

  /** The same for those who only look on, beside a node that may be running: nothing is renamed. */
  Contents read(Domain domain) {
    return scan(domain, false);
  }

  private Contents scan(Domain domain, boolean mine) {
    Contents contents =
        new Contents(new ArrayList<>(), new ArrayList<>(), new HashSet<>(), new ArrayList<>());
    List<Path> files;
    try (Stream<Path> listing = Files.list(folder)) {
      files = listing.sorted().toList();
    } catch (IOException e) {
      throw DurableFiles.failed("list", folder, e);
    }
    for (Path file : files) {
      try {
        load(file, domain, contents);
      } catch (HsmException.BadInput
          | HsmException.AuthenticationFailed
          | InvalidProtocolBufferException e) {
        if (mine) {
          setAside(file, e);
        }
        contents.corrupted().add(file.getFileName().toString());
      } catch (NoSuchFileException e) {
        // The node that runs beside us has just destroyed or renamed it.
        continue;
      } catch (IOException e) {
        throw DurableFiles.failed("read", file, e);
      }
    }
    return contents;
  }

  private static void load(Path file, Domain domain, Contents contents) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(OPENING)) {
      contents.interrupted().add(KeyId.parse(stem(name, OPENING)));
    } else if (name.endsWith(SEAL)) {
      SealedKey key = domain.verify(Seal.parseFrom(read(file)));
      requireName(key.id(), stem(name, SEAL));
      boolean learnt = Files.exists(file.resolveSibling(key.id() + LEARNT));
      contents.seals().add(key.withLearnt(learnt));
    } else if (name.endsWith(TOMBSTONE)) {
      Tombstone tombstone = Tombstone.parseFrom(read(file));
      requireName(domain.verify(tombstone), stem(name, TOMBSTONE));
      contents.tombstones().add(tombstone);
    }
  }

  private static byte[] read(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new HsmException.BadInput("more than " + MAX_FILE_BYTES + " bytes");
    }
    return Files.readAllBytes(file);
  }

  private static String stem(String name, String ending) {
    return name.substring(0, name.length() - ending.length());
  }

  private static void requireName(KeyId id, String stem) {
    if (!id.equals(KeyId.parse(stem))) {
      throw new HsmException.BadInput("the content belongs to key " + id);
    }
  }

  private void setAside(Path file, Exception reason) {
    Path aside = folder.resolve(file.getFileName() + SET_ASIDE);
    for (int i = 2; Files.exists(aside); i++) {
      aside = folder.resolve(file.getFileName() + SET_ASIDE + i);
    }
    DurableFiles.rename(file, aside);
    LOG.error(
        "event=corrupted_file file={} set_aside_as={} reason=\"{}\"",
        file,
        aside.getFileName(),
        reason.getMessage());
  }

  /** What the files' names say; nothing is read. A key that is being opened counts. */
  Departure.Holdings names() {
    Set<KeyId> keys = new HashSet<>();
    Set<KeyId> tombstones = new HashSet<>();
    try (Stream<Path> listing = Files.list(folder)) {
      for (Path file : listing.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(SEAL)) {
          keys.add(KeyId.parse(stem(name, SEAL)));
        } else if (name.endsWith(OPENING)) {
          keys.add(KeyId.parse(stem(name, OPENING)));
        } else if (name.endsWith(TOMBSTONE)) {
          tombstones.add(KeyId.parse(stem(name, TOMBSTONE)));
        }
      }
    } catch (IOException e) {
      throw DurableFiles.failed("list", folder, e);
    }
    keys.removeAll(tombstones);
    return new Departure.Holdings(keys, tombstones);
  }

  /** Sets the seal of a key aside that gave way to another of its id; {@link #dropSeal} ends it. */
  void setAside(SealedKey key) {
    String mac = HexFormat.of().formatHex(key.seal().getMac().substring(0, 4).toByteArray());
    DurableFiles.rename(file(key.id(), SEAL), folder.resolve(key.id() + SEAL + GAVE_WAY + mac));
    DurableFiles.delete(file(key.id(), LEARNT));
  }

  /** Notes that this key is being opened in the token. */
  void beginOpening(SealedKey key) {
    Path file = file(key.id(), OPENING);
    DurableFiles.writeForced(file, key.seal().toByteArray());
    DurableFiles.forceFolderOf(file);
  }

  /** Keeps the seal of a key that was opened. */
  void keep(SealedKey key) {
    if (key.learnt()) {
      // First: a copy must never be taken for a vote, the other way round does no harm.
      DurableFiles.write(file(key.id(), LEARNT), new byte[0]);
    } else {
      DurableFiles.delete(file(key.id(), LEARNT));
    }
    DurableFiles.rename(file(key.id(), OPENING), file(key.id(), SEAL));
  }

  /** Keeps the seal of a key that is still to be opened, unless there is one, or a tombstone. */
  boolean keepUnopened(SealedKey key) {
    if (Files.exists(file(key.id(), SEAL)) || Files.exists(file(key.id(), TOMBSTONE))) {
      return false;
    }
    DurableFiles.write(file(key.id(), LEARNT), new byte[0]);
    DurableFiles.write(file(key.id(), SEAL), key.seal().toByteArray());
    return true;
  }

  /** Notes that a copy has since been put here by the client that makes the key. */
  void noteVote(KeyId id) {
    DurableFiles.delete(file(id, LEARNT));
  }

  /** Forgets an opening that failed, once the token has nothing of the key any more. */
  void abandonOpening(KeyId id) {
    DurableFiles.delete(file(id, OPENING));
  }

  /** Keeps a tombstone. */
  void keep(Tombstone tombstone) {
    KeyId id = KeyCodec.idFromWire(tombstone.getId());
    DurableFiles.write(file(id, TOMBSTONE), tombstone.toByteArray());
  }

  /** Forgets the seal of a key that has a tombstone. */
  void dropSeal(KeyId id) {
    DurableFiles.delete(file(id, SEAL));
    DurableFiles.delete(file(id, LEARNT));
    // Seals that were set aside too: damaged ones, and those of keys that gave way.
    try (DirectoryStream<Path> aside = Files.newDirectoryStream(folder, id + SEAL + ".*")) {
      for (Path file : aside) {
        DurableFiles.delete(file);
      }
    } catch (IOException e) {
      throw DurableFiles.failed("list", folder, e);
    }
  }

  private Path file(KeyId id, String ending) {
    return folder.resolve(id + ending);
  }
}
