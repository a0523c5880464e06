/* query/search.h - run a query over an open index: hits in corpus order, one by
 * one, with the places that matched.
 *
 * A search is for one thread; the index may be shared. */
#ifndef SY_QUERY_SEARCH_H
#define SY_QUERY_SEARCH_H

#include "query/query.h"
#include "store/index.h"

typedef struct sy_search sy_search;

typedef struct sy_hit {
    const sy_segment *segment;
    size_t segment_ordinal;
    sy_docid docid;
    uint64_t score; /* of a ranked search, SY_SCORE_ONE being 1; else 0 */
    uint64_t bonus; /* of the score: what terms without scored text gave */
} sy_hit;

#define SY_SCORE_ONE 65536
enum { SY_BEST_MOST = 1000000 }; /* records that are asked for as the best */

/* A place that matched: [start, end) in bytes of the original value. */
typedef struct sy_match {
    sy_field_id field;   /* reserved fields too: key, source            */
    uint32_t ordinal;    /* which value of the field                    */
    uint32_t start, end; /* bytes of the original value                 */
    uint32_t leaf;       /* index into query->leaves                    */
    bool via_group;      /* the value is a group that has the name      */
} sy_match;

typedef struct sy_matches {
    sy_match *items; /* by field, value, start; overlapping ones of one leaf merged */
    size_t n, cap;
} sy_matches;
void sy_matches_release(sy_matches *m);

/* Borrows index and query until close. */
SY_CHECKED sy_status sy_search_open(const sy_index *index, const sy_query *query, sy_search **out,
                                    sy_error *err);
/* From now on the search gives its n best hits, best first, and no others
 * (docs/query-language.md, "Order and ranking"). Once, before the first hit. Under
 * `any` every record with any part of a text term is a hit. `prune` false: each hit is
 * scored in full, for tests; the answers are the same. */
SY_CHECKED sy_status sy_search_rank(sy_search *s, uint64_t n, bool any, bool prune, sy_error *err);
/* Puts all hits in the order of a field's first value that is not empty; those without one come
 * last, equal ones in corpus order. Fields of numbers and dates, and `line`, by number; others by
 * their normal form, digits in it by number. Before the first sy_search_next. Memory: that of the
 * hits, and up to 256 bytes of each value. */
SY_CHECKED sy_status sy_search_sort(sy_search *s, sy_field_id field, bool down, sy_error *err);
/* The next hit, in corpus order unless ranked or sorted. *more is false after the last one. */
SY_CHECKED sy_status sy_search_next(sy_search *s, bool *more, sy_hit *hit, sy_error *err);
/* The next hits as far as they are known already and follow each other in one segment: *n of them,
 * at least one, in docs, borrowed until the next call with this search; *n is 0 after the last one.
 * For what is asked of all hits alike, such as their keys. */
SY_CHECKED sy_status sy_search_next_run(sy_search *s, const sy_segment **segment,
                                        const sy_docid **docs, uint32_t *n, sy_error *err);
/* The stored record of a hit; borrowed until the next call with this search. */
SY_CHECKED sy_status sy_search_record(sy_search *s, const sy_hit *hit, const sy_stored **out,
                                      sy_error *err);
/* Where the positive leaves of the query match in that record. `record` is what
 * sy_search_record gave. Fills *out anew. */
SY_CHECKED sy_status sy_search_matches(sy_search *s, const sy_hit *hit, const sy_stored *record,
                                       sy_matches *out, sy_error *err);
/* Counts all hits that are left; none is behind it. */
SY_CHECKED sy_status sy_search_count(sy_search *s, uint64_t *count, sy_error *err);
/* How many times the texts of a record were looked at for a leaf, so far. */
uint64_t sy_search_checked(const sy_search *s);
void sy_search_close(sy_search *s);

/* For zero hits and --explain: the number of records each leaf matches alone. */
typedef struct sy_leaf_count {
    uint64_t count; /* records that match the leaf alone                          */
    uint64_t left;  /* records left after this top-level term and those before it */
    bool top_level; /* a direct part of the root AND, so that `left` has a meaning */
    /* Of finding `count`. */
    uint64_t listed;  /* records that lists name, at most                         */
    uint64_t checked; /* of which texts were looked at                            */
    int64_t ns;       /* nanoseconds                                              */
} sy_leaf_count;
/* counts[query->n_leaves]. */
SY_CHECKED sy_status sy_search_explain(const sy_index *index, const sy_query *query,
                                       sy_leaf_count *counts, sy_error *err);
/* Appends how a query is answered in the segment with the most records: lists with how many
 * records each has, as they are combined, an AND from the shortest one on. A check looks at
 * texts. */
SY_CHECKED sy_status sy_search_plan(const sy_index *index, const sy_query *query, sy_buf *out,
                                    sy_error *err);

/* Appends up to three names or words of the index that are most like a term's text, separated by
 * ", "; nothing if none is. Names of all name fields for SY_FIELD_ANY, and then words without Han
 * characters; for SY_FIELD_PINYIN how whole values are spelt. Cost: about .1 us a name or word. */
SY_CHECKED sy_status sy_suggest_terms(const sy_index *index, sy_field_id field, sy_slice text,
                                      sy_buf *out, sy_error *err);

/* Distinct values of a name or keyword field with the number of records of a
 * search that have each (--count-by); other fields count whole values too. Each
 * distinct value counts once a record. */
typedef struct sy_facet {
    sy_slice value; /* as first seen in the original */
    uint64_t count;
} sy_facet;
typedef struct sy_facets {
    sy_facet *items; /* by count, largest first, then by first appearance */
    size_t n;
    uint64_t without; /* hits without a non-empty value in the field */
    struct sy_facets_memory *memory;
} sy_facets;
SY_CHECKED sy_status sy_search_count_by(sy_search *s, sy_field_id field, sy_facets *out,
                                        sy_error *err);
void sy_facets_release(sy_facets *f);

/* How many of a search's records have both a value of one field and a value of another. */
typedef struct sy_cross_cell {
    uint32_t row, column; /* of the facets */
    uint64_t count;       /* above 0 */
} sy_cross_cell;
typedef struct sy_cross {
    sy_facets rows, columns; /* each field by itself, as sy_search_count_by has it */
    sy_cross_cell *cells;    /* by row, then column */
    size_t n_cells;
    uint64_t n_records;
} sy_cross;
#define SY_CROSS_CELLS_MAX ((size_t)1 << 22) /* LIMIT past it */
SY_CHECKED sy_status sy_search_cross(sy_search *s, sy_field_id row, sy_field_id column,
                                     sy_cross *out, sy_error *err);
void sy_cross_release(sy_cross *c);

#endif
