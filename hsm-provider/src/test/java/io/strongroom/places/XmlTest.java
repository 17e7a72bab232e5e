package io.strongroom.places;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.ByteArrayInputStream;
import java.security.KeyPair;
import java.security.PublicKey;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

/** The JDK's XML signatures with keys in the token. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class XmlTest {

  private Pki pki;

  @BeforeAll
  void open(SoftHsmToken token) throws Exception {
    pki = new Pki(token);
  }

  @AfterAll
  void close() {
    pki.close();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 2048, http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "RSA, 2048, http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    "EC, 256, http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "EC, 384, http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
  })
  void signature_byAKeyInTheToken_validatesInSoftware(String family, int bits, String method)
      throws Exception {
    KeyPair pair = pki.pair(family, bits, method);
    Document document = parse("<order><amount>42</amount></order>");
    XmlExample.sign(pki.provider, pair.getPrivate(), method, document);
    assertThat(isValid(document, pair.getPublic())).isTrue();
    document.getElementsByTagName("amount").item(0).setTextContent("43");
    assertThat(isValid(document, pair.getPublic())).isFalse();
  }

  @Test
  void method_ofAnotherKindThanTheKey_isRefused() throws Exception {
    KeyPair ec = pki.pair("EC", 256, "wrong-kind");
    assertThatThrownBy(() ->
            XmlExample.sign(
                pki.provider,
                ec.getPrivate(),
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                parse("<order/>")))
        .isInstanceOf(XMLSignatureException.class)
        .hasStackTraceContaining("wants RSA");
  }

  private static Document parse(String text) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private static boolean isValid(Document document, PublicKey key) throws Exception {
    DOMValidateContext context =
        new DOMValidateContext(
            key, document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature").item(0));
    return XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context).validate(context);
  }
}
