package io.strongroom.cluster.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.v1.HeldKey;
import io.strongroom.hsm.KeyId;
import org.junit.jupiter.api.Test;

class ContestsTest {
  private static final KeyId ID = KeyId.of(new byte[KeyId.BYTES]);
  private static final HeldKey KEY = key("key");
  private static final HeldKey OTHER = key("other");

  private final Contests contests = new Contests(3);

  @Test
  void key_ofTwoPeersOfThreeNodes_isOfTheMajority() {
    assertThat(contests.isOfMajority(ID, "b", KEY)).isFalse();
    assertThat(contests.isOfMajority(ID, "c", KEY)).isTrue();
  }

  @Test
  void key_ofOnePeerAskedTwice_isOfNoMajority() {
    assertThat(contests.isOfMajority(ID, "b", KEY)).isFalse();
    assertThat(contests.isOfMajority(ID, "b", KEY)).isFalse();
  }

  @Test
  void keys_ofPeersThatDiffer_areOfNoMajority() {
    assertThat(contests.isOfMajority(ID, "b", KEY)).isFalse();
    assertThat(contests.isOfMajority(ID, "c", OTHER)).isFalse();
    assertThat(contests.isOfMajority(ID, "b", OTHER)).isTrue();
  }

  @Test
  void key_ofTwoPeersOfFiveNodes_isOfNoMajority() {
    Contests five = new Contests(5);
    assertThat(five.isOfMajority(ID, "b", KEY)).isFalse();
    assertThat(five.isOfMajority(ID, "c", KEY)).isFalse();
    assertThat(five.isOfMajority(ID, "d", KEY)).isTrue();
  }

  @Test
  void id_thatIsSettled_isForgotten() {
    contests.isOfMajority(ID, "b", KEY);
    contests.settled(ID);
    assertThat(contests.isOfMajority(ID, "c", KEY)).isFalse();
  }

  private static HeldKey key(String checkValue) {
    return HeldKey.newBuilder().setCheckValue(ByteString.copyFromUtf8(checkValue)).build();
  }
}
