package io.strongroom.places;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.strongroom.provider.HsmProvider;
import java.security.PrivateKey;

/** A JSON web token of Nimbus JOSE+JWT, signed with a key in the HSM. */
final class JwtExample {

  private JwtExample() {}

  static String sign(HsmProvider hsm, PrivateKey key, JWTClaimsSet claims) throws Exception {
    // tag::jwt[]
    ECDSASigner signer = new ECDSASigner(key, Curve.P_256); // or RSASSASigner(key), MACSigner(key)
    signer.getJCAContext().setProvider(hsm);
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.ES256), claims);
    token.sign(signer);
    // end::jwt[]
    return token.serialize();
  }
}
