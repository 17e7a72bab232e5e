package io.strongroom.cluster.wire;

import com.google.protobuf.ByteString;
import io.strongroom.cluster.wire.v1.DescribeReply;
import io.strongroom.cluster.wire.v1.ExportReport;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.Mechanism;
import java.util.List;
import java.util.Set;

/** What a token says of itself, and the results of operations that are more than bytes. */
public final class InfoCodec {
  private InfoCodec() {}

  /** The token's part of a node's description. */
  public static DescribeReply.Builder toWire(HsmInfo info) {
    DescribeReply.Builder reply =
        DescribeReply.newBuilder()
            .setLabel(info.label())
            .setSerial(info.serial())
            .setManufacturer(info.manufacturer())
            .setModel(info.model())
            .setFirmware(info.firmware());
    for (Mechanism mechanism : info.mechanisms()) {
      reply.addMechanisms(
          io.strongroom.cluster.wire.v1.Mechanism.newBuilder()
              .setName(mechanism.name())
              .setCode(mechanism.code())
              .setMinKeySize(mechanism.minKeySize())
              .setMaxKeySize(mechanism.maxKeySize())
              .addAllFunctions(mechanism.functions().stream().sorted().toList()));
    }
    return reply;
  }

  /** The token's part of a node's description. */
  public static HsmInfo fromWire(DescribeReply reply) {
    return new HsmInfo(
        reply.getLabel(),
        reply.getSerial(),
        reply.getManufacturer(),
        reply.getModel(),
        reply.getFirmware(),
        reply.getMechanismsList().stream()
            .map(m ->
                new Mechanism(
                    m.getName(),
                    m.getCode(),
                    m.getMinKeySize(),
                    m.getMaxKeySize(),
                    Set.copyOf(m.getFunctionsList())))
            .toList());
  }

  /** The result of an encryption. */
  public static io.strongroom.cluster.wire.v1.Encrypted toWire(Encrypted encrypted) {
    return io.strongroom.cluster.wire.v1.Encrypted.newBuilder()
        .setIv(ByteString.copyFrom(encrypted.iv()))
        .setOutput(ByteString.copyFrom(encrypted.bytes()))
        .build();
  }

  /** The result of an encryption. */
  public static Encrypted fromWire(io.strongroom.cluster.wire.v1.Encrypted encrypted) {
    return new Encrypted(encrypted.getIv().toByteArray(), encrypted.getOutput().toByteArray());
  }

  /** What was tried to get a key out. */
  public static ExportReport toWire(List<ExportAttempt> attempts) {
    ExportReport.Builder report = ExportReport.newBuilder();
    for (ExportAttempt attempt : attempts) {
      report.addAttempts(
          ExportReport.Attempt.newBuilder()
              .setWhat(attempt.what())
              .setRefused(attempt.refused())
              .setAnswer(attempt.answer()));
    }
    return report.build();
  }

  /** What was tried to get a key out. */
  public static List<ExportAttempt> fromWire(ExportReport report) {
    return report.getAttemptsList().stream()
        .map(a -> new ExportAttempt(a.getWhat(), a.getRefused(), a.getAnswer()))
        .toList();
  }
}
