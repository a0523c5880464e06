/* segmenter/new_words.h - words that a collection teaches: strings of Han that are
 * frequent, keep together and stand freely, and are no token yet.
 *
 * Text goes in value by value; then the words come out, the best first, with their
 * evidence. What counts as a word: docs/segmentation.md, "New words". */
#ifndef SY_SEGMENTER_NEW_WORDS_H
#define SY_SEGMENTER_NEW_WORDS_H

#include "base/slice.h"
#include "segmenter/cut.h"

typedef struct sy_new_words sy_new_words;

typedef struct sy_new_word {
    char text[40];      /* UTF-8, with a NUL                                  */
    uint32_t count;     /* occurrences                                        */
    double cohesion;    /* nats: the least mutual information of two parts    */
    double left, right; /* nats: entropy of what stands before and behind     */
    double score;
    char context[100]; /* one occurrence with what is around it, 【】 about it */
} sy_new_word;

SY_CHECKED sy_status sy_new_words_new(sy_new_words **out, sy_error *err);
void sy_new_words_free(sy_new_words *w); /* NULL is a no-op */

/* Adds a value: its normal form and its tokens; one that was added before counts once. *full
 * is set when no more text is taken (2^24 characters): what was added counts, this value does
 * not. */
SY_CHECKED sy_status sy_new_words_add(sy_new_words *w, const char *normal, const sy_token *tokens,
                                      size_t n_tokens, bool *full, sy_error *err);

/* The new words with at least `least` occurrences, one in quotes counted as four, the best
 * first. 0: 8, or 5 in a text of fewer than 2^17 characters. *out is borrowed until
 * sy_new_words_free. Once. Cost O(n log n) for n characters. */
SY_CHECKED sy_status sy_new_words_find(sy_new_words *w, uint32_t least, const sy_new_word **out,
                                       size_t *n, sy_error *err);

#endif
