/* indexer/readers/field_name.h - from a heading or key as a document spells it to
 * the field of the schema that it names. */
#ifndef SY_INDEXER_READERS_FIELD_NAME_H
#define SY_INDEXER_READERS_FIELD_NAME_H

#include "base/buf.h"
#include "base/slice.h"
#include "store/schema.h"

/* Replaces `out` by the name's normal form without outer spaces; paragraph ends
 * inside vanish, since a narrow column breaks its heading (责任⏎单位). */
SY_CHECKED sy_status sy_field_normal(sy_slice name, sy_buf *out, sy_error *err);

/* The field that `name` stands for; one that is not there is added as text under
 * its own name. A name that is empty, or reserved for what every record has
 * (key, source, line), gets "_" in front; *renamed then says so (may be NULL).
 * `scratch` is overwritten. Errors: NOMEM, LIMIT, INPUT. */
SY_CHECKED sy_status sy_field_of(sy_schema *schema, sy_slice name, sy_buf *scratch, sy_field_id *id,
                                 bool *renamed, sy_error *err);

#endif
