/* query/ranker.h - the state of one ranked search, which the modules behind query/rank.h share.
 *
 * rank.c makes it and goes from segment to segment; score_source knows where a scored term stands
 * in one, unit_texts finds that in texts where no list says it, unit_weights what a term weighs,
 * rank_extras what counts without scored terms; rank_windows walks the records that have a scored
 * term. One thread. */
#ifndef SY_QUERY_RANKER_H
#define SY_QUERY_RANKER_H

#include "query/best_hits.h"
#include "query/rank.h"

enum {
    SY_RANK_LENGTHS = 256, /* codes of lengths */
    SY_RANK_SETS = 256,    /* codes of sets of fields */
    SY_RANK_WINDOW = 4096, /* records that are added up at once, at most */
    SY_RANK_TABLED = 4     /* frequency codes whose contributions are remembered */
};

/* Where one scored term stands in the current segment: query/score_source.h. */
typedef struct sy_score_source {
    const sy_unit *unit;
    bool listed;      /* by its list; else by docs */
    sy_postings list; /* listed */
    sy_docid *docs;   /* of a rare term: its records, found by their texts */
    int *quarters;    /* how often it stands in each */
    uint32_t n, i;
    sy_docid doc;        /* where it stands; SY_DOC_END at the end */
    uint64_t max;        /* no contribution is larger */
    uint8_t bound;       /* of the block up to `bound_last` */
    sy_docid bound_last; /* ... and from bound_first on */
    sy_docid bound_first;
} sy_score_source;

/* A part of the query that is not scored by its text but counts if it matches. */
typedef struct sy_extra_leaf {
    const sy_node *node;
    sy_cursor *cursor;
    uint64_t bonus;
    bool phrase; /* the text of the leaf, looked for in records that match */
} sy_extra_leaf;

typedef struct sy_ranker {
    sy_search *s;
    bool any, prune;
    sy_best_hits best;
    sy_units units;
    sy_units fine; /* of the second look */
    double average;
    double norms[SY_RANK_LENGTHS];
    sy_extra_leaf *extras;
    size_t n_extras;
    uint64_t extra_bonus; /* of all extras together */
    /* the current segment */
    size_t ordinal;
    const sy_segment *seg;
    const sy_live *live;
    const uint8_t *weights;
    const uint8_t *lengths; /* codes, of each record */
    double looser;          /* by how much its bounds are too low for the average of all */
    int set_extra[SY_RANK_SETS];
    bool plain;               /* no field of it adds to a frequency */
    sy_score_source *sources; /* [units.n] of each segment, one behind the other; its own */
    sy_score_source *all;
    /* Of each unit what frequency codes below SY_RANK_TABLED contribute in records of each length;
     * 0: not worked out yet. */
    uint64_t (*tables)[SY_RANK_TABLED][SY_RANK_LENGTHS];
    uint64_t *sums;   /* [units.n + 1] of sy_rank_windows: see there */
    uint64_t *scores; /* [SY_RANK_WINDOW], 0 between windows; and which of them were touched */
    uint64_t touched[SY_RANK_WINDOW / 64];
    sy_cursor **excluded;
    size_t n_excluded;
} sy_ranker;

/* A sum of scores, UINT64_MAX where it would be larger. */
static inline uint64_t sy_score_plus(uint64_t a, uint64_t b)
{
    return a + b < a ? UINT64_MAX : a + b;
}

/* The text of a leaf that is scored by it; empty if none. */
sy_slice sy_scored_text(const sy_leaf *leaf);
/* The bits of the fields that a leaf looks in. */
uint64_t sy_wanted_fields(const sy_leaf *leaf);

/* Makes segment i of the index the current one. */
void sy_ranker_enter(sy_ranker *r, size_t i);
/* Keeps a record of the current segment if it is among the best. NOMEM. */
SY_CHECKED sy_status sy_ranker_keep(sy_ranker *r, sy_docid doc, uint64_t score, uint64_t bonus,
                                    sy_error *err);
/* What a damaged list left behind in the cursors of the current segment. */
SY_CHECKED sy_status sy_ranker_cursor_damage(const sy_ranker *r, sy_error *err);

#endif
