package io.strongroom.places;

import io.strongroom.provider.HsmProvider;
import java.security.PrivateKey;
import java.util.List;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import org.w3c.dom.Document;

/** An enveloped XML signature of the JDK with a key in the HSM. */
final class XmlExample {

  private XmlExample() {}

  static void sign(HsmProvider hsm, PrivateKey key, String method, Document document)
      throws Exception {
    // tag::xml[]
    XMLSignatureFactory xml = XMLSignatureFactory.getInstance("DOM");
    Reference whole =
        xml.newReference(
            "",
            xml.newDigestMethod(DigestMethod.SHA256, null),
            List.of(xml.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null)),
            null,
            null);
    SignedInfo what =
        xml.newSignedInfo(
            xml.newCanonicalizationMethod(
                CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
            xml.newSignatureMethod(method, null), // SignatureMethod.ECDSA_SHA256, …
            List.of(whole));
    DOMSignContext context = new DOMSignContext(key, document.getDocumentElement());
    context.setProperty("org.jcp.xml.dsig.internal.dom.SignatureProvider", hsm);
    xml.newXMLSignature(what, null).sign(context);
    // end::xml[]
  }
}
