/* indexer/gram_learner.h - which longer strings are frequent: those get lists of their
 * own, since to verify each of their many candidates on the text is what makes an
 * index of bigrams slow. */
#ifndef SY_INDEXER_GRAM_LEARNER_H
#define SY_INDEXER_GRAM_LEARNER_H

#include "indexer/sample.h"
#include "indexer/watched_pairs.h"
#include "store/phrase_matcher.h"

enum {
    SY_GRAM_CHARS_MAX = 12,
    SY_GRAM_DF_LEAST = 350, /* records; source of the figures: docs/format.md, 5.4 */
    SY_WATCHED_DF_LEAST = 3500,
    SY_GRAM_RECORD = 1000, /* bytes of text; both are fewer where records have more on average */
    SY_WATCHED_SHARE = 64  /* and one record of so many */
};

/* Strings of 3 to SY_GRAM_CHARS_MAX characters of the normal form, in byte order, but none of three
 * whose pairs are both watched: which of those there are shows in the texts. */
typedef struct sy_grams {
    sy_buf bytes;
    sy_slice *items; /* into bytes */
    size_t n;
    sy_phrase_matcher *matcher; /* finds item i as number i + SY_PHRASE_BYTES; NULL: n is 0,
                                   or all was found */
    sy_watched_pairs watched;
} sy_grams;

/* Finds those that the sample lets expect in SY_GRAM_DF_LEAST records, and the pairs in
 * SY_WATCHED_DF_LEAST of them and one of SY_WATCHED_SHARE; of long records fewer. A string is
 * only looked at if all its parts are frequent, level by level (Agrawal and Srikant,
 * "Fast algorithms for mining association rules", 1994). NOMEM. */
SY_CHECKED sy_status sy_grams_learn(const sy_sample *sample, unsigned norm_flags, sy_grams *out,
                                    sy_error *err);
/* Nothing will be found any more: frees the matcher, and keeps the strings and pairs. */
void sy_grams_found(sy_grams *g);
void sy_grams_release(sy_grams *g);

#endif
