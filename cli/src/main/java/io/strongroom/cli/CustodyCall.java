package io.strongroom.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks custody one thing. */
@Command(mixinStandardHelpOptions = true)
abstract class CustodyCall implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public final Integer call() {
    common.hsmUrl(spec);
    prepare();
    try (CustodySession session = open()) {
      return run(session, common.output(spec));
    }
  }

  /** Checks and reads what needs no HSM, so that a slip costs no waiting and leaves nothing. */
  void prepare() {}

  /** Opens custody for it. */
  CustodySession open() {
    return common.open(spec);
  }

  /** Does it, and returns the exit code. */
  abstract int run(CustodySession session, Output output);
}
