#include "store/phrase_matcher.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

/* Edges of the trie, (node, character) -> node, in a table with open addressing, a
 * number of 64 bits each so that the whole stays in a processor's cache:
 *
 *   bits 40-60 character | 20-39 node | 0-19 the node it leads to, never 0
 *
 * The edges of the root for the basic plane stand in an array of their own, since
 * every position of a text begins there.
 *
 * A step from node to node waits for memory, one after the other; but those of different
 * starts do not wait for each other. So the trie is walked from many starts at once,
 * level by level, and what each level will look at is fetched before. */

enum {
    ROOT = 0,
    FIRST_SLOTS = 1 << 12,
    BMP = 0x10000,
    WINDOW = 1024,
    BLOCK = 256,  /* starts that are walked at once */
    LONGEST = 64, /* characters of a phrase */
    NODE_BITS = 20
};
#define NODE_MASK (((uint64_t)1 << NODE_BITS) - 1)

struct sy_phrase_matcher {
    uint64_t *edges;
    size_t n_edges, n_slots;
    uint32_t *numbers; /* of the phrase that ends at a node; 0: none */
    size_t n_nodes, cap_nodes;
    uint32_t *first;  /* first[BMP]: the node, 0: none */
    unsigned longest; /* characters of the longest phrase */
};

typedef struct sy_parse_step {
    uint32_t cost;   /* codes from here to the end of the window */
    uint32_t number; /* the phrase to take here */
    uint32_t next;   /* the position behind it, in characters */
    uint32_t byte;   /* where the character starts */
} sy_parse_step;

sy_status sy_phrase_matcher_new(sy_phrase_matcher **out, sy_error *err)
{
    *out = NULL;
    sy_phrase_matcher *m = sy_calloc(1, sizeof *m);
    if (!m)
        return sy_fail_nomem(err);
    m->n_slots = FIRST_SLOTS;
    m->edges = sy_calloc(m->n_slots, sizeof *m->edges);
    m->first = sy_calloc(BMP, sizeof *m->first);
    if (!m->edges || !m->first ||
        !sy_grow((void **)&m->numbers, 0, &m->cap_nodes, sizeof *m->numbers)) {
        sy_phrase_matcher_free(m);
        return sy_fail_nomem(err);
    }
    m->numbers[m->n_nodes++] = 0; /* the root */
    *out = m;
    return SY_OK;
}

void sy_phrase_matcher_free(sy_phrase_matcher *m)
{
    if (!m)
        return;
    sy_free(m->edges);
    sy_free(m->numbers);
    sy_free(m->first);
    sy_free(m);
}

static inline uint64_t key_of(uint32_t node, uint32_t cp)
{
    return (uint64_t)cp << NODE_BITS | node;
}

static inline size_t first_slot(const sy_phrase_matcher *m, uint64_t key)
{
    return (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (m->n_slots - 1); /* 2^64 / golden ratio */
}

static inline size_t slot_of(const sy_phrase_matcher *m, uint64_t key)
{
    size_t mask = m->n_slots - 1, at = first_slot(m, key);
    while (m->edges[at] != 0 && m->edges[at] >> NODE_BITS != key)
        at = (at + 1) & mask;
    return at;
}

/* The node behind `node` by cp, or 0. */
static inline uint32_t follow(const sy_phrase_matcher *m, uint32_t node, uint32_t cp)
{
    if (node == ROOT && cp < BMP)
        return m->first[cp];
    return (uint32_t)(m->edges[slot_of(m, key_of(node, cp))] & NODE_MASK);
}

static bool grow_edges(sy_phrase_matcher *m)
{
    if (m->n_edges * 2 < m->n_slots)
        return true;
    uint64_t *old = m->edges;
    size_t n_old = m->n_slots;
    uint64_t *edges = sy_calloc(n_old * 2, sizeof *edges);
    if (!edges)
        return false;
    m->edges = edges;
    m->n_slots = n_old * 2;
    for (size_t i = 0; i < n_old; i++) {
        if (old[i] != 0)
            m->edges[slot_of(m, old[i] >> NODE_BITS)] = old[i];
    }
    sy_free(old);
    return true;
}

static sy_status add_edge(sy_phrase_matcher *m, uint32_t node, uint32_t cp, sy_error *err)
{
    if (m->n_nodes > NODE_MASK)
        return sy_fail(err, SY_E_LIMIT, NULL, "too many phrases");
    if (!grow_edges(m) ||
        !sy_grow((void **)&m->numbers, m->n_nodes, &m->cap_nodes, sizeof *m->numbers))
        return sy_fail_nomem(err);
    uint32_t next = (uint32_t)m->n_nodes++;
    m->numbers[next] = 0;
    if (node == ROOT && cp < BMP) {
        m->first[cp] = next;
    } else {
        uint64_t key = key_of(node, cp);
        m->edges[slot_of(m, key)] = key << NODE_BITS | next;
        m->n_edges++;
    }
    return SY_OK;
}

sy_status sy_phrase_matcher_add(sy_phrase_matcher *m, const char *text, size_t len, uint32_t number,
                                sy_error *err)
{
    uint32_t node = ROOT;
    unsigned length = 0;
    if (sy_utf8_count(text, len) > LONGEST)
        return sy_fail(err, SY_E_LIMIT, NULL, "a phrase has more than %d characters", LONGEST);
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += sy_utf8_decode(text + i, len - i, &cp);
        length++;
        if (follow(m, node, cp) == 0) {
            sy_status st = add_edge(m, node, cp, err);
            if (st != SY_OK)
                return st;
        }
        node = follow(m, node, cp);
    }
    m->numbers[node] = number;
    m->longest = length > m->longest ? length : m->longest;
    return SY_OK;
}

/* ---- many starts at once ---- */

/* A walk through the trie: from which character, and where it is. */
typedef struct walk {
    uint32_t start, node;
} walk;

/* Walks from each of the first n_starts of n characters. found[start * longest + k] is the
 * number of the phrase of k + 1 characters that begins there, 0 if there is none, for k below
 * depths[start]. */
static void match_block(const sy_phrase_matcher *m, const uint32_t *cps, uint32_t n_starts,
                        uint32_t n, uint32_t *found, uint8_t *depths)
{
    walk walks[BLOCK];
    size_t slots[BLOCK], n_walks = 0;
    for (uint32_t s = 0; s < n_starts; s++) {
        uint32_t node = follow(m, ROOT, cps[s]);
        depths[s] = 0;
        if (node != 0)
            walks[n_walks++] = (walk){s, node};
        __builtin_prefetch(&m->numbers[node]);
    }
    for (unsigned level = 1; n_walks > 0; level++) {
        size_t kept = 0;
        for (size_t i = 0; i < n_walks; i++) {
            walk w = walks[i];
            found[w.start * m->longest + level - 1] = m->numbers[w.node];
            depths[w.start] = (uint8_t)level;
            if (level == m->longest || w.start + level >= n)
                continue;
            slots[kept] = first_slot(m, key_of(w.node, cps[w.start + level]));
            __builtin_prefetch(&m->edges[slots[kept]]);
            walks[kept++] = w;
        }
        n_walks = 0;
        for (size_t i = 0; i < kept; i++) {
            uint64_t key = key_of(walks[i].node, cps[walks[i].start + level]);
            size_t at = slots[i];
            while (m->edges[at] != 0 && m->edges[at] >> NODE_BITS != key)
                at = (at + 1) & (m->n_slots - 1);
            uint32_t node = (uint32_t)(m->edges[at] & NODE_MASK);
            if (node == 0)
                continue;
            walks[n_walks++] = (walk){walks[i].start, node};
            __builtin_prefetch(&m->numbers[node]);
        }
    }
}

static bool put_code(sy_phrase_parse *p, uint32_t code)
{
    if (!sy_grow((void **)&p->codes, p->n, &p->cap, sizeof *p->codes))
        return false;
    p->codes[p->n++] = code;
    return true;
}

/* Fills steps[0..n], whose bytes are set: from the end to the start, the cheapest way on
 * from each character. */
static void find_path(const sy_phrase_matcher *m, sy_phrase_parse *p, uint32_t n)
{
    sy_parse_step *steps = p->steps;
    for (uint32_t i = 0; i < n; i += BLOCK) {
        uint32_t starts = n - i < BLOCK ? n - i : BLOCK;
        match_block(m, p->cps + i, starts, n - i, p->found + i * m->longest, p->depths + i);
    }
    steps[n].cost = 0;
    for (uint32_t i = n; i-- > 0;) {
        sy_parse_step *here = &steps[i];
        here->number = 0; /* byte by byte */
        here->next = i + 1;
        here->cost = steps[i + 1].cost + (steps[i + 1].byte - here->byte);
        const uint32_t *found = p->found + i * m->longest;
        for (uint32_t k = 0; k < p->depths[i]; k++) {
            const sy_parse_step *behind = &steps[i + k + 1];
            if (found[k] != 0 && behind->cost + 1 <= here->cost) {
                here->cost = behind->cost + 1;
                here->number = found[k];
                here->next = i + k + 1;
            }
        }
    }
}

static bool take_path(const char *text, const sy_parse_step *steps, uint32_t n, sy_phrase_parse *p)
{
    for (uint32_t i = 0; i < n; i = steps[i].next) {
        if (steps[i].number != 0) {
            if (!put_code(p, steps[i].number))
                return false;
            continue;
        }
        for (uint32_t b = steps[i].byte; b < steps[i + 1].byte; b++) {
            if (!put_code(p, (unsigned char)text[b]))
                return false;
        }
    }
    return true;
}

static bool make_scratch(sy_phrase_parse *p)
{
    if (p->steps && p->cps && p->depths && p->found)
        return true;
    sy_free(p->steps);
    sy_free(p->cps);
    sy_free(p->depths);
    sy_free(p->found);
    p->steps = sy_alloc(WINDOW + 1, sizeof *p->steps);
    p->cps = sy_alloc(WINDOW, sizeof *p->cps);
    p->depths = sy_alloc(WINDOW, sizeof *p->depths);
    p->found = sy_alloc((size_t)WINDOW * LONGEST, sizeof *p->found);
    return p->steps && p->cps && p->depths && p->found;
}

sy_status sy_phrase_matcher_parse(const sy_phrase_matcher *m, const char *text, size_t len,
                                  sy_phrase_parse *p, sy_error *err)
{
    p->n = 0;
    if (!make_scratch(p))
        return sy_fail_nomem(err);
    for (size_t at = 0; at < len;) {
        uint32_t n = 0, bytes = 0;
        while (n < WINDOW && at + bytes < len) {
            p->steps[n].byte = bytes;
            bytes += (uint32_t)sy_utf8_decode(text + at + bytes, len - at - bytes, &p->cps[n++]);
        }
        p->steps[n].byte = bytes;
        find_path(m, p, n);
        if (!take_path(text + at, p->steps, n, p))
            return sy_fail_nomem(err);
        at += bytes;
    }
    return SY_OK;
}

void sy_phrase_parse_release(sy_phrase_parse *p)
{
    sy_free(p->codes);
    sy_free(p->steps);
    sy_free(p->cps);
    sy_free(p->depths);
    sy_free(p->found);
    *p = (sy_phrase_parse){0};
}

void sy_phrase_matcher_find(const sy_phrase_matcher *m, const char *text, size_t len,
                            void (*fn)(void *ctx, uint32_t number), void *ctx)
{
    uint32_t cps[BLOCK + LONGEST], found[BLOCK * LONGEST];
    uint8_t depths[BLOCK];
    uint32_t n = 0;
    for (size_t at = 0; m->longest > 0;) {
        for (; n < BLOCK + m->longest && at < len; n++)
            at += sy_utf8_decode(text + at, len - at, &cps[n]);
        uint32_t starts = n < BLOCK ? n : BLOCK;
        match_block(m, cps, starts, n, found, depths);
        for (uint32_t s = 0; s < starts; s++) {
            for (uint32_t k = 0; k < depths[s]; k++) {
                if (found[s * m->longest + k] != 0)
                    fn(ctx, found[s * m->longest + k]);
            }
        }
        n -= starts;
        if (n == 0)
            break;
        memmove(cps, cps + starts, n * sizeof *cps);
    }
}
