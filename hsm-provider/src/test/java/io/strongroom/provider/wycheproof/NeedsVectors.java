package io.strongroom.provider.wycheproof;

import java.nio.file.Files;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a class where the vectors are missing; an assumption would leave no trace in reports. */
final class NeedsVectors implements ExecutionCondition {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Files.isDirectory(VectorFile.folder())
        ? ConditionEvaluationResult.enabled("the vectors are there")
        : ConditionEvaluationResult.disabled(VectorFile.howToGetThem());
  }
}
