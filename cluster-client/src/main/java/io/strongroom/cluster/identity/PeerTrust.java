package io.strongroom.cluster.identity;

import io.strongroom.hsm.HsmException;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts certificates that the cluster's authorities stand for and whose SPIFFE id is as expected.
 * Host names play no part: a node is who its certificate says, wherever it runs.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private final Authorities authorities;
  private final Predicate<SpiffeId> expected;
  private final String wanted;

  /**
   * @param wanted what is expected, for the message
   */
  PeerTrust(Authorities authorities, Predicate<SpiffeId> expected, String wanted) {
    this.authorities = authorities;
    this.expected = expected;
    this.wanted = wanted;
  }

  private void check(X509Certificate[] chain, Purpose purpose) throws PeerRefused {
    authorities.check(List.of(chain), purpose);
    SpiffeId id;
    try {
      id = SpiffeId.of(chain[0]);
    } catch (HsmException.BadInput e) {
      throw new PeerRefused(
          Refusal.NO_IDENTITY,
          "its certificate names no identity: " + Printable.of(e.text()) + "; issue one that does",
          e);
    }
    if (!expected.test(id)) {
      throw new PeerRefused(
          Refusal.WRONG_IDENTITY, "wrong identity: the peer is " + id + ", wanted " + wanted);
    }
  }

  private void check(X509Certificate[] chain, Purpose purpose, String host) throws PeerRefused {
    try {
      check(chain, purpose);
    } catch (PeerRefused e) {
      throw new PeerRefused(e.reason(), e.text() + " (peer at " + host + ")", e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws PeerRefused {
    check(chain, Purpose.CLIENT);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws PeerRefused {
    check(chain, Purpose.SERVER);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws PeerRefused {
    check(chain, Purpose.CLIENT);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws PeerRefused {
    check(chain, Purpose.SERVER);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws PeerRefused {
    check(chain, Purpose.CLIENT, String.valueOf(engine.getPeerHost()));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws PeerRefused {
    check(chain, Purpose.SERVER);
  }

  /** None: whoever has a certificate is to show it, so that the refusal can say what is wrong. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
