package io.strongroom.custody.chain;

import io.strongroom.custody.audit.AuditRange;
import io.strongroom.custody.store.AuditRow;
import io.strongroom.custody.store.AuditRows;
import io.strongroom.custody.store.CheckpointRow;
import io.strongroom.custody.store.CheckpointRows;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Tells a part of a store's trail line by line, each checkpoint behind its record. */
final class CloudTrailExport {

  private final String storeId;

  CloudTrailExport(String storeId) {
    this.storeId = storeId;
  }

  long write(Handle handle, AuditRange range, Consumer<String> line) {
    long first =
        Math.max(
            range.firstSequence(),
            range.from() == null
                ? 1
                : AuditRows.firstSince(handle, range.from().toEpochMilli()).orElse(Long.MAX_VALUE));
    long last =
        Math.min(
            range.lastSequence(),
            range.to() == null
                ? Long.MAX_VALUE
                : AuditRows.lastUntil(handle, range.to().toEpochMilli()).orElse(0L));
    Map<Long, CheckpointRow> checkpoints =
        CheckpointRows.all(handle).stream()
            .filter(CheckpointRow::isSigned)
            .collect(Collectors.toMap(CheckpointRow::sequence, Function.identity()));
    long count = 0;
    try (Stream<AuditRow> rows = AuditRows.between(handle, first, last)) {
      for (Iterator<AuditRow> each = rows.iterator(); each.hasNext(); count++) {
        AuditRow row = each.next();
        line.accept(CloudTrailLine.of(row, storeId));
        CheckpointRow checkpoint = checkpoints.get(row.sequence());
        if (checkpoint != null) {
          line.accept(CloudTrailLine.of(checkpoint, storeId));
        }
      }
    }
    return count;
  }
}
