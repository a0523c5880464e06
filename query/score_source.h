/* query/score_source.h - where one scored term stands in a segment, and what it adds to a score
 * there: by its list with frequencies and bounds of blocks, or by records that were read.
 *
 * A source goes forward only. All are opened before the weights are known (query/unit_weights.h),
 * and started segment by segment afterwards. */
#ifndef SY_QUERY_SCORE_SOURCE_H
#define SY_QUERY_SCORE_SOURCE_H

#include "query/ranker.h"

/* Looks the term src->unit up in the current segment; adds the records that have it to *df. */
SY_CHECKED sy_status sy_source_open(sy_ranker *r, sy_score_source *src, uint64_t *df,
                                    sy_error *err);
/* Puts all sources of the current segment before their first record, the weakest first. */
void sy_sources_start(sy_ranker *r);

/* To the first record >= target. */
void sy_source_seek(sy_score_source *src, sy_docid target);
/* The most that the term can add to the first record >= target that has it; *last is
 * lowered to the last docid for which that holds. */
uint64_t sy_source_bound(const sy_ranker *r, sy_score_source *src, sy_docid target, sy_docid *last);
/* Adds what the term adds to the record where it stands; *has as in sy_source_add_marked. */
SY_CHECKED sy_status sy_source_add(sy_ranker *r, sy_score_source *src, uint64_t *score, bool *has,
                                   sy_error *err);
/* Adds what a term adds to a record where its list has a mark. *has: it stands in a field that is
 * wanted; of a set without a code only the text says so. */
SY_CHECKED sy_status sy_source_add_marked(sy_ranker *r, const sy_unit *u, sy_docid doc,
                                          sy_mark mark, uint64_t *score, bool *has, sy_error *err);
/* Where what the term adds there is kept once it was worked out (0 before); NULL if that does not
 * depend on the length of the record and the frequency alone. */
static inline uint64_t *sy_source_remembered(const sy_ranker *r, const sy_unit *u, sy_docid doc,
                                             sy_mark mark)
{
    bool known = mark.set != SY_SET_UNKNOWN || u->wanted == UINT64_MAX;
    if (!r->plain || !known || mark.tf >= SY_RANK_TABLED)
        return NULL;
    return &r->tables[u - r->units.items][mark.tf][r->lengths[doc]];
}

/* What damaged lists of the current segment left behind. After its walk. */
SY_CHECKED sy_status sy_sources_damage(const sy_ranker *r, sy_error *err);

#endif
