package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.Protection;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JoinCeremonyTest {
  private Path root;
  private TestToken first;
  private int tokens;

  @BeforeAll
  void makeTheFirstToken(@TempDir Path folder) {
    root = folder;
    first = TestToken.createFirst(root, "first");
  }

  private TestToken empty() {
    return TestToken.create(root, "t" + ++tokens);
  }

  private static JoinRequest begin(TestToken token) {
    try (Hsm hsm = token.open()) {
      return JoinCeremony.begin(hsm);
    }
  }

  private static DomainKeys.CheckValues checkValues(TestToken token) {
    try (Hsm hsm = token.open()) {
      return DomainKeys.checkValues(hsm);
    }
  }

  private static List<String> labels(TestToken token) {
    try (Hsm hsm = token.open()) {
      return hsm.keys().stream().map(KeyInfo::label).toList();
    }
  }

  @Test
  void threeTokens_joinedOneAfterTheOther_haveEqualCheckValues() {
    TestToken second = TestToken.createJoined(root, "second", first);
    TestToken third = TestToken.createJoined(root, "third", second);

    assertThat(checkValues(second)).isEqualTo(checkValues(first));
    assertThat(checkValues(third)).isEqualTo(checkValues(first));
    for (TestToken token : List.of(first, second, third)) {
      assertThat(labels(token))
          .containsExactlyInAnyOrder("strongroom-domain", "strongroom-domain-mac");
    }
  }

  @Test
  void joinedToken_domainKeys_areProtectedLikeTheFirstOnes() {
    TestToken joined = TestToken.createJoined(root, "joined", first);
    try (Hsm hsm = joined.open()) {
      assertThat(hsm.key("strongroom-domain").protection()).isEqualTo(Protection.DOMAIN);
      assertThat(hsm.key("strongroom-domain-mac").protection()).isEqualTo(Protection.NEVER_LEAVES);
      assertThat(hsm.attemptExport(ReservedKeys.DOMAIN_KEY.id())).allMatch(a -> a.refused());
      assertThat(hsm.attemptExport(ReservedKeys.DOMAIN_MAC_KEY.id())).allMatch(a -> a.refused());
    }
  }

  @Test
  void request_withAnotherFingerprint_isRefusedAndNothingIsMade() {
    JoinRequest request = begin(empty());
    String other = begin(empty()).fingerprint();

    assertThatThrownBy(() -> JoinCeremony.approve(first.asMember(), request, other))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining(request.fingerprint());
    assertThat(labels(first))
        .containsExactlyInAnyOrder("strongroom-domain", "strongroom-domain-mac");
  }

  @Test
  void approval_thatFails_leavesNoTrustedKey() {
    TestToken joining = empty();
    JoinRequest request = begin(joining);
    JoinRequest impossible = new JoinRequest(request.publicKey(), List.of(Digest.SHA_384));

    assertThatThrownBy(
            () -> JoinCeremony.approve(first.asMember(), impossible, request.fingerprint()))
        .isInstanceOf(HsmException.UnsupportedMechanism.class);
    assertThat(labels(first))
        .containsExactlyInAnyOrder("strongroom-domain", "strongroom-domain-mac");
  }

  @Test
  void approval_byATokenWithoutDomain_isRefused() {
    JoinRequest request = begin(empty());
    TestToken stranger = empty();

    assertThatThrownBy(
            () -> JoinCeremony.approve(stranger.asMember(), request, request.fingerprint()))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("no domain key");
  }

  @Test
  void grant_forAnotherToken_doesNotOpen() {
    JoinRequest request = begin(empty());
    JoinGrant grant = JoinCeremony.approve(first.asMember(), request, request.fingerprint());
    TestToken thief = empty();
    begin(thief);

    try (Hsm hsm = thief.open()) {
      assertThatThrownBy(() -> JoinCeremony.accept(hsm, thief.folder(), grant))
          .isInstanceOf(HsmException.class);
    }
    assertThat(labels(thief)).containsExactly("strongroom-join");
  }

  @Test
  void grant_withOtherCheckValues_isRefusedAndTheKeysAreDestroyed() {
    TestToken joining = empty();
    JoinRequest request = begin(joining);
    JoinGrant grant = JoinCeremony.approve(first.asMember(), request, request.fingerprint());
    JoinGrant altered =
        new JoinGrant(
            grant.wrappedDomainKey(),
            grant.oaepDigest(),
            grant.sealedMacKey(),
            new DomainKeys.CheckValues("000000", grant.checkValues().macKey()));

    try (Hsm hsm = joining.open()) {
      assertThatThrownBy(() -> JoinCeremony.accept(hsm, joining.folder(), altered))
          .isInstanceOf(HsmException.AuthenticationFailed.class);
    }
    assertThat(labels(joining)).containsExactly("strongroom-join");
  }

  @Test
  void grant_acceptedByAMember_harmsNothing() {
    TestToken joining = empty();
    JoinRequest request = begin(joining);
    JoinGrant grant = JoinCeremony.approve(first.asMember(), request, request.fingerprint());
    var before = checkValues(first);

    try (Hsm hsm = first.open()) {
      assertThatThrownBy(() -> JoinCeremony.accept(hsm, first.folder(), grant))
          .isInstanceOf(HsmException.KeyNotFound.class);
    }
    assertThat(checkValues(first)).isEqualTo(before);
  }

  @Test
  void begin_byAMember_isRefused() {
    assertThatThrownBy(() -> begin(first)).isInstanceOf(HsmException.KeyExists.class);
  }

  @Test
  void begin_repeated_showsTheSameFingerprint() {
    TestToken joining = empty();
    JoinRequest request = begin(joining);
    assertThat(begin(joining).fingerprint()).isEqualTo(request.fingerprint());
  }

  @Test
  void requestAndGrant_asText_areReadBack() {
    TestToken joining = empty();
    JoinRequest request = JoinRequest.parse(begin(joining).toJson());
    JoinGrant grant = JoinCeremony.approve(first.asMember(), request, request.fingerprint());
    try (Hsm hsm = joining.open()) {
      assertThat(JoinCeremony.accept(hsm, joining.folder(), JoinGrant.parse(grant.toJson())))
          .isEqualTo(checkValues(first));
    }
  }
}
