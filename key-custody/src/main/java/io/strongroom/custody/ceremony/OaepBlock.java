package io.strongroom.custody.ceremony;

import io.strongroom.custody.secret.LibCrypto;
import io.strongroom.custody.secret.Secret;
import io.strongroom.custody.secret.SecretMemory;
import java.lang.foreign.MemorySegment;

/**
 * EME-OAEP encoding with an empty label (RFC 8017 §7.1.1, step 2), outside the heap.
 *
 * @param digestName as {@link LibCrypto#digest} wants it; MGF1 takes the same
 * @param digestBytes its length
 */
record OaepBlock(String digestName, int digestBytes) {

  static final OaepBlock SHA_1 = new OaepBlock("SHA1", 20);
  static final OaepBlock SHA_256 = new OaepBlock("SHA256", 32);

  /** Fills the block, as long as the modulus, with 00 || masked seed || masked data block. */
  void encode(LibCrypto crypto, SecretMemory memory, Secret material, Secret block) {
    int dataBytes = block.size() - 1 - digestBytes;
    if (material.size() > dataBytes - digestBytes - 1) {
      throw new IllegalArgumentException(
          "%d bytes do not fit into a block of %d with %s"
              .formatted(material.size(), block.size(), digestName));
    }
    block.wipe();
    Secret seed = block.slice(1, digestBytes);
    Secret data = block.slice(1 + digestBytes, dataBytes);
    SecretMemory.randomise(seed);
    crypto.digest(digestName, MemorySegment.NULL, data.first(digestBytes).memory());
    data.set(dataBytes - material.size() - 1, 1);
    data.slice(dataBytes - material.size(), material.size()).copy(material);
    mask(crypto, memory, seed, data);
    mask(crypto, memory, data, seed);
  }

  /** Adds MGF1 of the seed (RFC 8017 §B.2.1) to the target. */
  private void mask(LibCrypto crypto, SecretMemory memory, Secret seed, Secret target) {
    Secret input = memory.secret(seed.size() + Integer.BYTES);
    Secret hash = memory.secret(digestBytes);
    try {
      input.first(seed.size()).copy(seed);
      for (int counter = 0; counter * digestBytes < target.size(); counter++) {
        // Blocks are below 512 bytes, so the counter is in the last byte.
        input.set(input.size() - 1, counter);
        crypto.digest(digestName, input.memory(), hash.memory());
        int from = counter * digestBytes;
        int length = Math.min(digestBytes, target.size() - from);
        target.slice(from, length).xor(hash.first(length));
      }
    } finally {
      input.wipe();
      hash.wipe();
    }
  }
}
