package io.strongroom.cluster.identity;

import io.strongroom.hsm.HsmException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An identity, {@code spiffe://<cluster>/<role>/<name>}, as it stands in a certificate's URI SAN
 * (SPIFFE X.509-SVID §2). Immutable.
 *
 * @param cluster the cluster's name
 * @param role the role
 * @param name the holder's name
 */
public record SpiffeId(String cluster, Role role, String name) {
  /** What clusters, nodes and identities may be called: also good as a file name. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  private static final Pattern URI = Pattern.compile("spiffe://([^/]*)/([^/]*)/([^/]*)");
  private static final int SAN_URI = 6;

  /**
   * Checks the names.
   *
   * @throws HsmException.BadInput if one is not 1 to 63 lower-case letters, digits, dots, dashes
   *     and underscores, beginning with a letter or digit
   */
  public SpiffeId {
    checkName("cluster", cluster);
    checkName(role.pathSegment(), name);
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws HsmException.BadInput if it is anything else
   */
  public static SpiffeId parse(String uri) {
    Matcher matcher = URI.matcher(uri);
    if (matcher.matches()) {
      for (Role role : Role.values()) {
        if (role.pathSegment().equals(matcher.group(2))) {
          return new SpiffeId(matcher.group(1), role, matcher.group(3));
        }
      }
    }
    throw new HsmException.BadInput(
        "\"" + uri + "\" is no identity; one looks like spiffe://<cluster>/officer/<name>");
  }

  /**
   * The one identity in a certificate.
   *
   * @throws HsmException.BadInput if it has none, or more than one URI
   */
  public static SpiffeId of(X509Certificate certificate) {
    List<String> uris = uris(certificate);
    if (uris.size() != 1) {
      throw new HsmException.BadInput(
          "certificate "
              + certificate.getSubjectX500Principal()
              + " has "
              + uris.size()
              + " URIs as subject alternative names, wanted exactly one SPIFFE id");
    }
    return parse(uris.getFirst());
  }

  /** The URIs among a certificate's subject alternative names. */
  public static List<String> uris(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(n -> n.get(0) instanceof Integer kind && kind == SAN_URI)
              .map(n -> String.valueOf(n.get(1)))
              .toList();
    } catch (CertificateParsingException e) {
      throw new HsmException.BadInput("a certificate's subject alternative names are malformed", e);
    }
  }

  /**
   * Checks a cluster's, node's or identity's name.
   *
   * @param what whose name it is, for the message
   * @return the name
   */
  public static String checkName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new HsmException.BadInput(
          what
              + " name \""
              + name
              + "\" is not 1 to 63 lower-case letters, digits, dots, dashes and underscores");
    }
    return name;
  }

  @Override
  public String toString() {
    return "spiffe://" + cluster + "/" + role.pathSegment() + "/" + name;
  }
}
