package io.strongroom.cli;

import io.strongroom.custody.CustodyException;
import io.strongroom.hsm.HsmException;
import io.strongroom.softhsm.SoftHsmException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into one line on standard error and an exit code. */
final class Failures implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    if (e instanceof CommandLine.ParameterException usage) {
      return new Usage().handleParseException(usage, new String[0]);
    }
    PrintWriter err = line.getErr();
    err.println("strongroom: " + oneLine(message(e)));
    if (line.getParseResult().hasMatchedOption("--verbose")) {
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
      case InvalidPathException _ -> ExitCode.BAD_INPUT;
      case SoftHsmException _ -> ExitCode.UNAVAILABLE;
      default -> ExitCode.FAILED;
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
      case FileSystemException io -> io.getFile() + ": " + reason(io);
      case IOException io -> reason(io);
      default ->
          exitCode(e) == ExitCode.FAILED
              ? "a fault of this program, please report it with the output of --verbose: " + e
              : String.valueOf(e.getMessage());
    };
  }

  private static String reason(@Nullable IOException e) {
    return switch (e) {
      case null -> "no reason is known";
      case NoSuchFileException _ -> "there is no such file or folder";
      case FileAlreadyExistsException _ -> "it exists already";
      case AccessDeniedException _ -> "permission denied";
      case NotDirectoryException _ -> "it is no folder";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  static String oneLine(@Nullable String text) {
    return text == null ? "no message" : text.strip().replaceAll("\\s*\\R\\s*", " · ");
  }
}
