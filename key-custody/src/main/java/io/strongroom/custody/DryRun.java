package io.strongroom.custody;

/** Carries the result of a dry run out, and has the key destroyed like that of any that fails. */
final class DryRun extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient AliasRotation result;

  DryRun(AliasRotation result) {
    this.result = result;
  }

  AliasRotation result() {
    return result;
  }
}
