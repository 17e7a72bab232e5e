package io.strongroom.cluster.observe;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.strongroom.cluster.wire.v1.Answer;
import io.strongroom.cluster.wire.v1.Error;
import io.strongroom.hsm.HsmException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How an operation ended, as meters and traces name it. */
public enum Result {
  OK,
  KEY_NOT_FOUND,
  KEY_EXISTS,
  UNSUPPORTED_MECHANISM,
  BAD_INPUT,
  AUTHENTICATION_FAILED,
  ACCESS_DENIED,
  THROTTLED,
  DEADLINE_EXCEEDED,
  DEVICE_UNAVAILABLE,
  /** Something that is no {@code HsmException}: a defect of ours. */
  FAILED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** In lower case, as a tag's value. */
  public String label() {
    return label;
  }

  /** Of a call that ended with this failure; none is {@link #OK}. */
  public static Result of(@Nullable Throwable failure) {
    return switch (failure) {
      case null -> OK;
      case HsmException known -> of(known);
      default -> FAILED;
    };
  }

  private static Result of(HsmException failure) {
    return switch (failure) {
      case HsmException.KeyNotFound _ -> KEY_NOT_FOUND;
      case HsmException.KeyExists _ -> KEY_EXISTS;
      case HsmException.UnsupportedMechanism _ -> UNSUPPORTED_MECHANISM;
      case HsmException.BadInput _ -> BAD_INPUT;
      case HsmException.AuthenticationFailed _ -> AUTHENTICATION_FAILED;
      case HsmException.AccessDenied _ -> ACCESS_DENIED;
      case HsmException.Throttled _ -> THROTTLED;
      case HsmException.DeadlineExceeded _ -> DEADLINE_EXCEEDED;
      case HsmException.DeviceUnavailable _ -> DEVICE_UNAVAILABLE;
    };
  }

  /** Of an operation that a node answered so. */
  public static Result of(Answer answer) {
    return answer.hasError() ? of(answer.getError()) : OK;
  }

  /** Of a control call that was answered so; every reply has a field {@code error}. */
  public static Result ofReply(Message reply) {
    FieldDescriptor field = reply.getDescriptorForType().findFieldByName("error");
    return field != null && reply.hasField(field) && reply.getField(field) instanceof Error error
        ? of(error)
        : OK;
  }

  private static Result of(Error error) {
    return switch (error.getKind()) {
      case KEY_NOT_FOUND -> KEY_NOT_FOUND;
      case KEY_EXISTS -> KEY_EXISTS;
      case UNSUPPORTED_MECHANISM -> UNSUPPORTED_MECHANISM;
      case BAD_INPUT -> BAD_INPUT;
      case AUTHENTICATION_FAILED -> AUTHENTICATION_FAILED;
      case ACCESS_DENIED -> ACCESS_DENIED;
      case THROTTLED -> THROTTLED;
      case DEADLINE_EXCEEDED -> DEADLINE_EXCEEDED;
      case DEVICE_UNAVAILABLE -> DEVICE_UNAVAILABLE;
      case KIND_UNSPECIFIED, UNRECOGNIZED -> FAILED;
    };
  }
}
