package io.strongroom.cluster.node;

import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** A real token with a node's folder around it. */
record TestToken(SoftHsmToken token, Path folder) {

  static TestToken create(Path root, String name) {
    try {
      Path folder = Files.createDirectory(root.resolve(name));
      return new TestToken(
          SoftHsmToken.create(folder.resolve("token"), name).withOwnLibrary(), folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One whose domain was just made. */
  static TestToken createFirst(Path root, String name) {
    TestToken first = create(root, name);
    try (Hsm hsm = first.open()) {
      DomainKeys.create(hsm, first.folder);
    }
    return first;
  }

  /** One that joined the domain of a member. */
  static TestToken createJoined(Path root, String name, TestToken member) {
    TestToken joining = create(root, name);
    joining.join(member);
    return joining;
  }

  void join(TestToken member) {
    JoinRequest request;
    try (Hsm hsm = open()) {
      request = JoinCeremony.begin(hsm);
    }
    JoinGrant grant = JoinCeremony.approve(member.asMember(), request, request.fingerprint());
    try (Hsm hsm = open()) {
      JoinCeremony.accept(hsm, folder, grant);
    }
  }

  JoinCeremony.Member asMember() {
    return new JoinCeremony.Member(token.url(), token.officerUrl(), folder);
  }

  Hsm open() {
    return Hsm.open(token.url());
  }

  Vault vault(Hsm hsm) {
    return Vault.open(hsm, SealStore.open(seals()), Clock.systemUTC());
  }

  Path seals() {
    return folder.resolve("seals");
  }
}
