package io.strongroom.cluster.node;

import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes sure that one process at a time works with a folder of seals: two would not know of each
 * other's keys. The lock ends with the process, however that ends.
 */
final class FolderLock implements AutoCloseable {

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a folder, which is made if need be.
   *
   * @throws HsmException.DeviceUnavailable if it is taken, or cannot be had
   */
  static FolderLock take(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isTaken(channel)) {
        channel.close();
        throw new HsmException.DeviceUnavailable(
            folder
                + " is in use: a token and its seals belong to one node, be it a server or part of"
                + " a client; end the other process, or leave this node to it");
      }
      return new FolderLock(channel);
    } catch (IOException e) {
      throw DurableFiles.failed("lock", folder, e);
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // By this very process.
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new HsmException.DeviceUnavailable("cannot give a lock back: " + e.getMessage(), e);
    }
  }
}
