package io.strongroom.softhsm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * One SoftHSM2 token in a folder of its own: configuration, objects, PIN files. Immutable and safe
 * for use by many threads; what it stands for is on disk.
 *
 * <p>The folder may hold other things (a node's directory does); they are never touched.
 */
public final class SoftHsmToken {
  private static final int LABEL_BYTES = 32;

  private final TokenFiles files;
  private final String label;
  private final Path library;

  private SoftHsmToken(TokenFiles files, String label, Path library) {
    this.files = files;
    this.label = label;
    this.library = library;
  }

  /**
   * Makes a token with random PINs in {@code dir}, which is created if need be. The PINs are in
   * files of mode 0600 from the first moment on and are never process arguments. When anything
   * fails, what was made is removed again.
   *
   * @param label 1 to 32 bytes of UTF-8, no control characters
   * @throws SoftHsmException if SoftHSM2 is missing, the label is not usable, the folder holds a
   *     token already (it is never overwritten), or the token cannot be initialised
   */
  public static SoftHsmToken create(Path dir, String label) {
    return create(dir, label, SoftHsm.library());
  }

  static SoftHsmToken create(Path dir, String label, Path library) {
    requireUsable(label);
    TokenFiles files = new TokenFiles(dir.toAbsolutePath().normalize());
    claim(files);
    boolean done = false;
    try {
      files.create(label, new SecureRandom());
      TokenSetup.run(files, label, library, TokenSetup.Action.INITIALISE);
      done = true;
    } catch (IOException e) {
      throw new SoftHsmException("cannot make a token in " + files.dir() + ": " + e, e);
    } finally {
      if (!done) {
        deleteQuietly(files);
      }
    }
    return new SoftHsmToken(files, label, library);
  }

  /**
   * The token that {@link #create} made in {@code dir}.
   *
   * @throws SoftHsmException if there is none, a part of it is missing, or SoftHSM2 is missing
   */
  public static SoftHsmToken open(Path dir) {
    TokenFiles files = new TokenFiles(dir.toAbsolutePath().normalize());
    files
        .missing()
        .ifPresent(file -> {
          throw new SoftHsmException(
              "no token in " + files.dir() + ": " + file + " does not exist");
        });
    try {
      String label =
          files
              .label()
              .orElseThrow(
                  () -> new SoftHsmException(files.conf() + " does not name the token's label"));
      return new SoftHsmToken(files, label, files.libraryCopy().orElseGet(SoftHsm::library));
    } catch (IOException e) {
      throw new SoftHsmException("cannot read the token in " + files.dir() + ": " + e, e);
    }
  }

  /**
   * This token with a copy of the library in its own folder. Copies under different file names are
   * independent instances, so one JVM can use many such tokens without them disturbing each other.
   *
   * @throws SoftHsmException if the library cannot be copied
   */
  public SoftHsmToken withOwnLibrary() {
    try {
      Path copy = files.copyLibrary(library, new SecureRandom());
      return new SoftHsmToken(files, label, copy);
    } catch (IOException e) {
      throw new SoftHsmException("cannot copy " + library + " to " + files.dir() + ": " + e, e);
    }
  }

  /** The token's label. */
  public String label() {
    return label;
  }

  /** The token's folder, absolute. */
  public Path dir() {
    return files.dir();
  }

  /** The library's file, absolute. */
  public Path library() {
    return library;
  }

  /** The token's {@code softhsm2.conf}, absolute. */
  public Path conf() {
    return files.conf();
  }

  /** The file that holds the user's PIN and nothing else, absolute. */
  public Path userPin() {
    return files.userPin();
  }

  /** The file that holds the security officer's PIN and nothing else, absolute. */
  public Path officerPin() {
    return files.officerPin();
  }

  /** The {@code pkcs11:} URL (RFC 7512) that opens this token as its user. */
  public String url() {
    return url(library, userPin());
  }

  /** As {@link #url()}, through another library, such as a {@link FaultyLibrary}. */
  public String url(Path otherLibrary) {
    return url(otherLibrary, userPin());
  }

  /** The {@code pkcs11:} URL (RFC 7512) that opens this token as its security officer. */
  public String officerUrl() {
    return url(library, officerPin());
  }

  private String url(Path module, Path pinFile) {
    return "pkcs11:token="
        + PercentEncoding.path(label)
        + "?module-path="
        + PercentEncoding.query(module.toString())
        + "&pin-source=file:"
        + PercentEncoding.query(pinFile.toString())
        + "&x-env=SOFTHSM2_CONF="
        + PercentEncoding.query(conf().toString());
  }

  /**
   * Empties the token, as a factory reset would: all objects are gone, label and PINs stay.
   *
   * @throws SoftHsmException if it cannot be initialised again
   */
  public void reset() {
    TokenSetup.run(files, label, library, TokenSetup.Action.RESET);
  }

  /**
   * Deletes the token with its keys and PIN files, and its folder when nothing else is in it.
   * Idempotent.
   *
   * @throws SoftHsmException if a file cannot be deleted
   */
  public void delete() {
    try {
      files.delete();
    } catch (IOException e) {
      throw new SoftHsmException("cannot delete the token in " + files.dir() + ": " + e, e);
    }
  }

  @Override
  public String toString() {
    return "SoftHSM2 token \"" + label + "\" in " + files.dir();
  }

  /** Makes the folder this caller's, or fails with nothing made: of two callers one gets it. */
  private static void claim(TokenFiles files) {
    files.existing().ifPresent(SoftHsmToken::refuse);
    try {
      files.claim();
    } catch (FileAlreadyExistsException e) {
      refuse(files.tokens());
    } catch (IOException e) {
      throw new SoftHsmException("cannot make a token in " + files.dir() + ": " + e, e);
    }
  }

  private static void refuse(Path found) {
    throw new SoftHsmException(
        "there is a token already: "
            + found
            + " exists; choose another folder, or delete that token first");
  }

  private static void requireUsable(String label) {
    int bytes = label.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > LABEL_BYTES || label.chars().anyMatch(Character::isISOControl)) {
      throw new SoftHsmException(
          "a token's label is 1 to 32 bytes of text without control characters, but this one has "
              + bytes
              + " bytes: \""
              + label
              + "\"");
    }
    if (!label.equals(label.strip())) {
      throw new SoftHsmException(
          "a token's label cannot begin or end with a space (PKCS#11 pads labels with them): \""
              + label
              + "\"");
    }
  }

  private static void deleteQuietly(TokenFiles files) {
    try {
      files.delete();
    } catch (IOException e) {
      System.getLogger(SoftHsmToken.class.getName())
          .log(System.Logger.Level.WARNING, "event=token_cleanup_failed dir=" + files.dir(), e);
    }
  }
}
