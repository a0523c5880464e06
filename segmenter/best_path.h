/* segmenter/best_path.h - cut a run of Han characters into the words that cost
 * least together.
 *
 * The algorithm of ICU's dictionary engine for Chinese and Japanese, for runs
 * without kana: a character that is no word of the dictionary is one of the cost
 * `unknown`; of ways that cost the same, that with the earlier start of its last
 * word is kept. Source: behaviour of ICU 72's break iterator, which the tests
 * compare run by run.
 *
 * Words that the dictionary has not, or has at another cost, may be given with the
 * run: those of a lexicon that have a weight. */
#ifndef SY_SEGMENTER_BEST_PATH_H
#define SY_SEGMENTER_BEST_PATH_H

#include "base/status.h"
#include "segmenter/trie.h"

typedef struct sy_path_word {
    size_t start;  /* the character where it stands */
    uint8_t n;     /* its characters, SY_TRIE_WORD_MOST at most */
    uint32_t cost; /* instead of the dictionary's */
} sy_path_word;

typedef struct sy_path {
    uint16_t *codes; /* codes[n] of the run's characters: see sy_trie_code */
    uint8_t *lens;   /* lens[n + 1]: after sy_path_find, the characters of the word
                        that starts at each start of a word */
    size_t n, cap;
    sy_path_word *words; /* words[n_words], by start */
    size_t n_words, cap_words;
} sy_path;

void sy_path_release(sy_path *p);
/* Room for one more character than p->n; false if there is no memory. */
bool sy_path_grow(sy_path *p);
/* Finds the best path through codes[n], with words[n_words] besides. No allocation; cost O(n x
 * longest word). */
void sy_path_find(sy_path *p, const sy_trie *trie);

#endif
