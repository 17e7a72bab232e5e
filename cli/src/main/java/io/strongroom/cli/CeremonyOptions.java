package io.strongroom.cli;

import io.strongroom.cli.ceremony.Custodians;
import io.strongroom.cli.ceremony.DescriptorDesk;
import io.strongroom.cli.ceremony.Desk;
import io.strongroom.cli.ceremony.Minutes;
import io.strongroom.cli.ceremony.Room;
import io.strongroom.cli.ceremony.TerminalDesk;
import io.strongroom.cli.local.PublicKeyPem;
import io.strongroom.custody.ceremony.Scheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of every ceremony: who is there, and what is written down. */
final class CeremonyOptions {
  static final int MAX_PEM_BYTES = 64 * 1024;

  @Option(
      names = "--custodian",
      paramLabel = "NAME",
      description = "A custodian, in the order of turns; asked for if none is given.")
  List<String> custodians = List.of();

  @Option(names = "--witness", paramLabel = "NAME", description = "Somebody who watches.")
  List<String> witnesses = List.of();

  @Option(names = "--location", paramLabel = "T", description = "Where the ceremony is held.")
  @Nullable String location;

  @Option(names = "--purpose", paramLabel = "T", description = "What the key is for.")
  @Nullable String purpose;

  @Option(
      names = "--record-out",
      paramLabel = "F",
      description = "Where the signed record goes, as JSON; a transcript goes to F.txt.")
  @Nullable Path recordOut;

  @Mixin OfficerOptions officers = new OfficerOptions();

  @Option(
      names = "--allow-unlocked-memory",
      description = "Go on where the system does not let memory be locked against swapping.")
  boolean allowUnlocked;

  /** Checks what was given before anybody is asked anything. */
  void check(CommandSpec spec, Scheme scheme, int turns) {
    Usage.require(
        spec,
        scheme.custodians() >= Scheme.MIN_CUSTODIANS && turns <= Scheme.MAX_CUSTODIANS,
        "a ceremony has %d to %d custodians"
            .formatted(Scheme.MIN_CUSTODIANS, Scheme.MAX_CUSTODIANS));
    Usage.require(
        spec,
        custodians.isEmpty() || custodians.size() == turns,
        "%d custodians are named, and %d are needed".formatted(custodians.size(), turns));
    witnesses.forEach(Custodians::required);
    if (recordOut != null) {
      Io.requireWritable(recordOut);
    }
  }

  Minutes.Particulars particulars() {
    return new Minutes.Particulars(location, purpose, witnesses);
  }

  Custodians custodians() {
    return new Custodians(custodians);
  }

  Room room() {
    return Room.open(allowUnlocked);
  }

  TerminalDesk terminal(CommandSpec spec, Room room) {
    return TerminalDesk.open(room.memory(), spec.commandLine().getErr());
  }

  Desk desk(CommandSpec spec, Room room, @Nullable Integer fd) {
    return fd == null ? terminal(spec, room) : new DescriptorDesk(fd, room.memory());
  }

  static PublicKey publicKey(Path file) {
    return PublicKeyPem.parse(Io.read(file, MAX_PEM_BYTES))
        .orElseThrow(() ->
            new UncheckedIOException(
                file + " cannot be used",
                new IOException("it is no RSA, EC or Ed25519 public key in PEM")));
  }

  /** Writes record and transcript, and says where they are. */
  void write(Minutes.Signed signed, Map<String, @Nullable Object> document) {
    document.put("recordSha256", signed.record().hash());
    Path file = recordOut;
    if (file != null) {
      Path transcript = file.resolveSibling(file.getFileName() + ".txt");
      Io.write(file, signed.record().toJson());
      Io.write(transcript, signed.transcript().getBytes(StandardCharsets.UTF_8));
      document.put("record", file.toString());
      document.put("transcript", transcript.toString());
    }
  }
}
