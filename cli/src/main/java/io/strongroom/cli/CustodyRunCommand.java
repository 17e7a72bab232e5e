package io.strongroom.cli;

import static io.strongroom.cli.Output.document;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code strongroom custody run}: does on time what the store says is due. */
@Command(
    name = "run",
    description = {
      "Keep house until SIGTERM: rotate and destroy keys whose day has come, delete material that",
      "has expired, put away what a crash left. Any number of these may run on one store."
    })
final class CustodyRunCommand extends CustodyCall {
  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = PeriodConverter.class,
      description = "How often: 30s, 5m, 1h (default: ${DEFAULT-VALUE}).")
  Duration every = Duration.ofMinutes(1);

  @Option(names = "--once", description = "Do what is due now, and end.")
  boolean once;

  @Override
  int run(CustodySession session, Output output) {
    CountDownLatch stop = new CountDownLatch(once ? 0 : 1);
    CountDownLatch stopped = new CountDownLatch(1);
    if (!once) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, stopped), "custody-end"));
      output.line("keeping house every " + every.toSeconds() + " s");
    }
    long runs = 0;
    try {
      do {
        session.custody().keepHouse();
        runs++;
      } while (!stop.await(every.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      session.custody().close();
      stopped.countDown();
    }
    Map<String, @Nullable Object> document = document();
    document.put("runs", runs);
    output.one(document);
    return ExitCode.DONE;
  }

  /** The JVM ends when its hooks have: this one waits until custody is closed. */
  private static void end(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A number of seconds, minutes or hours. */
  static final class PeriodConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([smh])");

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "got \"" + text + "\", wanted a period like 30s, 5m or 1h");
      }
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "h" -> Duration.ofHours(number);
        case "m" -> Duration.ofMinutes(number);
        default -> Duration.ofSeconds(number);
      };
    }
  }
}
