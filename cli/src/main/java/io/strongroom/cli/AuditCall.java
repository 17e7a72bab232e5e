package io.strongroom.cli;

import io.strongroom.custody.Audits;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * A command that reads the audit trail. It needs the store only, and the HSM for what nobody else
 * can tell.
 */
@Command(mixinStandardHelpOptions = true)
abstract class AuditCall implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    prepare();
    try (Hsm hsm = asksHsm() ? hsmIfItAnswers() : null;
        Audits audits = Audits.open(common.storeUrl(), hsm)) {
      return run(audits, common.output(spec));
    }
  }

  /** Checks what needs no store, so that a slip costs no waiting. */
  void prepare() {}

  /** Whether the HSM has something to say, should there be one. */
  boolean asksHsm() {
    return false;
  }

  /** Does it, and returns the exit code. */
  abstract int run(Audits audits, Output output);

  /** One line on standard error. */
  void tell(String line) {
    spec.commandLine().getErr().println("strongroom: " + Failures.oneLine(line));
    spec.commandLine().getErr().flush();
  }

  private @Nullable Hsm hsmIfItAnswers() {
    if (!common.namesHsm()) {
      return null;
    }
    try {
      return common.openHsm(spec, null);
    } catch (HsmException e) {
      tell("going on without the HSM, which did not answer: " + e.getMessage());
      return null;
    }
  }
}
