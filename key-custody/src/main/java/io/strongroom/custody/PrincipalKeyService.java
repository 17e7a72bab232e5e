package io.strongroom.custody;

import java.security.PublicKey;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives each call its audit record and passes it on. */
final class PrincipalKeyService implements KeyService {

  private final String principal;
  private final Services services;

  PrincipalKeyService(String principal, Services services) {
    this.principal = principal;
    this.services = services;
  }

  @Override
  public CmkDescription createKey(KeyRequest request) {
    return audited("createKey", call -> services.creation().create(call, request));
  }

  @Override
  public CmkDescription describe(String key) {
    return audited("describeKey", call -> now().life().describe(call, key));
  }

  @Override
  public List<CmkDescription> listKeys() {
    return audited("listKeys", _ -> now().list().all());
  }

  @Override
  public KeyPage listKeys(KeyQuery query) {
    return audited("listKeys", call -> now().list().page(call, query));
  }

  @Override
  public CmkDescription updateDescription(String key, String description) {
    return audited(
        "updateKeyDescription", call -> services.notes().describe(call, key, description));
  }

  @Override
  public CmkDescription tag(String key, Map<String, String> tags) {
    return audited("tagKey", call -> services.notes().tag(call, key, tags));
  }

  @Override
  public CmkDescription untag(String key, Collection<String> names) {
    return audited("untagKey", call -> services.notes().untag(call, key, names));
  }

  @Override
  public PublicKey publicKey(String key) {
    return audited("getPublicKey", call -> services.publicKeys().of(call, key));
  }

  @Override
  public CmkDescription rotateKey(String key) {
    return audited("rotateKey", call -> services.versions().rotate(call, key));
  }

  @Override
  public CmkDescription enableRotation(String key, Duration period) {
    return audited("enableKeyRotation", call -> services.versions().enable(call, key, period));
  }

  @Override
  public CmkDescription disableRotation(String key) {
    return audited("disableKeyRotation", call -> services.versions().disable(call, key));
  }

  @Override
  public ImportParameters parametersForImport(
      String key, WrappingAlgorithm algorithm, WrappingKeySpec wrappingKey) {
    return audited(
        "getParametersForImport",
        call -> services.preparation().prepare(call, key, algorithm, wrappingKey));
  }

  @Override
  public CmkDescription importKeyMaterial(String key, MaterialImport material) {
    return audited(
        "importKeyMaterial", call -> services.imports().importMaterial(call, key, material));
  }

  @Override
  public void recordCeremony(String key, CeremonyNote ceremony) {
    audited("recordKeyCeremony", call -> services.imports().noteCeremony(call, key, ceremony));
  }

  @Override
  public ImportTrial tryKeyMaterial(String key, MaterialImport material) {
    return audited(
        "importKeyMaterial", call -> services.imports().tryMaterial(call, key, material));
  }

  @Override
  public CmkDescription deleteMaterial(String key) {
    return audited("deleteKeyMaterial", call -> services.life().deleteMaterial(call, key));
  }

  @Override
  public CmkDescription enable(String key) {
    return audited("enableKey", call -> services.life().enable(call, key));
  }

  @Override
  public CmkDescription disable(String key) {
    return audited("disableKey", call -> services.life().disable(call, key));
  }

  @Override
  public CmkDescription scheduleDeletion(String key, Duration delay) {
    return audited(
        "scheduleKeyDeletion", call -> services.life().scheduleDeletion(call, key, delay));
  }

  @Override
  public CmkDescription cancelDeletion(String key) {
    return audited("cancelKeyDeletion", call -> services.life().cancelDeletion(call, key));
  }

  @Override
  public AliasDescription createAlias(String alias, String key) {
    return audited("createAlias", call -> services.aliases().create(call, alias, key));
  }

  @Override
  public AliasDescription updateAlias(String alias, String key, @Nullable String expected) {
    return audited("updateAlias", call -> services.aliases().update(call, alias, key, expected));
  }

  @Override
  public void deleteAlias(String alias) {
    audited(
        "deleteAlias",
        call -> {
          services.aliases().delete(call, alias);
          return call;
        });
  }

  @Override
  public List<AliasDescription> listAliases() {
    return audited("listAliases", call -> services.aliases().list());
  }

  @Override
  public AliasRotation rotateAlias(String alias, RotationRequest request) {
    return audited("rotateAlias", call -> services.rotation().rotate(call, alias, request));
  }

  @Override
  public List<AliasMove> aliasHistory(String alias) {
    return audited("listAliasHistory", call -> services.history().of(call, alias));
  }

  @Override
  public AliasDescription keepPreviousUsable(String alias, @Nullable Duration time) {
    return audited("setAliasPolicy", call -> services.history().setPolicy(call, alias, time));
  }

  @Override
  public Ciphertext encrypt(String key, byte[] plaintext, Map<String, String> context) {
    return audited("encrypt", call -> services.data().encrypt(call, key, plaintext, context));
  }

  @Override
  public byte[] decrypt(byte[] ciphertext, Map<String, String> context) {
    return audited("decrypt", call -> services.data().decrypt(call, ciphertext, context));
  }

  @Override
  public Reencrypted reencrypt(
      String toKey, byte[] ciphertext, Map<String, String> from, Map<String, String> to) {
    return audited(
        "reEncrypt", call -> services.reencryption().reencrypt(call, toKey, ciphertext, from, to));
  }

  @Override
  public CustodyReport examineCustody() {
    return audited("examineCustody", call -> services.doctor().examine(call));
  }

  @Override
  public CustodyReport repairCustody() {
    return audited("repairCustody", call -> services.doctor().repair(call));
  }

  /** For calls that show states: material whose time is over is gone, though nobody asked. */
  private Services now() {
    services.housekeeping().expireDueMaterial();
    return services;
  }

  private <T> T audited(String operation, Function<Call, T> work) {
    Call call = new Call(principal, operation);
    return services.ledger().audited(call, () -> work.apply(call));
  }
}
