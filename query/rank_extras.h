/* query/rank_extras.h - what a ranked search counts or leaves out without scored terms: leaves that
 * have none, bonuses for whole phrases, and what `--any` excludes. */
#ifndef SY_QUERY_RANK_EXTRAS_H
#define SY_QUERY_RANK_EXTRAS_H

#include "query/ranker.h"

/* Leaves that count otherwise than by scored terms, which a text of marks alone has none of, into
 * r->extras, which has room for all leaves. Needs the weights of units. */
SY_CHECKED sy_status sy_extras_gather(sy_ranker *r, sy_error *err);
/* Opens the cursors of extras in the current segment, and under --any those of what is excluded. */
SY_CHECKED sy_status sy_extras_open(sy_ranker *r, sy_error *err);
/* Adds up the bonus of each extra that the record matches; *hit becomes true if one does. Records
 * go forward only. */
SY_CHECKED sy_status sy_extras_add(sy_ranker *r, sy_docid doc, uint64_t *bonus, bool *hit,
                                   sy_error *err);
/* Whether the query excludes a record. Records go forward only. */
SY_CHECKED sy_status sy_extras_excluded(sy_ranker *r, sy_docid doc, bool *out, sy_error *err);

#endif
