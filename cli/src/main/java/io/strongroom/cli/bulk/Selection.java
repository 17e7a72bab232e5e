package io.strongroom.cli.bulk;

import java.util.function.UnaryOperator;

/**
 * The ciphertext that was found in a line.
 *
 * @param text the ciphertext in base64, or what stands in its place
 * @param replaced the line with another text there; every other character stays
 * @param field what the line holds under a name or number; throws {@link RejectedLine} if nothing
 */
public record Selection(String text, UnaryOperator<String> replaced, UnaryOperator<String> field) {}
