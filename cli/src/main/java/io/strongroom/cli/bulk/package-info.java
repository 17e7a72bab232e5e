/** Re-encryption of files of ciphertext, line by line. */
package io.strongroom.cli.bulk;
