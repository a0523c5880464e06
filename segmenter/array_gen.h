/* segmenter/array_gen.h - build a double array of words, for the programs of the
 * build: see segmenter/trie.h. These end the process when memory runs out. */
#ifndef SY_SEGMENTER_ARRAY_GEN_H
#define SY_SEGMENTER_ARRAY_GEN_H

#include <stddef.h>

#include "segmenter/trie.h"

typedef struct sy_gen_word {
    uint16_t codes[SY_TRIE_WORD_MOST];
    uint8_t n;
    uint16_t cost;
} sy_gen_word;

typedef struct sy_gen_words {
    sy_gen_word *items;
    size_t n, cap;
} sy_gen_words;

/* realloc, or the end of the process. */
void *sy_gen_grown(void *p, size_t n, size_t size);
/* Room for one word more at the end of the list, which counts from now on. */
sy_gen_word *sy_gen_words_add(sy_gen_words *list);

/* Sorts the words, whose codes are at most `code_most`, and lays them out. No word
 * may come twice. Returns n_nodes nodes, which the caller frees. */
uint64_t *sy_gen_array(sy_gen_words *list, uint32_t code_most, uint32_t *n_nodes);

#endif
