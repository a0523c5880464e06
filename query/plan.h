/* query/plan.h - from a query to the cursors of one segment: which lists hold the
 * candidates of each leaf, and whether they are the answer or must be checked.
 *
 * A list of candidates always holds every record that matches (design section 5:
 * nothing missing); where it may hold others, the leaf is checked on the text. */
#ifndef SY_QUERY_PLAN_H
#define SY_QUERY_PLAN_H

#include "query/cursor.h"
#include "query/match.h"

typedef struct sy_plan {
    const sy_segment *segment;
    sy_tools *tools;
    const sy_leaf *leaves; /* leaves[node->leaf] */
    sy_cursor_env *env;
    /* scratch, kept from leaf to leaf */
    sy_buf key, bits;
    sy_postings_ref *refs;
    size_t n_refs, cap_refs;
} sy_plan; /* {0} to start with */

/* The cursor for a node of the query. Looks up lists and reads no records; walks
 * the distinct names of name fields for leaves that the name rule holds for, the
 * distinct values of the fields open to it for pinyin, and the document paths for
 * `source:`. Errors: NOMEM, CORRUPT. */
SY_CHECKED sy_status sy_plan_node(sy_plan *p, const sy_node *node, sy_cursor **out, sy_error *err);
/* The records that can have a text, n >= 1 characters, in some value. */
SY_CHECKED sy_status sy_plan_text(sy_plan *p, sy_slice text, sy_cursor **out, sy_error *err);
void sy_plan_release(sy_plan *p);

#endif
