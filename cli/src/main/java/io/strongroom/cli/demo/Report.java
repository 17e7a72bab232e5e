package io.strongroom.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The steps of the main job as they are done: each with what came out and how long it took. */
public final class Report {

  /**
   * A step that was done.
   *
   * @param step what was done
   * @param ok whether it came out as it must
   * @param result what came out, in a few words
   * @param time how long it took
   */
  public record Step(String step, boolean ok, String result, Duration time) {}

  private final List<Step> steps = new ArrayList<>();
  private final Consumer<String> progress;

  /**
   * An empty report.
   *
   * @param progress gets a line for each step as it begins and ends
   */
  public Report(Consumer<String> progress) {
    this.progress = progress;
  }

  /**
   * Does a step and notes it.
   *
   * @param work does it and says what came out; an exception makes the step a failed one
   * @return whether it came out as it must
   */
  boolean step(String name, Supplier<String> work) {
    progress.accept("… " + name);
    long start = System.nanoTime();
    String result;
    boolean ok = true;
    try {
      result = work.get();
    } catch (RuntimeException e) {
      ok = false;
      result = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    Step step = new Step(name, ok, result, Duration.ofNanos(System.nanoTime() - start));
    steps.add(step);
    progress.accept((ok ? "  done: " : "  FAILED: ") + result + " (" + millis(step.time()) + ")");
    return ok;
  }

  /** The steps so far, in order. */
  public List<Step> steps() {
    return List.copyOf(steps);
  }

  /** True if no step failed. */
  public boolean ok() {
    return steps.stream().allMatch(Step::ok);
  }

  /** A duration as people read it: {@code 1,234 ms}. */
  public static String millis(Duration time) {
    return String.format("%,d ms", time.toMillis());
  }
}
