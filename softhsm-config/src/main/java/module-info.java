/** SoftHSM2 tokens for tests, demonstrations and CI. Depends on nothing else of Strongroom. */
@org.jspecify.annotations.NullMarked
module io.strongroom.softhsm {
  requires static transitive org.jspecify;
  requires static org.junit.jupiter.api;

  exports io.strongroom.softhsm;
}
