package io.strongroom.custody;

import java.time.Instant;
import java.util.UUID;

/**
 * What a trial of an import found, which kept nothing. Immutable.
 *
 * @param keyId the CMK that the material is for
 * @param kcv the material's key check value, 6 hexadecimal digits
 * @param algorithm how it was wrapped
 * @param tokenValidTo until when the import token is good for the import itself
 */
public record ImportTrial(
    UUID keyId, String kcv, WrappingAlgorithm algorithm, Instant tokenValidTo) {}
