package io.strongroom.custody;

/** What custody can do, wired together. */
record Services(
    Ledger ledger,
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
    Data data) {

  static Services of(Parts parts) {
    Removal removal = new Removal(parts);
    KeyLife life = new KeyLife(parts, removal);
    VersionBirth birth = new VersionBirth(parts);
    VersionRotation versions = new VersionRotation(parts, birth, life);
    Housekeeping housekeeping = new Housekeeping(parts, removal, versions);
    Admission admission = new Admission(parts, removal);
    Aliases aliases = new Aliases(parts);
    Data data = new Data(parts, housekeeping);
    return new Services(
        parts.ledger(),
        housekeeping,
        new KeyCreation(parts, birth),
        life,
        new KeyList(parts),
        new KeyNotes(parts, life),
        new PublicKeys(parts),
        versions,
        new ImportPreparation(parts, housekeeping),
        new KeyImport(parts, housekeeping, admission),
        aliases,
        new Rotation(parts, housekeeping, admission, aliases, data),
        data);
  }
}
