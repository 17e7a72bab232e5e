package io.strongroom.custody;

/** What custody can do, wired together. */
record Services(
    Ledger ledger,
    Intents intents,
    Housekeeping housekeeping,
    KeyCreation creation,
    KeyLife life,
    KeyList list,
    KeyNotes notes,
    PublicKeys publicKeys,
    VersionRotation versions,
    ImportPreparation preparation,
    KeyImport imports,
    Aliases aliases,
    Rotation rotation,
    RotationHistory history,
    Data data,
    Reencryption reencryption,
    Doctor doctor) {

  static Services of(Parts parts) {
    Removal removal = new Removal(parts);
    KeyLife life = new KeyLife(parts, removal);
    VersionBirth birth = new VersionBirth(parts);
    VersionRotation versions = new VersionRotation(parts, birth, life);
    RotationHistory history = new RotationHistory(parts);
    Housekeeping housekeeping = new Housekeeping(parts, removal, versions, history);
    Admission admission = new Admission(parts, removal);
    Aliases aliases = new Aliases(parts);
    Data data = new Data(parts, housekeeping);
    KeyCreation creation = new KeyCreation(parts, birth);
    RotationSteps steps = new RotationSteps(parts, aliases, history);
    return new Services(
        parts.ledger(),
        parts.intents(),
        housekeeping,
        creation,
        life,
        new KeyList(parts),
        new KeyNotes(parts, life),
        new PublicKeys(parts),
        versions,
        new ImportPreparation(parts, housekeeping),
        new KeyImport(parts, housekeeping, admission),
        aliases,
        new Rotation(
            parts,
            new ImportedRotation(parts, housekeeping, admission, steps),
            new GeneratedRotation(parts, birth, creation, steps),
            steps,
            data),
        history,
        data,
        new Reencryption(data),
        new Doctor(parts, removal));
  }
}
