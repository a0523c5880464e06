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
    BLOCK = 128, /* starts that are walked at once */
    LONGEST = 64 /* characters of a phrase */
};

struct sy_phrase_matcher {
    sy_phrase_trie trie;
    sy_phrase_set set; /* until it is built */
};

typedef struct sy_parse_step {
    uint32_t cost;   /* codes from here to the end of the window */
    uint32_t number; /* the phrase to take here */
    uint32_t next;   /* the position behind it, in characters */
    uint32_t byte;   /* where the character starts */
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

/* What was found at the starts of a block: numbers[start * longest + k] is the number of the
 * phrase of k + 1 characters, 0 if there is none, for k below depths[start]. */
typedef struct findings {
    uint32_t numbers[BLOCK * LONGEST];
    uint8_t depths[BLOCK];
} findings;

/* Walks from the characters codes[first[n]], n <= BLOCK; code 0 stands behind the last
 * character of the text. */
static void match_block(const sy_phrase_trie *t, const uint16_t *codes, const uint32_t *first,
                        uint32_t n, findings *out)
{
    uint32_t starts[BLOCK], bases[BLOCK], n_walks = n;
    const uint64_t *nodes = t->nodes;
    for (uint32_t i = 0; i < n; i++) {
        starts[i] = first[i];
        bases[i] = (uint32_t)(nodes[0] >> SY_TRIE_BASE_AT);
    }
    for (uint32_t level = 0; n_walks > 0; level++) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < n_walks; i++) {
            uint32_t start = starts[i];
            uint16_t code = codes[start + level];
            uint64_t node = nodes[bases[i] + code];
            bool there = (uint16_t)(node >> SY_TRIE_LABEL_AT) == code;
            out->numbers[start * t->longest + level] = there ? sy_phrase_trie_number(node) : 0;
            out->depths[start] = (uint8_t)(level + there);
            uint32_t base = (uint32_t)(node >> SY_TRIE_BASE_AT);
            starts[kept] = start;
            bases[kept] = base;
            there &= base != 0;
            __builtin_prefetch(&nodes[base + (there ? codes[start + level + 1] : 0)]);
            kept += there;
        }
        n_walks = kept;
    }
}

/* Fills steps[0..n], whose bytes are set: from the end to the start, the cheapest way on
 * from each character. */
static void find_path(const sy_phrase_trie *t, const uint16_t *codes, sy_parse_step *steps,
                      uint32_t n)
{
    findings found;
    uint32_t all[BLOCK];
    for (uint32_t i = 0; i < BLOCK; i++)
        all[i] = i;
    steps[n].cost = 0;
    for (uint32_t end = n, first; end > 0; end = first) {
        first = end > BLOCK ? end - BLOCK : 0;
        match_block(t, codes + first, all, end - first, &found);
        for (uint32_t i = end; i-- > first;) {
            const uint32_t *numbers = found.numbers + (i - first) * t->longest;
            uint32_t cost = steps[i + 1].cost + (steps[i + 1].byte - steps[i].byte);
            uint32_t number = 0, len = 1; /* byte by byte */
            for (uint32_t k = 0; k < found.depths[i - first]; k++) {
                uint32_t way = steps[i + k + 1].cost + 1;
                bool better = numbers[k] != 0 && way <= cost;
                cost = better ? way : cost;
                number = better ? numbers[k] : number;
                len = better ? k + 1 : len;
            }
            steps[i].cost = cost;
            steps[i].number = number;
            steps[i].next = i + len;
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
    for (uint32_t i = 0; i < n; i = steps[i].next) {
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
        p->chars = sy_alloc(WINDOW + 1, sizeof *p->chars);
    return p->steps && p->chars;
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
            p->steps[n].byte = bytes;
            bytes += (uint32_t)sy_utf8_decode(text + at + bytes, len - at - bytes, &cp);
            p->chars[n++] = sy_phrase_trie_code(&m->trie, cp);
        }
        p->steps[n].byte = bytes;
        p->chars[n] = 0;
        find_path(&m->trie, p->chars, p->steps, n);
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
    uint32_t starts[BLOCK], numbers[BLOCK];
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t left = n - at, len = left < BLOCK + LONGEST ? left : BLOCK + LONGEST, told = 0;
        for (size_t i = 0; i < len; i++)
            codes[i] = sy_phrase_trie_code(&m->trie, cps[at + i]);
        memset(codes + len, 0, SY_TRIE_HEAD * sizeof *codes);
        uint32_t block = left < BLOCK ? (uint32_t)left : BLOCK;
        uint32_t likely = likely_starts(&m->trie, codes, block, starts);
        match_block(&m->trie, codes, starts, likely, &found);
        for (uint32_t i = 0; i < likely; i++) {
            const uint32_t *here = found.numbers + starts[i] * m->trie.longest;
            for (uint32_t k = 0; k < found.depths[starts[i]]; k++) {
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
