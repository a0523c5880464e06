/* segmenter/cut.h - cut a normal form into tokens: the best path through ICU's
 * dictionary of Chinese with learned costs, and the lexicon's words winning over it.
 *
 * The one function for documents, queries and names. A cutter holds scratch memory:
 * one per thread. The dictionary is part of the program; ICU is opened at the first
 * text that needs its rules, so a cutter costs nothing until then. Rules:
 * docs/segmentation.md, "Words". */
#ifndef SY_SEGMENTER_CUT_H
#define SY_SEGMENTER_CUT_H

#include "segmenter/lexicon.h"

typedef enum sy_token_kind {
    SY_TOKEN_MARK,   /* punctuation, symbols, enclosed numbers, all else   */
    SY_TOKEN_NUMBER, /* digits, with what ICU joins to them: 10.1, 1,000   */
    SY_TOKEN_WORD,   /* letters of any script but Han, with digits: pm2.5  */
    SY_TOKEN_HAN     /* contains a Han character                           */
} sy_token_kind;

typedef struct sy_token {
    uint32_t start, end; /* bytes of the normal form, on code-point boundaries */
    sy_token_kind kind;
} sy_token;

typedef struct sy_cutter sy_cutter;

/* Borrows `lexicon` (NULL: none) until sy_cutter_free. */
SY_CHECKED sy_status sy_cutter_new(const sy_lexicon *lexicon, sy_cutter **out, sy_error *err);
void sy_cutter_free(sy_cutter *c); /* NULL is a no-op */

/* From now on the cutter gives ICU's own words where the lexicon has none; weights of its
 * words say nothing then. If the
 * ICU at hand has not the dictionary that the program was built with, its iterator
 * cuts everything. */
void sy_cutter_use_icu(sy_cutter *c);

/* Cuts normal[len]. The tokens cover everything but spaces and barriers, in
 * order, without overlap; no token crosses a space or barrier. *tokens is
 * borrowed until the next call with this cutter. Ill-formed bytes are cut as the
 * U+FFFD they stand for. Cost O(len). Errors: NOMEM; LIMIT for more than 1 GiB;
 * IO if ICU's data cannot be opened. */
SY_CHECKED sy_status sy_cut(sy_cutter *c, const char *normal, size_t len, const sy_token **tokens,
                            size_t *n_tokens, sy_error *err);

/* The sub-words of one token of `normal`: words of ICU's Chinese dictionary or of
 * the lexicon, of two or more characters, properly inside it, by start then
 * length; kind SY_TOKEN_HAN. Only a Han token has any. *subs is borrowed until
 * the next call of sy_subwords with this cutter (sy_cut leaves it alone). Cost
 * O(characters of the token x longest word). Errors: NOMEM. */
SY_CHECKED sy_status sy_subwords(sy_cutter *c, const char *normal, const sy_token *token,
                                 const sy_token **subs, size_t *n_subs, sy_error *err);

/* Whether the dictionary that the program was built with is that of the ICU at hand.
 * Reads all of ICU's dictionary: some 0.3 ms. */
bool sy_icu_words_are_compiled(void);
/* A hash of the learned words and costs. */
uint64_t sy_word_costs_hash(void);

/* "72.1": the version of the ICU that cuts (that we were built with: another
 * major version has other symbol names and would not load). */
const char *sy_icu_version(void);

#endif
