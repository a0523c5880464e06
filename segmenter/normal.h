/* segmenter/normal.h - the normal form: what documents, queries, names and
 * lexicons are all turned into before anything is compared.
 *
 * Defined in docs/segmentation.md, "Normal form": NFKC and case folding with
 * enclosed numbers kept; Traditional Han to Simplified, one to one; a run of
 * white space is one space, and none between two Han characters; each paragraph
 * end is one SY_BARRIER. The tables are generated at build time from ICU's data
 * (segmenter/normal_gen.c), so ordinary text needs no ICU at run time; only
 * combining sequences are handed to ICU's normaliser. */
#ifndef SY_SEGMENTER_NORMAL_H
#define SY_SEGMENTER_NORMAL_H

#include "base/buf.h"

/* Stands for a paragraph end (LF, CR, VT, FF, U+0085, U+2028, U+2029; CR LF is
 * one). No other character of a normal form has this value. */
#define SY_BARRIER '\n'

enum {
    SY_NORM_KEEP_VARIANTS = 1 /* Traditional Han stay as they are */
};

/* Where each byte of a normal form comes from: [start[i], end[i]) is the byte
 * range, in the original, of the character(s) that gave byte i. Both are
 * non-decreasing. All bytes of one character have the same range. */
typedef struct sy_norm_map {
    uint32_t *start;
    uint32_t *end;
    size_t len, cap; /* entries: bytes of the normal form */
} sy_norm_map;

void sy_norm_map_release(sy_norm_map *map);

/* Appends the normal form of text[len] to `out`; ill-formed UTF-8 counts as
 * U+FFFD. `map`, unless NULL, is emptied and filled for the bytes appended.
 * len < 2^32. Errors: NOMEM. Cost O(len). Thread-safe. */
SY_CHECKED sy_status sy_normalize(unsigned flags, const char *text, size_t len, sy_buf *out,
                                  sy_norm_map *map, sy_error *err);

/* Properties of one code point of a normal form, from the same tables. */
bool sy_cp_is_han(uint32_t cp);             /* script Han (〇 and 々 too)           */
bool sy_cp_is_letter(uint32_t cp);          /* any letter, Han included, or a mark that combines */
bool sy_cp_is_digit(uint32_t cp);           /* decimal digit                        */
bool sy_cp_is_enclosed_number(uint32_t cp); /* ① ⑴ ⒈ ㈠ ❶ ...              */
/* The number that an enclosed number stands for (① is 1), or 0 if it is none. */
unsigned sy_cp_enclosed_value(uint32_t cp);

/* What is left of the normal form where texts that were normalised one by one are put
 * together: from byte `from` on, a run of spaces becomes one, or none between Han and
 * Han. In place; cost: that of looking for spaces. */
void sy_normal_join_spaces(sy_buf *normal, size_t from);

/* How long the normal form cps[n] is for ranking: its Han characters and its runs of other letters
 * and digits, so that a Latin word counts as one. */
size_t sy_normal_length(const uint32_t *cps, size_t n);
/* Number of Han characters in a normal form. */
size_t sy_count_han(const char *normal, size_t len);
/* True for two Han characters and nothing else. */
bool sy_is_han_pair(const char *normal, size_t len);
/* True for two or more Han characters and nothing else. */
bool sy_is_han_word(const char *normal, size_t len);

/* A hash of the rules and tables, those of words too, kept in every index. */
uint64_t sy_normal_rules_hash(unsigned flags);

#endif
