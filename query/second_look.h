/* query/second_look.h - scores the best records of `--any` once more, by their texts.
 * What it counts: docs/query-language.md, "Order and ranking".
 *
 * The lists say little of single characters, and roundly how often a pair stands in a
 * record; both matter for the order of the first ten, and the texts of some hundred
 * records are read in a millisecond or two. */
#ifndef SY_QUERY_SECOND_LOOK_H
#define SY_QUERY_SECOND_LOOK_H

#include "query/rank.h"

/* The scored terms of one text for the second look, added to `units`: pairs of Han
 * characters, less if they lie across two words; Han characters; pairs of other letters and
 * digits; and words, but for single Han characters. */
SY_CHECKED sy_status sy_second_look_units(sy_search *s, sy_slice text, uint64_t wanted,
                                          double boost, sy_units *units, sy_error *err);

/* Gives hits[n] new scores by `units`, whose weights are known; a hit's bonus stays in its
 * score. `average` is the length of the average record. Reads the texts of all. */
SY_CHECKED sy_status sy_second_look(sy_search *s, const sy_units *units, double average,
                                    sy_hit *hits, size_t n, sy_error *err);

#endif
