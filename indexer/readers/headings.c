#include "indexer/readers/headings.h"

#include "indexer/readers/field_name.h"
#include "indexer/readers/reader_text.h"

enum {
    ENOUGH = 3,      /* headings that make a header */
    FEW_COLUMNS = 4, /* up to which two are enough */
    PATIENCE = 24    /* columns after which one in eight must count */
};

/* Removes the brackets at the end: 责任单位（盖章）. */
static sy_slice without_brackets(sy_slice normal)
{
    if (normal.len < 2 || normal.data[normal.len - 1] != ')')
        return normal;
    size_t at = normal.len;
    while (at > 0 && normal.data[at - 1] != '(')
        at--;
    return at > 1 ? sy_trim((sy_slice){normal.data, at - 1}) : normal;
}

sy_status sy_heading_known(const sy_schema *schema, sy_slice heading, sy_buf *scratch,
                           sy_known *known, sy_field_id *id, sy_error *err)
{
    *known = SY_KNOWN_NOT;
    sy_status st = sy_field_normal(heading, scratch, err);
    if (st != SY_OK || scratch->len == 0)
        return st;
    sy_slice normal = {scratch->data, scratch->len}, bare = without_brackets(normal);
    if (sy_schema_find(schema, normal.data, normal.len, id) && *id < schema->n_fields)
        *known = SY_KNOWN_EXACT;
    else if (bare.len < normal.len && sy_schema_find(schema, bare.data, bare.len, id) &&
             *id < schema->n_fields)
        *known = SY_KNOWN_BARE;
    return SY_OK;
}

static sy_status look_at(const sy_schema *schema, sy_slice heading, sy_buf *scratch, bool *counts,
                         sy_field_id *id, sy_error *err)
{
    sy_known known;
    sy_status st = sy_heading_known(schema, heading, scratch, &known, id, err);
    *counts = st == SY_OK && known != SY_KNOWN_NOT &&
              (schema->fields[*id].n_aliases > 0 || schema->fields[*id].kind != SY_FIELD_TEXT);
    return st;
}

sy_status sy_heading_counts(const sy_schema *schema, sy_slice heading, sy_buf *scratch,
                            bool *counts, sy_error *err)
{
    sy_field_id id;
    return look_at(schema, heading, scratch, counts, &id, err);
}

sy_status sy_headings_add(sy_headings *h, const sy_schema *schema, sy_slice heading, bool own,
                          sy_buf *scratch, sy_error *err)
{
    bool counts;
    sy_field_id id;
    h->columns++;
    h->filled += own && heading.len > 0;
    h->too_long |= heading.len > SY_HEADING_MAX;
    if (h->n_seen == SY_HEADINGS_SEEN || h->too_long)
        return SY_OK;
    sy_status st = look_at(schema, heading, scratch, &counts, &id, err);
    for (size_t i = 0; counts && i < h->n_seen; i++)
        counts = h->seen[i] != id;
    if (counts)
        h->seen[h->n_seen++] = id;
    return st;
}

bool sy_headings_hopeless(const sy_headings *h)
{
    return h->too_long || (h->columns > PATIENCE && h->n_seen * 8 < h->columns);
}

bool sy_headings_enough(const sy_headings *h)
{
    return !h->too_long && (h->n_seen >= ENOUGH || (h->n_seen == 2 && h->filled <= FEW_COLUMNS));
}
