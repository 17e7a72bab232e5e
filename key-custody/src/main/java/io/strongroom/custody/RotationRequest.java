package io.strongroom.custody;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * To what an alias is to be rotated, and how. Immutable; the {@code with…} methods return changed
 * copies.
 *
 * @param target what the alias is to point at
 * @param dryRun to check everything, and change nothing
 * @param previousUsableFor how long the key that the alias leaves stays usable: it is disabled
 *     afterwards, never deleted; null for what is set for the alias
 */
public record RotationRequest(Target target, boolean dryRun, @Nullable Duration previousUsableFor) {

  /** What an alias can be rotated to. */
  public sealed interface Target {

    /** The key that the material's import token names, which gets this material. */
    record Imported(MaterialImport material) implements Target {}

    /** A key that is made in the HSM for this, of the kind of the one that the alias leaves. */
    record Generated() implements Target {}

    /** A key that is {@code Enabled} already. */
    record Prepared(String key) implements Target {}

    /** The key that the alias pointed at before it was last moved. */
    record Previous() implements Target {}
  }

  /** To the key that the import token names, with this material. */
  public static RotationRequest toImported(MaterialImport material) {
    return new RotationRequest(new Target.Imported(material), false, null);
  }

  /**
   * To a key that the HSM generates for it: spec, use, description, tags and rotation period are
   * those of the key that the alias leaves, which has to be from the HSM too.
   */
  public static RotationRequest toGenerated() {
    return new RotationRequest(new Target.Generated(), false, null);
  }

  /** To a key that was prepared before. */
  public static RotationRequest toKey(String key) {
    return new RotationRequest(new Target.Prepared(key), false, null);
  }

  /** Back to the key that the alias pointed at before. */
  public static RotationRequest undo() {
    return new RotationRequest(new Target.Previous(), false, null);
  }

  /** The same, changing nothing or in earnest. */
  public RotationRequest withDryRun(boolean dry) {
    return new RotationRequest(target, dry, previousUsableFor);
  }

  /** The same with a time for the key that the alias leaves; null for what the alias has set. */
  public RotationRequest withPreviousUsableFor(@Nullable Duration time) {
    return new RotationRequest(target, dryRun, time);
  }
}
