package io.strongroom.places;

/** Where in the JDK's list of providers ours is. */
enum Place {
  FIRST,
  LAST
}
