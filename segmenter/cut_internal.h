/* segmenter/cut_internal.h - what the parts of the cutter share: lists of tokens,
 * kinds of characters, and the base cut, into words without a lexicon. */
#ifndef SY_SEGMENTER_CUT_INTERNAL_H
#define SY_SEGMENTER_CUT_INTERNAL_H

#include <unicode/ubrk.h>

#include "segmenter/best_path.h"
#include "segmenter/cut.h"

typedef struct sy_token_list {
    sy_token *items;
    size_t n, cap;
} sy_token_list;

SY_CHECKED sy_status sy_token_add(sy_token_list *list, size_t start, size_t end, sy_token_kind kind,
                                  sy_error *err);

/* A token has the greatest kind of its characters. */
sy_token_kind sy_kind_of(uint32_t cp);
sy_token_kind sy_kind_of_text(const char *text, size_t start, size_t end);

typedef struct sy_base_cut {
    const sy_trie *trie;
    const sy_lexicon *weighed; /* its words with a weight are words too; NULL: none */
    bool only_icu;             /* ICU's iterator cuts all */
    UBreakIterator *breaks;    /* NULL until it is needed */
    UChar *units;              /* the text for ICU */
    size_t cap_units;
    sy_path path;
} sy_base_cut;

/* A zeroed one with `trie` or `only_icu` set is ready. */
void sy_base_release(sy_base_cut *b);
/* Appends the words of text[from, to) to `out`, cut as if it stood alone. */
SY_CHECKED sy_status sy_base_cut_text(sy_base_cut *b, const char *text, size_t from, size_t to,
                                      sy_token_list *out, sy_error *err);

#endif
