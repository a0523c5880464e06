/* query/rank.h - the best records of a query. What a score is:
 * docs/query-language.md, "Order and ranking".
 *
 * A score is a sum of whole numbers, each the rounded contribution of one scored term
 * to one record, so it does not depend on the order of adding. Records that cannot be
 * among the best are passed over by the bounds of blocks and lists (MAXSCORE with
 * block bounds: Turtle and Flood, "Query evaluation: strategies and optimizations", 1995;
 * Ding and Suel, "Faster top-k document retrieval using block-max indexes", 2011). */
#ifndef SY_QUERY_RANK_H
#define SY_QUERY_RANK_H

#include "query/search_internal.h"

typedef enum sy_unit_kind {
    SY_UNIT_PAIR,
    SY_UNIT_CHARACTER,
    SY_UNIT_LATIN,
    SY_UNIT_WORD
} sy_unit_kind;

/* A scored term: a pair of neighbouring Han characters, a Han character, a pair of other
 * letters or digits, or a word that has a list. */
typedef struct sy_unit {
    sy_slice text; /* in normal form; in the memory of the search */
    sy_unit_kind kind;
    uint64_t wanted; /* bits of fields it may stand in */
    double weight;   /* boost, added up over its places in the query */
    uint64_t df;     /* records that have it, in any field */
    double full;     /* a contribution is this times the record's share */
} sy_unit;

typedef struct sy_units {
    sy_unit *items;
    size_t n, cap;
} sy_units; /* sy_free(items) */

/* The scored terms of one text, added to `units`. `boost` counts for each. */
SY_CHECKED sy_status sy_units_add(sy_search *s, sy_slice text, uint64_t wanted, double boost,
                                  sy_units *units, sy_error *err);

/* Adds one, with a copy of its text. */
SY_CHECKED sy_status sy_units_put(sy_search *s, sy_slice text, sy_unit_kind kind, uint64_t wanted,
                                  double boost, sy_units *units, sy_error *err);
/* Adds up what stands more than once, and puts them in order. Once, at the end. */
void sy_units_merge(sy_units *units);
/* The one like it in merged units, or NULL. */
const sy_unit *sy_units_find(const sy_units *units, const sy_unit *like);

#endif
