#include "segmenter/best_path.h"

#include "base/alloc.h"

enum {
    RING = 32, /* a power of two above SY_TRIE_WORD_MOST */
    AHEAD = 8  /* places; twice as many are below RING */
};

void sy_path_release(sy_path *p)
{
    sy_free(p->codes);
    sy_free(p->lens);
    sy_free(p->words);
    *p = (sy_path){.codes = NULL};
}

bool sy_path_grow(sy_path *p)
{
    if (p->n + 1 < p->cap)
        return true;
    size_t cap = p->cap > 0 ? 2 * p->cap : 256;
    uint16_t *codes = sy_resize(p->codes, cap, sizeof *codes);
    if (!codes)
        return false;
    p->codes = codes;
    uint8_t *lens = sy_resize(p->lens, cap, sizeof *lens);
    if (!lens)
        return false;
    p->lens = lens;
    p->cap = cap;
    return true;
}

/* Turns lens from the words that end at each place to those that start there. */
static void turn(uint8_t *lens, size_t n)
{
    uint8_t len = lens[n];
    for (size_t at = n; at > 0;) {
        at -= len;
        uint8_t before = lens[at];
        lens[at] = len;
        len = before;
    }
}

/* The first two steps of walks, which are taken before the walks are wanted: each waits for
 * memory, but not for those of other places. By place % RING. */
typedef struct walks {
    uint64_t first[RING], second[RING];
} walks;

static inline void step_first(const sy_trie *trie, const sy_path *p, size_t at, walks *w)
{
    if (at >= p->n)
        return;
    uint64_t node = sy_trie_step(trie, trie->nodes[0], p->codes[at]);
    w->first[at % RING] = node;
    if (at + 1 < p->n)
        sy_trie_fetch(trie, node, p->codes[at + 1]);
}

static inline void step_second(const sy_trie *trie, const sy_path *p, size_t at, walks *w)
{
    if (at + 1 >= p->n)
        return;
    uint64_t node = w->first[at % RING];
    node = sy_trie_is_leaf(node) ? SY_TRIE_NO_WORD : sy_trie_step(trie, node, p->codes[at + 1]);
    w->second[at % RING] = node;
    if (at + 2 < p->n)
        sy_trie_fetch(trie, node, p->codes[at + 2]);
}

/* Takes the given words from `word` on that start at place i as ways on. Returns those
 * behind; *taken has a bit for the length of each. */
static const sy_path_word *take_words(const sy_path *p, const sy_path_word *word, size_t i,
                                      uint64_t here, uint64_t *least, uint32_t *taken)
{
    *taken = 0;
    for (; word < p->words + p->n_words && word->start == i; word++) {
        uint64_t cost = here + word->cost;
        size_t end = i + word->n;
        *taken |= 1u << word->n;
        if (cost < least[end % RING]) {
            least[end % RING] = cost;
            p->lens[end] = word->n;
        }
    }
    return word;
}

/* Compiled twice: hardly any run has given words, and the loop is hot. */
static inline void find_path(sy_path *p, const sy_trie *trie, bool with_words)
{
    /* least[i % RING]: the cost of the best way to place i. Only places as far
     * ahead as the longest word are open, so a ring holds them all. 64 bits do not
     * overflow on any text. */
    uint64_t least[RING];
    walks w;
    size_t n = p->n;
    uint8_t *lens = p->lens;
    for (size_t i = 0; i < RING; i++)
        least[i] = UINT64_MAX;
    least[0] = 0;
    lens[0] = 0;
    for (size_t i = 0; i < 2 * AHEAD; i++)
        step_first(trie, p, i, &w);
    for (size_t i = 0; i < AHEAD; i++)
        step_second(trie, p, i, &w);
    const sy_path_word *word = p->words;
    uint32_t taken = 0;
    for (size_t i = 0; i < n; i++) {
        if (i + 3 * AHEAD < n)
            sy_trie_fetch(trie, trie->nodes[0], p->codes[i + 3 * AHEAD]);
        step_first(trie, p, i + 2 * AHEAD, &w);
        step_second(trie, p, i + AHEAD, &w);
        uint64_t here = least[i % RING];
        least[i % RING] = UINT64_MAX;
        uint64_t node = w.first[i % RING];
        uint64_t cost =
            here + (sy_trie_cost(node) != SY_TRIE_NO_WORD ? sy_trie_cost(node) : trie->unknown);
        if (cost < least[(i + 1) % RING]) {
            least[(i + 1) % RING] = cost;
            lens[i + 1] = 1;
        }
        if (with_words)
            word = take_words(p, word, i, here, least, &taken);
        for (size_t end = i + 1; end < n && !sy_trie_is_leaf(node);) {
            node = end == i + 1 ? w.second[i % RING] : sy_trie_step(trie, node, p->codes[end]);
            end++;
            cost = here + sy_trie_cost(node);
            if (sy_trie_cost(node) != SY_TRIE_NO_WORD && cost < least[end % RING] &&
                !(with_words && (taken >> (end - i) & 1) != 0)) {
                least[end % RING] = cost;
                lens[end] = (uint8_t)(end - i);
            }
        }
    }
    turn(lens, n);
}

void sy_path_find(sy_path *p, const sy_trie *trie)
{
    if (p->n_words > 0)
        find_path(p, trie, true);
    else
        find_path(p, trie, false);
}
