/* segmenter/icu_words.h - which strings are words of ICU's Chinese dictionary.
 *
 * ICU's break iterator keeps its dictionary to itself, so we read the item
 * "cjdict" of ICU's break-iterator data through udata_open: a header of eight
 * int32 and a trie in the serialized form that unicode/ucharstrie.h describes.
 * Immutable once open; ICU shares the memory between all that open it. */
#ifndef SY_SEGMENTER_ICU_WORDS_H
#define SY_SEGMENTER_ICU_WORDS_H

#include "base/status.h"

typedef struct sy_icu_words {
    void *item;            /* ICU's handle; NULL: no dictionary that we can read */
    const uint16_t *units; /* the trie */
    size_t n_units;
} sy_icu_words;

/* Opens the dictionary. An ICU that has none in a form we know gives one without
 * words. */
void sy_icu_words_open(sy_icu_words *words);
void sy_icu_words_close(sy_icu_words *words); /* a zeroed one is a no-op */

/* A hash of the dictionary as ICU keeps it; 0 if there is none. It reads all of it:
 * 2 MB with ICU 72. */
uint64_t sy_icu_words_hash(const sy_icu_words *words);

/* Calls fn for every word and its cost, in the order of their UTF-16 units.
 * Damaged data end the walk early. */
typedef void sy_icu_word_fn(void *ctx, const uint16_t *units, size_t n, uint32_t cost);
void sy_icu_words_each(const sy_icu_words *words, sy_icu_word_fn *fn, void *ctx);

/* A walk down the trie, one character after the other. */
typedef struct sy_icu_walk {
    const sy_icu_words *words; /* borrowed */
    size_t at;                 /* unit of the node, or SIZE_MAX: the walk is over */
    uint32_t match_left;       /* units left in a linear-match node */
} sy_icu_walk;

typedef enum sy_icu_step {
    SY_ICU_NONE,  /* no word starts with the characters so far */
    SY_ICU_START, /* some do, but they are none                */
    SY_ICU_WORD   /* they are a word                           */
} sy_icu_step;

sy_icu_walk sy_icu_walk_from(const sy_icu_words *words);
/* Cost O(log) of the number of ways on. After SY_ICU_NONE it is always NONE. */
sy_icu_step sy_icu_walk_on(sy_icu_walk *walk, uint32_t cp);

#endif
