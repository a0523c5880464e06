/* indexer/readers/headings.h - which headings of columns the schema knows, and how
 * many of them make the header of a ledger. */
#ifndef SY_INDEXER_READERS_HEADINGS_H
#define SY_INDEXER_READERS_HEADINGS_H

#include "base/slice.h"
#include "store/schema.h"

enum {
    SY_HEADING_MAX = 120, /* bytes of a column's heading */
    SY_HEADINGS_SEEN = 16 /* known ones that are counted */
};

typedef enum sy_known { SY_KNOWN_NOT, SY_KNOWN_BARE, SY_KNOWN_EXACT } sy_known;

/* Whether a heading names a field of the schema: as it stands (EXACT), or without what
 * it has in brackets at its end (BARE). `scratch` is overwritten by its normal form. */
SY_CHECKED sy_status sy_heading_known(const sy_schema *schema, sy_slice heading, sy_buf *scratch,
                                      sy_known *known, sy_field_id *id, sy_error *err);
/* Whether a heading is evidence: it is known, and its field has other names or is of
 * another kind than text, as those have that a schema brings. Fields that documents
 * bring do not count, else what is a ledger would hang on what was indexed before. */
SY_CHECKED sy_status sy_heading_counts(const sy_schema *schema, sy_slice heading, sy_buf *scratch,
                                       bool *counts, sy_error *err);

/* The columns of what may be a header, one by one. All zero has none. */
typedef struct sy_headings {
    sy_field_id seen[SY_HEADINGS_SEEN]; /* distinct ones that count */
    size_t n_seen;
    size_t columns, filled; /* looked at, and of these not empty */
    bool too_long;          /* one was */
} sy_headings;

/* Looks at the next column's heading. With `own` false it stands there because a
 * merged cell covers the column, and does not make it a filled one. */
SY_CHECKED sy_status sy_headings_add(sy_headings *h, const sy_schema *schema, sy_slice heading,
                                     bool own, sy_buf *scratch, sy_error *err);
/* Asked before the next is added: whether it is none, however it goes on, as a heading was
 * too long or many were unknown. So a row of a wide table costs little. */
bool sy_headings_hopeless(const sy_headings *h);
/* Whether they are a header: three count, or two of at most four. */
bool sy_headings_enough(const sy_headings *h);

#endif
