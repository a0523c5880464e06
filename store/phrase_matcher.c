#include "store/phrase_matcher.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "store/phrase_trie.h"

/* A step from node to node waits for memory, one after the other; but those of different
 * starts do not wait for each other. So the trie is walked from many starts at once, level by
 * level, and what the next level will look at is fetched before. Whether a walk goes on is
 * counted, not branched upon: no processor could guess it. */

enum {
    WINDOW = 1024,
    BLOCK = 128,  /* starts that are walked at once */
    LONGEST = 64, /* characters of a phrase */
    SHORT = 4     /* characters: of ten phrases that a text has, nine are not longer */
};

struct sy_phrase_matcher {
    sy_phrase_trie trie;
    sy_phrase_set set; /* until it is built */
};

typedef struct sy_parse_step {
    uint32_t number; /* the phrase to take here, 0: its bytes */
    uint16_t len;    /* of it, in characters */
    uint16_t byte;   /* where the character starts */
} sy_parse_step;

sy_status sy_phrase_matcher_new(sy_phrase_matcher **out, sy_error *err)
{
    *out = sy_calloc(1, sizeof **out);
    return *out ? SY_OK : sy_fail_nomem(err);
}

void sy_phrase_matcher_free(sy_phrase_matcher *m)
{
    if (!m)
        return;
    sy_phrase_set_release(&m->set);
    sy_phrase_trie_release(&m->trie);
    sy_free(m);
}

sy_status sy_phrase_matcher_add(sy_phrase_matcher *m, const char *text, size_t len, uint32_t number,
                                sy_error *err)
{
    if (sy_utf8_count(text, len) > LONGEST)
        return sy_fail(err, SY_E_LIMIT, NULL, "a phrase has more than %d characters", LONGEST);
    return sy_phrase_set_add(&m->set, &m->trie, (sy_slice){text, len}, number, err);
}

sy_status sy_phrase_matcher_build(sy_phrase_matcher *m, sy_error *err)
{
    sy_status st = sy_phrase_trie_build(&m->trie, &m->set, err);
    sy_phrase_set_release(&m->set);
    return st;
}

/* What was found at the starts of a block: numbers[start * stride + k] is the number of the
 * phrase of k + 1 characters, 0 if there is none, for k below depths[start]. */
typedef struct findings {
    uint32_t numbers[BLOCK * LONGEST];
    uint8_t depths[BLOCK];
} findings;

static size_t stride_of(const sy_phrase_trie *t)
{
    return t->longest > SHORT ? t->longest : SHORT;
}

/* The child of a node by a character, from the node's base; 0, which has neither base nor number,
 * if there is none. */
static inline uint64_t step(const uint64_t *nodes, uint64_t base, uint16_t code)
{
    uint64_t node = nodes[base + code];
    return node & -(uint64_t)((uint16_t)(node >> SY_TRIE_LABEL_AT) == code);
}

/* Goes on from level `level`: walk i begins at codes[starts[i]] and has come to the node whose
 * children are at bases[i]. Code 0 stands behind the last character of the text. */
static void walk(const sy_phrase_trie *t, const uint16_t *codes, uint32_t *starts, uint32_t *bases,
                 uint32_t n_walks, uint32_t level, findings *out)
{
    const uint64_t *nodes = t->nodes;
    const size_t stride = stride_of(t);
    for (; n_walks > 0; level++) {
        uint32_t kept = 0;
        const uint16_t *here = codes + level;
        for (uint32_t i = 0; i < n_walks; i++) {
            uint32_t start = starts[i];
            uint64_t node = step(nodes, bases[i], here[start]);
            uint32_t base = (uint32_t)(node >> SY_TRIE_BASE_AT);
            out->numbers[start * stride + level] = sy_phrase_trie_number(node);
            out->depths[start] = (uint8_t)(level + 1);
            starts[kept] = start;
            bases[kept] = base;
            __builtin_prefetch(&nodes[base + here[start + 1]]);
            kept += base != 0;
        }
        n_walks = kept;
    }
}

/* Walks from each of codes[n], n <= BLOCK; behind it stand what follows in the text, and two
 * times code 0 at its end. The first SHORT numbers of a start are there whatever its depth, which
 * is 0 if it is not more than two. */
static void match_all(const sy_phrase_trie *t, const uint16_t *codes, uint32_t n, findings *out)
{
    uint32_t starts[BLOCK], bases[BLOCK], kept = 0;
    const uint64_t *nodes = t->nodes, root = nodes[0] >> SY_TRIE_BASE_AT;
    const size_t stride = stride_of(t);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *numbers = out->numbers + i * stride;
        uint64_t node = step(nodes, root, codes[i]);
        numbers[0] = sy_phrase_trie_number(node);
        node = step(nodes, node >> SY_TRIE_BASE_AT, codes[i + 1]);
        numbers[1] = sy_phrase_trie_number(node);
        uint32_t base = (uint32_t)(node >> SY_TRIE_BASE_AT);
        numbers[2] = numbers[3] = 0;
        out->depths[i] = 0;
        starts[kept] = i;
        bases[kept] = base;
        __builtin_prefetch(&nodes[base + codes[i + 2]]);
        kept += base != 0;
    }
    walk(t, codes, starts, bases, kept, 2, out);
}

/* A way on has its cost, codes from there to the end of the window, above the bits of LEN_MOST,
 * and below them what its first step is shorter than that: the least is the cheapest, and of those
 * the one with the longest step. */
enum { LEN_MOST = 255, CODE = LEN_MOST + 1 };

static inline uint32_t way(uint32_t number, uint32_t cost, uint32_t len)
{
    return (cost + CODE + LEN_MOST - len) | -(uint32_t)(number == 0);
}

/* Fills steps[0..n), whose bytes are set, as steps[n]'s is: from the end to the start, the
 * cheapest way on from each character. costs[WINDOW + SHORT] is scratch. */
static void find_path(const sy_phrase_trie *t, const uint16_t *codes, sy_parse_step *steps,
                      uint32_t *costs, uint32_t n)
{
    findings found;
    const size_t stride = stride_of(t);
    memset(costs + n, 0, SHORT * sizeof *costs);
    for (uint32_t end = n, first; end > 0; end = first) {
        first = end > BLOCK ? end - BLOCK : 0;
        match_all(t, codes + first, end - first, &found);
        for (uint32_t i = end; i-- > first;) {
            const uint32_t *numbers = found.numbers + (i - first) * stride;
            const uint32_t *behind = costs + i + 1; /* behind[k]: of k + 1 characters */
            uint32_t best = UINT32_MAX;
            for (uint32_t k = found.depths[i - first]; k-- > SHORT;) {
                uint32_t other = way(numbers[k], behind[k], k + 1);
                best = other < best ? other : best;
            }
#pragma GCC unroll 3
            for (uint32_t k = SHORT - 1; k > 0; k--) {
                uint32_t other = way(numbers[k], behind[k], k + 1);
                best = other < best ? other : best;
            }
            uint32_t bytes = (uint32_t)steps[i + 1].byte - steps[i].byte;
            uint32_t single = way(1, behind[0], 1);
            single += (bytes - 1) * CODE & -(uint32_t)(numbers[0] == 0);
            best = single < best ? single : best;
            uint32_t len = LEN_MOST - best % CODE;
            costs[i] = best - best % CODE;
            steps[i].number = numbers[len - 1];
            steps[i].len = (uint16_t)len;
        }
    }
}

/* Appends the numbers on the path through the n characters, which have `bytes` bytes. */
static bool take_path(const char *text, const sy_parse_step *steps, uint32_t n, uint32_t bytes,
                      sy_phrase_parse *p)
{
    while (p->cap - p->n < bytes) {
        if (!sy_grow((void **)&p->codes, p->cap, &p->cap, sizeof *p->codes))
            return false;
    }
    uint32_t *to = p->codes + p->n;
    for (uint32_t i = 0; i < n; i += steps[i].len) {
        if (steps[i].number != 0) {
            *to++ = steps[i].number;
            continue;
        }
        for (uint32_t b = steps[i].byte; b < steps[i + 1].byte; b++)
            *to++ = (unsigned char)text[b];
    }
    p->n = (size_t)(to - p->codes);
    return true;
}

static bool make_scratch(sy_phrase_parse *p)
{
    if (!p->steps)
        p->steps = sy_alloc(WINDOW + 1, sizeof *p->steps);
    if (!p->chars)
        p->chars = sy_alloc(WINDOW + 2, sizeof *p->chars);
    if (!p->costs)
        p->costs = sy_alloc(WINDOW + SHORT, sizeof *p->costs);
    return p->steps && p->chars && p->costs;
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
            uint32_t cp;
            p->steps[n].byte = (uint16_t)bytes;
            bytes += (uint32_t)sy_utf8_decode(text + at + bytes, len - at - bytes, &cp);
            p->chars[n++] = sy_phrase_trie_code(&m->trie, cp);
        }
        p->steps[n].byte = (uint16_t)bytes;
        p->chars[n] = p->chars[n + 1] = 0;
        find_path(&m->trie, p->chars, p->steps, p->costs, n);
        if (!take_path(text + at, p->steps, n, bytes, p))
            return sy_fail_nomem(err);
        at += bytes;
    }
    return SY_OK;
}

void sy_phrase_parse_release(sy_phrase_parse *p)
{
    sy_free(p->codes);
    sy_free(p->steps);
    sy_free(p->chars);
    sy_free(p->costs);
    *p = (sy_phrase_parse){0};
}

/* Writes to starts[n] where, of codes[0, n), a phrase may begin; returns their number. */
static uint32_t likely_starts(const sy_phrase_trie *t, const uint16_t *codes, uint32_t n,
                              uint32_t *starts)
{
    uint32_t likely = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t bit = t->heads ? sy_phrase_trie_head(t, codes + i) : 0;
        starts[likely] = i;
        likely += !t->heads || (t->heads[bit / 64] >> bit % 64 & 1);
    }
    return likely;
}

void sy_phrase_matcher_find(const sy_phrase_matcher *m, const uint32_t *cps, size_t n,
                            void (*fn)(void *ctx, const uint32_t *numbers, size_t n), void *ctx)
{
    findings found;
    uint16_t codes[BLOCK + LONGEST + SY_TRIE_HEAD];
    uint32_t starts[BLOCK], begun[BLOCK], bases[BLOCK], numbers[BLOCK];
    const uint32_t root = (uint32_t)(m->trie.nodes[0] >> SY_TRIE_BASE_AT);
    const size_t stride = stride_of(&m->trie);
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t left = n - at, len = left < BLOCK + LONGEST ? left : BLOCK + LONGEST, told = 0;
        for (size_t i = 0; i < len; i++)
            codes[i] = sy_phrase_trie_code(&m->trie, cps[at + i]);
        memset(codes + len, 0, SY_TRIE_HEAD * sizeof *codes);
        uint32_t block = left < BLOCK ? (uint32_t)left : BLOCK;
        uint32_t likely = likely_starts(&m->trie, codes, block, starts);
        for (uint32_t i = 0; i < likely; i++) {
            begun[i] = starts[i];
            bases[i] = root;
        }
        walk(&m->trie, codes, starts, bases, likely, 0, &found);
        for (uint32_t i = 0; i < likely; i++) {
            const uint32_t *here = found.numbers + begun[i] * stride;
            for (uint32_t k = 0; k < found.depths[begun[i]]; k++) {
                if (told == BLOCK) {
                    fn(ctx, numbers, told);
                    told = 0;
                }
                numbers[told] = here[k];
                told += here[k] != 0;
            }
        }
        if (told > 0)
            fn(ctx, numbers, told);
    }
}
