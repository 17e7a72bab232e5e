package io.strongroom.cli;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.strongroom.cli.ceremony.Custodians;
import io.strongroom.cli.ceremony.TerminalDesk;
import io.strongroom.custody.ceremony.OfficerSigner;
import io.strongroom.custody.ceremony.RecordSigner;
import io.strongroom.custody.secret.SecretMemory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that name who signs a ceremony's record, with a key of his own. */
final class OfficerOptions {
  private static final int MAX_PASSPHRASE_BYTES = 1024;

  @Option(
      names = "--sign-key",
      paramLabel = "NAME=PRIVATE.pem:PUBLIC.pem",
      description = {
        "An officer who signs the record with a key of his own; may be repeated. A passphrase that",
        "it is under is asked for at the terminal."
      })
  Map<String, String> signKeys = new LinkedHashMap<>();

  @Option(
      names = "--sign-key-passphrase",
      paramLabel = "NAME=FILE",
      description = "Take the passphrase of that officer's key from the first line of this file.")
  Map<String, Path> passphrases = new LinkedHashMap<>();

  boolean isEmpty() {
    return signKeys.isEmpty();
  }

  /** The officers who sign; each shows that his keys are a pair. */
  List<RecordSigner> signers(CommandSpec spec) {
    passphrases
        .keySet()
        .forEach(name ->
            Usage.require(
                spec,
                signKeys.containsKey(name),
                "--sign-key-passphrase is of %s, who has no --sign-key".formatted(name)));
    return signKeys.entrySet().stream()
        .map(entry -> (RecordSigner) signer(spec, entry.getKey(), entry.getValue()))
        .toList();
  }

  private OfficerSigner signer(CommandSpec spec, String name, String files) {
    int colon = files.indexOf(':');
    Usage.require(
        spec,
        colon > 0,
        "--sign-key is NAME=PRIVATE.pem:PUBLIC.pem, with two files after the name");
    byte[] privatePem = Io.read(Path.of(files.substring(0, colon)), CeremonyOptions.MAX_PEM_BYTES);
    try {
      return OfficerSigner.of(
          Custodians.required(name),
          privatePem,
          CeremonyOptions.publicKey(Path.of(files.substring(colon + 1))),
          () -> passphrase(spec, name));
    } finally {
      Arrays.fill(privatePem, (byte) 0);
    }
  }

  private byte[] passphrase(CommandSpec spec, String name) {
    Path file = passphrases.get(name);
    return file == null ? asked(spec, name) : firstLine(file);
  }

  /** The key that it opens will be in the heap, so the passphrase may be there for a moment. */
  private static byte[] asked(CommandSpec spec, String name) {
    Usage.require(
        spec,
        TerminalDesk.isThere(),
        "the signing key of %1$s is under a passphrase, and there is no terminal to ask for it; give --sign-key-passphrase %1$s=FILE"
            .formatted(name));
    try (SecretMemory memory = SecretMemory.allocate();
        TerminalDesk desk = TerminalDesk.open(memory, spec.commandLine().getErr())) {
      return desk.hidden("Passphrase of the signing key of %s: ".formatted(name))
          .memory()
          .toArray(JAVA_BYTE);
    }
  }

  private static byte[] firstLine(Path file) {
    byte[] all = Io.readAtMost(file, MAX_PASSPHRASE_BYTES, "a passphrase");
    int end = 0;
    while (end < all.length && all[end] != '\n' && all[end] != '\r') {
      end++;
    }
    byte[] line = Arrays.copyOf(all, end);
    Arrays.fill(all, (byte) 0);
    return line;
  }
}
