/** A Tink {@code KmsClient} over any {@code Hsm}. */
@org.jspecify.annotations.NullMarked
module io.strongroom.tink {
  requires static transitive org.jspecify;
  requires transitive com.google.crypto.tink;
  requires transitive io.strongroom.provider;

  exports io.strongroom.tink;
}
