/* store/live.h - which records of a segment count: all but those of documents that a
 * later commit has replaced or removed.
 *
 * Segments never change, so the lists of a segment go on naming records that are
 * deleted: whoever walks or counts them leaves these out. A document's records lie
 * side by side, so deleted ones are few ranges. Immutable once made: share freely. */
#ifndef SY_STORE_LIVE_H
#define SY_STORE_LIVE_H

#include "store/segment.h"

/* [start, end) */
typedef struct sy_doc_range {
    sy_docid start, end;
} sy_doc_range;

typedef struct sy_live {
    sy_doc_range *dead; /* dead[n_dead]: ascending, not empty, apart from each other */
    size_t n_dead;
    uint32_t n_records; /* that count */
    size_t n_docs;      /* likewise */
    uint64_t length;    /* characters of the records that count */
    bool other_words;   /* the word lists were cut with another lexicon than the index has */
} sy_live;

/* deleted[n]: ordinals of documents, ascending, each below the segment's number of
 * documents. NOMEM. */
SY_CHECKED sy_status sy_live_init(const sy_segment *seg, const uint32_t *deleted, size_t n,
                                  sy_live *out, sy_error *err);
void sy_live_release(sy_live *live);

/* The first record >= docid that is not deleted; it may lie behind the last record. Cost:
 * O(log n_dead). */
sy_docid sy_live_from(const sy_live *live, sy_docid docid);
/* The first deleted record behind docid, which is none; SY_DOC_END if there is none. */
sy_docid sy_live_until(const sy_live *live, sy_docid docid);
/* How many records of a list count; ref->filter is NULL. Walks no more of the list than lies in
 * the ranges that are deleted. `where`: the segment's file. CORRUPT. */
SY_CHECKED sy_status sy_live_df(const sy_live *live, const sy_postings_ref *ref, const char *where,
                                uint32_t *df, sy_error *err);

#endif
