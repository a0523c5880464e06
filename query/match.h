/* query/match.h - how one leaf matches one text. The only place that knows: both
 * which records are hits and what is highlighted are decided here. */
#ifndef SY_QUERY_MATCH_H
#define SY_QUERY_MATCH_H

#include "query/leaf.h"
#include "query/record_text.h"

/* [start, end), bytes of the normal form. */
typedef struct sy_span {
    uint32_t start, end;
} sy_span;

typedef struct sy_spans {
    sy_span *items;
    size_t n, cap;
    bool via_group; /* the text is a group, and the term names a member */
} sy_spans;

void sy_spans_release(sy_spans *s);

/* Whether `text`, a value of `field`, matches a leaf that looks at the field.
 * `spans`, unless NULL, is filled anew with the places that match, in any order;
 * EXISTS and ALL have none. Never for SY_RULE_LINE. Cuts the text if it must.
 * Errors: those of cutting and aliases. Cost O(length of both). */
SY_CHECKED sy_status sy_match_text(const sy_leaf *leaf, sy_tools *tools, sy_field_id field,
                                   sy_text *text, bool *yes, sy_spans *spans, sy_error *err);
/* Whether any text of the record matches. */
SY_CHECKED sy_status sy_match_record(const sy_leaf *leaf, sy_record_text *record, bool *yes,
                                     sy_error *err);

#endif
