/** Key ceremonies at a terminal: who is asked what, and what is written down. */
package io.strongroom.cli.ceremony;
