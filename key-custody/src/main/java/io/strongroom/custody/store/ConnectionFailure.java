package io.strongroom.custody.store;

import java.io.FileNotFoundException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/** Why a server was not connected to, where its driver knows more than that it was not. */
final class ConnectionFailure {

  private ConnectionFailure() {}

  /** What is wrong and what to do; empty if a lost connection has other causes. */
  static Optional<String> explain(SQLException lost) {
    Throwable root = lost;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String told = String.valueOf(root.getMessage());
    return switch (root) {
      case CertificateExpiredException _ ->
          Optional.of("the server's certificate has expired (%s); renew it".formatted(told));
      case CertPathBuilderException _ -> Optional.of(untrusted(told));
      case CertPathValidatorException _ -> Optional.of(untrusted(told));
      case CertificateException _ -> Optional.of(unreadable(lost));
      case FileNotFoundException _ -> Optional.of(unreadable(lost));
      case UnknownHostException _ ->
          Optional.of("there is no host %s; correct it in the store's URL".formatted(told));
      // What the driver finds out by itself has no cause.
      case SQLException _ when told.toLowerCase(Locale.ROOT).contains("hostname") ->
          Optional.of(
              told + " Name in the store's URL a host that the server's certificate is for");
      case SQLException _ when told.toLowerCase(Locale.ROOT).contains("password") ->
          Optional.of(
              told + " Give one by password-file in the store's URL, PGPASSFILE or PGPASSWORD");
      default -> Optional.empty();
    };
  }

  private static String untrusted(String told) {
    return "the server's certificate is not trusted (%s); name the certificate of the authority that signed it as sslrootcert in the store's URL"
        .formatted(told);
  }

  private static String unreadable(SQLException lost) {
    return lost.getMessage()
        + " Name the PEM file of the authority that signed the server's certificate as sslrootcert in the store's URL";
  }
}
