package io.strongroom.cluster.node;

import io.strongroom.cluster.identity.Pem;
import io.strongroom.cluster.identity.TlsFiles;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** HTTP/2 by hand (RFC 9113 §4), for what no client library sends. */
final class Http2Frames {
  static final int SETTINGS = 4;
  static final int PING = 6;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int END_HEADERS = 4;
  private static final int CANCEL = 8; // RFC 9113 §7
  private static final int PING_BYTES = 8;

  private Http2Frames() {}

  static void preface(DataOutputStream out) throws IOException {
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(out, SETTINGS, new byte[0]);
  }

  static void frame(DataOutputStream out, int type, byte[] payload) throws IOException {
    frame(out, type, 0, 0, payload);
  }

  /** Begins a call on a stream and takes it back at once. */
  static void takenBack(DataOutputStream out, String path, int stream) throws IOException {
    frame(out, HEADERS, END_HEADERS, stream, grpcHeaders(path));
    frame(out, RST_STREAM, 0, stream, ByteBuffer.allocate(Integer.BYTES).putInt(CANCEL).array());
  }

  private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeByte(0);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  // HPACK (RFC 7541 §6, Appendix A): names from the static table, values as they are.
  private static byte[] grpcHeaders(String path) {
    var block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST
    block.write(0x87); // :scheme https
    block.write(0x01); // :authority
    text(block, "node");
    block.write(0x04); // :path
    text(block, path);
    block.write(0x0f); // content-type, index 31
    block.write(0x10);
    text(block, "application/grpc");
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String value) {
    block.write(value.length());
    block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Whether the node goes on with this connection: it answers a ping, and then another. The first
   * may come together with the preface, and be answered by a node that is about to close.
   */
  static boolean isServed(Socket socket) throws IOException {
    DataOutputStream out = output(socket);
    DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    try {
      preface(out);
      ping(out, in);
      ping(out, in);
      return true;
    } catch (EOFException | SocketException | SSLException e) {
      return false;
    }
  }

  /** What is written there is sent when it is flushed, and not as a record of TLS for each byte. */
  static DataOutputStream output(Socket socket) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  private static void ping(DataOutputStream out, DataInputStream in) throws IOException {
    frame(out, PING, new byte[PING_BYTES]);
    out.flush();
    int type;
    do {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      type = in.readUnsignedByte();
      in.readUnsignedByte();
      in.readInt();
      in.readFully(new byte[length]);
    } while (type != PING);
  }

  /** A TLS connection to a node, whoever it is, as the holder of a certificate. */
  static SSLSocket connect(SSLContext context, HsmNode node, Duration timeout) throws IOException {
    InetSocketAddress address = node.address();
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address.getHostString(), address.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** One that resumes its sessions. */
  static SSLContext context(TlsFiles files) throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keyManagers(files), new TrustManager[] {new Anyone()}, new SecureRandom());
    return context;
  }

  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static KeyManager[] keyManagers(TlsFiles files) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own",
        Pem.readPrivateKey(files.key()),
        new char[0],
        new Certificate[] {Pem.readCertificate(files.certificate())});
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }
}
