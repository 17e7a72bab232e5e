package io.strongroom.custody;

/** What custody can do, wired together. */
record Services(
    Ledger ledger,
    Housekeeping housekeeping,
    KeyCreation creation,
    KeyLife life,
    ImportPreparation preparation,
    KeyImport imports,
    Aliases aliases,
    Rotation rotation,
    Data data) {

  static Services of(Parts parts) {
    Removal removal = new Removal(parts);
    Housekeeping housekeeping = new Housekeeping(parts, removal);
    Admission admission = new Admission(parts, removal);
    Aliases aliases = new Aliases(parts);
    Data data = new Data(parts, housekeeping);
    return new Services(
        parts.ledger(),
        housekeeping,
        new KeyCreation(parts),
        new KeyLife(parts, removal),
        new ImportPreparation(parts, housekeeping),
        new KeyImport(parts, housekeeping, admission),
        aliases,
        new Rotation(parts, housekeeping, admission, aliases, data),
        data);
  }
}
