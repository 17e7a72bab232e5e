/**
 * The places where applications plug the provider in, each with a test on a real token. The {@code
 * …Example} classes are what README.md shows: a test holds the page to them.
 */
@org.jspecify.annotations.NullMarked
package io.strongroom.places;
