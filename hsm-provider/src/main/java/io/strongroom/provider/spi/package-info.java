/**
 * The engines behind the provider, hidden: one table of services, one class of engine per kind, one
 * class that makes JCA exceptions. Uses only the waist, never a binding.
 */
package io.strongroom.provider.spi;
