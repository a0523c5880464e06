/* store/phrase_trie.h - phrases as a double array: which of them begin at a place of a text.
 *
 * As segmenter/trie.h has words, but made when phrases are learned: the child of a node by a
 * character is nodes[base + code of the character] if that one's label is the code, so a step
 * looks at one number of 64 bits, in an array small enough for a processor's cache. No two
 * nodes have the same base. Source: Aoe, "An efficient digital search algorithm by using a
 * double-array structure" (1989). A node:
 *
 *     63          40 39      24 23        0
 *     +-------------+----------+----------+
 *     | base, or 0  |  label   |  number  |   number 0: no phrase ends here
 *     +-------------+----------+----------+
 *
 * Slots without a node have a label that no character has, and so has the root: a step from base 0
 * leads nowhere. */
#ifndef SY_STORE_PHRASE_TRIE_H
#define SY_STORE_PHRASE_TRIE_H

#include "base/slice.h"
#include "base/status.h"

enum {
    SY_TRIE_PAGE_BITS = 8, /* of the table of codes */
    SY_TRIE_PAGES = 0x110000 >> SY_TRIE_PAGE_BITS,
    SY_TRIE_CODES_END = 0xFFFF, /* above all codes; a free slot's label */
    SY_TRIE_HEAD = 3,           /* characters of a head, below */
    SY_TRIE_LABEL_AT = 24,
    SY_TRIE_BASE_AT = 40
};

typedef struct sy_phrase_trie {
    uint64_t *nodes; /* nodes[n_nodes]; nodes[0] is the root */
    size_t n_nodes;
    uint16_t *codes; /* pages of them; page 0 is empty */
    uint16_t pages[SY_TRIE_PAGES];
    unsigned longest; /* characters of the longest phrase */
    /* If no phrase is shorter than a head: bits for the first characters of all phrases, each
     * where its hash says. Where the bit is not set, no phrase begins. Else NULL. */
    uint64_t *heads;
    unsigned heads_shift;
} sy_phrase_trie;

/* Phrases on their way into a trie; all zero at first. */
typedef struct sy_phrase_set {
    uint16_t *texts; /* the codes of all, one behind the other */
    size_t n_codes, cap_codes;
    struct sy_phrase_entry *entries;
    size_t n, cap;
    uint32_t n_chars, n_pages; /* codes and pages given so far */
    uint32_t n_short;          /* phrases shorter than a head */
} sy_phrase_set;

/* Adds a phrase of well-formed UTF-8 with a number from 1 to 2^24 - 1; its characters get
 * their codes in `trie`, those that come first the smallest ones. A phrase with a character
 * past the 65,534th is left out. NOMEM. */
SY_CHECKED sy_status sy_phrase_set_add(sy_phrase_set *set, sy_phrase_trie *trie, sy_slice text,
                                       uint32_t number, sy_error *err);
/* Makes the trie of the set, whose phrases are put in order. Of equal phrases the last counts.
 * NOMEM; LIMIT past some millions of nodes. Cost O(characters x log phrases). */
SY_CHECKED sy_status sy_phrase_trie_build(sy_phrase_trie *trie, sy_phrase_set *set, sy_error *err);
void sy_phrase_set_release(sy_phrase_set *set);
void sy_phrase_trie_release(sy_phrase_trie *trie);

/* The code of a character, 0 if it is in no phrase. */
static inline uint16_t sy_phrase_trie_code(const sy_phrase_trie *t, uint32_t cp)
{
    uint32_t page = t->pages[cp >> SY_TRIE_PAGE_BITS];
    return t->codes[page << SY_TRIE_PAGE_BITS | (cp & ((1u << SY_TRIE_PAGE_BITS) - 1))];
}

/* The place of a head's bit. */
static inline uint64_t sy_phrase_trie_head(const sy_phrase_trie *t, const uint16_t *codes)
{
    uint64_t head = (uint64_t)codes[0] << 32 | (uint32_t)codes[1] << 16 | codes[2];
    return head * 0x9e3779b97f4a7c15u >> t->heads_shift; /* 2^64 over the golden ratio */
}

static inline uint32_t sy_phrase_trie_number(uint64_t node)
{
    return (uint32_t)node & ((1u << SY_TRIE_LABEL_AT) - 1);
}

#endif
