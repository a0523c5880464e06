/* segmenter/trie.h - words and their costs as a double array, compiled into the
 * program.
 *
 * A double array (Aoe 1989) finds the child of a node by one addition and one
 * comparison: child = nodes[base(node) + code], which is one if its label is
 * `code`. No two nodes have the same base, so the label alone says whose child it
 * is. A node is 8 bytes:
 *
 *     63            32 31    16 15     0
 *     +---------------+--------+--------+
 *     | base, 0: leaf | label  |  cost  |   cost SY_TRIE_NO_WORD: only a beginning
 *     +---------------+--------+--------+
 *
 * Characters are written as codes, the frequent ones as small numbers; code 0 is
 * in no word. Slots that hold no node are 0x0000ffff and are never reached, but
 * by code 0, where their base ends the walk. The array is as much longer than its
 * last node as the greatest code, so that no step needs a bound. */
#ifndef SY_SEGMENTER_TRIE_H
#define SY_SEGMENTER_TRIE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SY_TRIE_NO_WORD = 0xFFFF,
    SY_TRIE_COST_SCALE = 64,   /* a learned cost is the negative logarithm times this */
    SY_TRIE_WORD_MOST = 20,    /* characters of a word, as in ICU's dictionary engine */
    SY_TRIE_CP_FIRST = 0x3000, /* code points that may be in a word: [first, end) */
    SY_TRIE_CP_END = 0xA000
};

typedef struct sy_trie {
    const uint64_t *nodes; /* nodes[0] is the root */
    uint32_t unknown;      /* the cost of a character that is no word itself */
    uint32_t rare;         /* of a word that the text the costs come from has not */
    uint32_t n_words;
    uint64_t hash; /* of what it was compiled from */
} sy_trie;

/* The step from `node` by a character's code, or a node with base 0 and no word. */
static inline uint64_t sy_trie_step(const sy_trie *t, uint64_t node, uint16_t code)
{
    uint64_t next = t->nodes[(uint32_t)(node >> 32) + code];
    return (uint16_t)(next >> 16) == code ? next : SY_TRIE_NO_WORD;
}

/* Tells the processor that the step will be taken soon. */
static inline void sy_trie_fetch(const sy_trie *t, uint64_t node, uint16_t code)
{
    __builtin_prefetch(&t->nodes[(uint32_t)(node >> 32) + code]);
}

static inline uint32_t sy_trie_cost(uint64_t node)
{
    return (uint16_t)node;
}

static inline bool sy_trie_is_leaf(uint64_t node)
{
    return node >> 32 == 0;
}

#endif
