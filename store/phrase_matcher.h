/* store/phrase_matcher.h - cut text into phrases of a given set, as few as possible.
 *
 * Phrases have numbers below 2^24; numbers below 256 stand for single bytes, for
 * characters that are no phrase. */
#ifndef SY_STORE_PHRASE_MATCHER_H
#define SY_STORE_PHRASE_MATCHER_H

#include "store/phrases.h"

typedef struct sy_phrase_matcher sy_phrase_matcher; /* immutable once built: share freely */

SY_CHECKED sy_status sy_phrase_matcher_new(sy_phrase_matcher **out, sy_error *err);
/* Adds a phrase of well-formed UTF-8, len >= 1, 64 characters at most (LIMIT); number >=
 * SY_PHRASE_BYTES. */
SY_CHECKED sy_status sy_phrase_matcher_add(sy_phrase_matcher *m, const char *text, size_t len,
                                           uint32_t number, sy_error *err);
/* Once, behind the last phrase and before the first text. NOMEM, LIMIT. */
SY_CHECKED sy_status sy_phrase_matcher_build(sy_phrase_matcher *m, sy_error *err);
void sy_phrase_matcher_free(sy_phrase_matcher *m); /* NULL is a no-op */

/* Scratch of one thread. */
typedef struct sy_phrase_parse {
    uint32_t *codes; /* the result: codes[n] */
    size_t n, cap;
    struct sy_parse_step *steps;
    uint16_t *chars;
    uint32_t *costs;
} sy_phrase_parse;

/* Replaces p->codes by the fewest numbers that spell text[len] (by windows of some
 * thousand characters, so memory stays bounded). Cost O(len x longest phrase). NOMEM. */
SY_CHECKED sy_status sy_phrase_matcher_parse(const sy_phrase_matcher *m, const char *text,
                                             size_t len, sy_phrase_parse *p, sy_error *err);
void sy_phrase_parse_release(sy_phrase_parse *p);

/* Calls fn with the numbers of the phrases that occur in the characters cps[n], at every place, so
 * the same may come often; some at a time. */
void sy_phrase_matcher_find(const sy_phrase_matcher *m, const uint32_t *cps, size_t n,
                            void (*fn)(void *ctx, const uint32_t *numbers, size_t n), void *ctx);

#endif
