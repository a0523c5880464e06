/* query/search_internal.h - what the files behind query/search.h share. */
#ifndef SY_QUERY_SEARCH_INTERNAL_H
#define SY_QUERY_SEARCH_INTERNAL_H

#include "query/plan.h"
#include "query/search.h"
#include "segmenter/normal.h"

/* The walk through one segment. */
typedef struct sy_walk {
    struct sy_search *search;
    const sy_segment *segment;
    const sy_live *live;
    sy_cursor_env env;
    sy_cursor *root;     /* NULL: not entered yet, or at its end */
    sy_docid next;       /* hits before it are dealt with */
    bool found;          /* `next` is a hit that was not handed out */
    const sy_docid *run; /* run[n_run]: the hits behind it that are known, of the root */
    uint32_t n_run;
    bool ended;
    /* With several segments: no hit that is left comes before it in corpus order; the
     * records up to doc_end are of the document that has it. */
    uint64_t place;
    sy_docid doc_end;
} sy_walk;

struct sy_search {
    const sy_index *index; /* borrowed */
    const sy_query *query; /* borrowed */
    sy_tools tools;
    sy_query_memory *memory; /* of the leaves */
    sy_leaf *leaves;         /* leaves[query->n_leaves] */
    size_t n_leaves;         /* that are ready */
    bool *positive;          /* likewise: not excluded, so its places are shown */
    sy_record_text record;   /* the record looked at last */
    sy_stored shown;         /* what sy_search_record gave */
    sy_plan plan;

    const sy_node *node; /* that is walked */
    sy_walk *walks;      /* walks[index->n_segments] */
    sy_walk *walk;       /* the one entered last, or gone on with */

    uint64_t listed;  /* records that the plans made so far name, at most */
    uint64_t checked; /* texts of records looked at for a leaf */

    /* Of a ranked search: all its hits, best first. */
    bool ranked;
    sy_hit *best;
    size_t n_best, next_best;

    sy_docid last; /* the hit that sy_search_next_run gave alone */

    /* A failure is final: a search never goes on with half an answer. */
    sy_status status;
    sy_error err;

    /* scratch of sy_search_matches */
    sy_spans spans;
    sy_norm_map map;
    sy_buf normal;
};

/* Starts again, in all segments, for one node of the query. */
void sy_search_restart(sy_search *s, const sy_node *node);
/* Frees the cursors that the segment has and makes ready for others. */
SY_CHECKED sy_status sy_search_enter(sy_search *s, size_t segment, sy_error *err);
/* Frees the cursors of the segment entered, which is not walked any more. */
void sy_search_leave(sy_search *s);
/* Moves `c`, a cursor of the segment entered, to the first candidate at or behind
 * `from` that is not deleted; SY_DOC_END if there is none. */
SY_CHECKED sy_status sy_search_candidate(sy_search *s, sy_cursor *c, sy_docid from, sy_docid *at,
                                         sy_error *err);
/* The same, and says whether it matches; *at is SY_DOC_END if there is none. */
SY_CHECKED sy_status sy_search_try(sy_search *s, sy_cursor *c, sy_docid from, bool *yes,
                                   sy_docid *at, sy_error *err);
/* The first match of `c`, a cursor of the segment entered, at or behind `from`;
 * SY_DOC_END if there is none. */
SY_CHECKED sy_status sy_search_seek(sy_search *s, sy_cursor *c, sy_docid from, sy_docid *out,
                                    sy_error *err);

#endif
