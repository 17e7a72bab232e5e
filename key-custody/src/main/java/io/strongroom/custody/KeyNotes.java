package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.store.CmkRow;
import io.strongroom.custody.store.CmkRows;
import io.strongroom.custody.store.TagRows;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;

/** What owners note of their CMKs: descriptions and tags, in whatever state a key is. */
final class KeyNotes {

  private final Parts parts;
  private final KeyLife life;

  KeyNotes(Parts parts, KeyLife life) {
    this.parts = parts;
    this.life = life;
  }

  CmkDescription describe(Call call, String reference, String description) {
    Names.description(description);
    return change(call, reference, (handle, id) -> CmkRows.setDescription(handle, id, description));
  }

  CmkDescription tag(Call call, String reference, Map<String, String> tags) {
    Names.tags(tags);
    tags.forEach((name, value) -> call.detail("tag." + name, value));
    return change(
        call,
        reference,
        (handle, id) -> {
          tags.forEach((name, value) -> TagRows.put(handle, id, name, value));
          int count = TagRows.of(handle, id).size();
          if (count > KeyService.MAX_TAGS) {
            throw new CustodyException.Refused(
                Reason.TOO_MANY_TAGS,
                "key %s would have %d tags, and a key has at most %d; remove some first"
                    .formatted(id, count, KeyService.MAX_TAGS));
          }
        });
  }

  CmkDescription untag(Call call, String reference, Collection<String> names) {
    names.forEach(Names::tagName);
    call.detail("tags", Lookup.words(names, ", "));
    return change(
        call, reference, (handle, id) -> names.forEach(name -> TagRows.delete(handle, id, name)));
  }

  private CmkDescription change(Call call, String reference, BiConsumer<Handle, String> noting) {
    String changed =
        parts
            .ledger()
            .commit(
                call,
                handle -> {
                  CmkRow row = Lookup.cmk(handle, call, reference);
                  noting.accept(handle, row.id());
                  return row.id();
                });
    return life.describedIfAnswered(changed);
  }
}
