package io.strongroom.cli;

import io.strongroom.custody.CustodyException;
import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into one line on standard error and an exit code. */
final class Failures implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    if (e instanceof CommandLine.ParameterException usage) {
      return new UsageFailures().handleParseException(usage, new String[0]);
    }
    PrintWriter err = line.getErr();
    err.println("strongroom: " + oneLine(message(e)));
    if (parsed.expandedArgs().contains("--verbose")) {
      e.printStackTrace(err);
    }
    err.flush();
    return exitCode(e);
  }

  static int exitCode(Throwable e) {
    return switch (e) {
      case HsmException hsm -> exitCode(hsm);
      case CustodyException custody -> exitCode(custody);
      case IOException _ -> ExitCode.BAD_INPUT;
      case UncheckedIOException _ -> ExitCode.BAD_INPUT;
      case IllegalArgumentException _ -> ExitCode.BAD_INPUT;
      default -> ExitCode.UNAVAILABLE;
    };
  }

  private static int exitCode(HsmException e) {
    return switch (e) {
      case HsmException.KeyNotFound _ -> ExitCode.NOT_FOUND;
      case HsmException.KeyExists _ -> ExitCode.REFUSED;
      case HsmException.UnsupportedMechanism _ -> ExitCode.REFUSED;
      case HsmException.AccessDenied _ -> ExitCode.REFUSED;
      case HsmException.BadInput _ -> ExitCode.BAD_INPUT;
      case HsmException.AuthenticationFailed _ -> ExitCode.AUTHENTICATION_FAILED;
      case HsmException.Throttled _ -> ExitCode.UNAVAILABLE;
      case HsmException.DeadlineExceeded _ -> ExitCode.UNAVAILABLE;
      case HsmException.DeviceUnavailable _ -> ExitCode.UNAVAILABLE;
    };
  }

  private static int exitCode(CustodyException e) {
    return switch (e) {
      case CustodyException.Refused _ -> ExitCode.REFUSED;
      case CustodyException.NotFound _ -> ExitCode.NOT_FOUND;
      case CustodyException.Unavailable _ -> ExitCode.UNAVAILABLE;
      case CustodyException.AuthenticationFailed _ -> ExitCode.AUTHENTICATION_FAILED;
      case CustodyException.BadInput _ -> ExitCode.BAD_INPUT;
    };
  }

  private static String message(Throwable e) {
    return switch (e) {
      case UncheckedIOException io -> io.getMessage() + ": " + reason(io.getCause());
      case IOException io -> reason(io);
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  private static String reason(@Nullable IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "there is no file " + missing.getFile();
      case FileAlreadyExistsException there -> there.getFile() + " exists already";
      case null -> "no reason is known";
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  static String oneLine(@Nullable String text) {
    return text == null ? "no message" : text.strip().replaceAll("\\s*\\R\\s*", " · ");
  }
}
