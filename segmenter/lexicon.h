/* segmenter/lexicon.h - words above ICU: from the user's files and from the
 * names that a corpus teaches. Kept as one flat image that can lie in a mapping.
 *
 * A lexicon is immutable once open and may be shared between threads. A word is a
 * normal form of two or more characters without space, barrier or enclosed
 * number, at most SY_LEXICON_WORD_MAX bytes long. It may have a weight; then it is a
 * word where the cost of the cut says so, else wherever it stands. The bytes of an
 * image: docs/format.md, "Lexicon image". */
#ifndef SY_SEGMENTER_LEXICON_H
#define SY_SEGMENTER_LEXICON_H

#include "base/buf.h"
#include "base/slice.h"

enum { SY_LEXICON_WORD_MAX = 255, SY_LEXICON_WEIGHED_CHARS = 20 /* of a word with a weight */ };

#define SY_LEXICON_NONE   UINT32_MAX /* no word */
#define SY_LEXICON_ALWAYS UINT32_MAX /* the weight of a word that has none */

/* Why a normal form without outer white space can be no word, or NULL if it can. */
const char *sy_lexicon_fault(sy_slice word);
/* Whether a word can be held against the dictionary's by cost: the best path goes through
 * characters of class HAN (word_tables.h), SY_LEXICON_WEIGHED_CHARS a word at most. */
bool sy_lexicon_takes_weight(sy_slice word);

typedef struct sy_lexicon_builder sy_lexicon_builder;

SY_CHECKED sy_status sy_lexicon_builder_new(sy_lexicon_builder **out, sy_error *err);
/* Adds one word, normalised by this function and freed of outer white space. What
 * cannot be a word (see above) is ignored; a repeated one counts once, with the greatest
 * of its weights, and takes no memory. A weight of 0 is 1; a word that takes none is added as
 * if it had none.
 * Errors: NOMEM; LIMIT past 2^26 words or 4 GiB. */
SY_CHECKED sy_status sy_lexicon_builder_add(sy_lexicon_builder *b, unsigned norm_flags,
                                            const char *word, size_t len, uint32_t weight,
                                            sy_error *err);
/* The weight that stands behind a tab: digits, with nothing but spaces around them; false if
 * they are none. One above 2^32 - 2 is that. */
bool sy_lexicon_weight_read(sy_slice s, uint32_t *weight);
/* Words so far. */
size_t sy_lexicon_builder_count(const sy_lexicon_builder *b);
/* Adds the words of a lexicon file's text: one a line, behind a tab its weight (what is no
 * number there is ignored), blank lines and lines starting with # skipped, as is a byte
 * order mark. */
SY_CHECKED sy_status sy_lexicon_builder_add_lines(sy_lexicon_builder *b, unsigned norm_flags,
                                                  const char *text, size_t len, sy_error *err);
/* Appends the image, the same bytes for the same set of words and weights in any order;
 * nothing if there are no words. The builder may go on afterwards. */
SY_CHECKED sy_status sy_lexicon_builder_finish(sy_lexicon_builder *b, sy_buf *image, sy_error *err);
void sy_lexicon_builder_free(sy_lexicon_builder *b); /* NULL is a no-op */

typedef struct sy_lexicon {
    const uint8_t *image; /* borrowed */
    size_t len;
    uint32_t n_words;
    uint32_t filter_bits; /* the filter has 2^filter_bits bits */
    /* views into the image */
    const uint8_t *starts;
    const uint8_t *shorter;
    const uint8_t *filter;
    const uint8_t *words;
    const uint8_t *weights; /* NULL: no word has one */
} sy_lexicon;

/* Checks the image whole (any bytes are safe to pass: CORRUPT if they are not
 * an image) and borrows it. An empty image (len 0) is a lexicon of no words.
 * Cost O(len), without allocation. */
SY_CHECKED sy_status sy_lexicon_open(const uint8_t *image, size_t len, sy_lexicon *out,
                                     sy_error *err);

/* The longest word that normal[len] starts with, or SY_LEXICON_NONE. It is asked
 * at each character of every text: a filter of the words' first two characters
 * answers most calls; behind it stands a binary search. */
uint32_t sy_lexicon_find(const sy_lexicon *lx, const char *normal, size_t len);
/* The longest other word that word i starts with, or SY_LEXICON_NONE: after
 * sy_lexicon_find, the next shorter word that the text starts with. */
uint32_t sy_lexicon_shorter(const sy_lexicon *lx, uint32_t i);
/* The i-th word in byte order, i < n_words. */
sy_slice sy_lexicon_word(const sy_lexicon *lx, uint32_t i);
/* Its weight, from 1 on, or SY_LEXICON_ALWAYS. */
uint32_t sy_lexicon_weight(const sy_lexicon *lx, uint32_t i);

/* Bytes of the longest word that normal[len] starts with, or 0. */
size_t sy_lexicon_longest(const sy_lexicon *lx, const char *normal, size_t len);
bool sy_lexicon_has(const sy_lexicon *lx, const char *normal, size_t len);

#endif
