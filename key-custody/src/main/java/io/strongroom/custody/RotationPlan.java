package io.strongroom.custody;

import io.strongroom.custody.store.AliasRow;
import io.strongroom.custody.store.CmkRow;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a rotation before anything is changed.
 *
 * @param alias the alias, where it points now
 * @param to the CMK that it is to point at
 * @param request what was asked for
 */
record RotationPlan(AliasRow alias, CmkRow to, RotationRequest request) {

  /** How this will be told of in the alias's history. */
  AliasMove.Kind kind() {
    return request.target() instanceof RotationRequest.Target.Previous
        ? AliasMove.Kind.UNDO
        : AliasMove.Kind.ROTATE;
  }

  /** What came of it, or would have. */
  AliasRotation result(QuorumCheck.Shown shown, @Nullable Long usableUntilMs) {
    return new AliasRotation(
        alias.name(),
        UUID.fromString(alias.cmkId()),
        UUID.fromString(to.id()),
        shown.kcv(),
        shown.tokens(),
        RotationHistory.instant(usableUntilMs),
        request.dryRun());
  }
}
