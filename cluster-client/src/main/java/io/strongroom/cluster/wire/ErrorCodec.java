package io.strongroom.cluster.wire;

import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmException.Answer;
import org.jspecify.annotations.Nullable;

/** Failures, with the device's own answer and the node that gave it. */
public final class ErrorCodec {
  private static final int MAX_MESSAGE_CHARS = 4096;

  private ErrorCodec() {}

  /**
   * A failure to send.
   *
   * @param node who answers, unless the exception names a node itself
   */
  public static Error toWire(HsmException e, String node) {
    Error.Builder error =
        Error.newBuilder()
            .setKind(kind(e))
            .setMessage(shortened(e.text()))
            .setNode(e.node() == null ? node : e.node());
    Answer answer = e.answer();
    if (answer != null) {
      error
          .setFunction(answer.function())
          .setReturnValue(answer.returnValue())
          .setReturnName(answer.returnName());
    }
    return error.build();
  }

  private static Error.Kind kind(HsmException e) {
    return switch (e) {
      case HsmException.KeyNotFound _ -> Error.Kind.KEY_NOT_FOUND;
      case HsmException.KeyExists _ -> Error.Kind.KEY_EXISTS;
      case HsmException.UnsupportedMechanism _ -> Error.Kind.UNSUPPORTED_MECHANISM;
      case HsmException.BadInput _ -> Error.Kind.BAD_INPUT;
      case HsmException.AuthenticationFailed _ -> Error.Kind.AUTHENTICATION_FAILED;
      case HsmException.AccessDenied _ -> Error.Kind.ACCESS_DENIED;
      case HsmException.Throttled _ -> Error.Kind.THROTTLED;
      case HsmException.DeadlineExceeded _ -> Error.Kind.DEADLINE_EXCEEDED;
      case HsmException.DeviceUnavailable _ -> Error.Kind.DEVICE_UNAVAILABLE;
    };
  }

  /**
   * A failure that came in.
   *
   * @param node the node that was asked; used where the error does not name one
   */
  public static HsmException fromWire(Error error, String node) {
    String at = error.getNode().isEmpty() ? node : error.getNode();
    String message = shortened(error.getMessage());
    Answer answer = answer(error);
    return switch (error.getKind()) {
      case KEY_NOT_FOUND -> new HsmException.KeyNotFound(message, null, answer, at);
      case KEY_EXISTS -> new HsmException.KeyExists(message, null, answer, at);
      case UNSUPPORTED_MECHANISM ->
          new HsmException.UnsupportedMechanism(message, null, answer, at);
      case BAD_INPUT -> new HsmException.BadInput(message, null, answer, at);
      case AUTHENTICATION_FAILED ->
          new HsmException.AuthenticationFailed(message, null, answer, at);
      case ACCESS_DENIED -> new HsmException.AccessDenied(message, null, answer, at);
      case THROTTLED -> new HsmException.Throttled(message, null, answer, at);
      case DEADLINE_EXCEEDED -> new HsmException.DeadlineExceeded(message, null, answer, at);
      case DEVICE_UNAVAILABLE -> new HsmException.DeviceUnavailable(message, null, answer, at);
      case KIND_UNSPECIFIED, UNRECOGNIZED ->
          new HsmException.DeviceUnavailable(
              "node \"" + at + "\" failed in a way this version does not know: " + message,
              null,
              answer,
              at);
    };
  }

  private static @Nullable Answer answer(Error error) {
    return error.getFunction().isEmpty()
        ? null
        : new Answer(error.getFunction(), error.getReturnValue(), error.getReturnName());
  }

  private static String shortened(String message) {
    return message.length() <= MAX_MESSAGE_CHARS
        ? message
        : message.substring(0, MAX_MESSAGE_CHARS) + "…";
  }
}
