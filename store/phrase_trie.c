#include "store/phrase_trie.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

typedef struct sy_phrase_entry {
    uint32_t at, len; /* in texts */
    uint32_t number;
} sy_phrase_entry;

enum { PAGE = 1 << SY_TRIE_PAGE_BITS };

/* ---- phrases ---- */

/* Gives the character a code if it has none; *code is 0 if there are no more. */
static bool give_code(sy_phrase_set *set, sy_phrase_trie *t, uint32_t cp, uint16_t *code)
{
    uint16_t *page = &t->pages[cp >> SY_TRIE_PAGE_BITS];
    if (*page == 0) {
        uint32_t n = set->n_pages > 0 ? set->n_pages : 1; /* page 0 is for all that have none */
        uint16_t *codes = sy_resize(t->codes, (size_t)(n + 1) * PAGE, sizeof *codes);
        if (!codes)
            return false;
        t->codes = codes;
        memset(codes + (size_t)(set->n_pages > 0 ? n : 0) * PAGE, 0,
               (set->n_pages > 0 ? 1u : 2u) * PAGE * sizeof *codes);
        *page = (uint16_t)n;
        set->n_pages = n + 1;
    }
    uint16_t *at = &t->codes[(size_t)*page * PAGE + cp % PAGE];
    if (*at == 0 && set->n_chars + 1 < SY_TRIE_CODES_END)
        *at = (uint16_t)++set->n_chars;
    *code = *at;
    return true;
}

sy_status sy_phrase_set_add(sy_phrase_set *set, sy_phrase_trie *trie, sy_slice text,
                            uint32_t number, sy_error *err)
{
    size_t before = set->n_codes;
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        uint16_t code;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        if (!give_code(set, trie, cp, &code) ||
            !sy_grow((void **)&set->texts, set->n_codes, &set->cap_codes, sizeof *set->texts))
            return sy_fail_nomem(err);
        if (code == 0) {
            set->n_codes = before;
            return SY_OK;
        }
        set->texts[set->n_codes++] = code;
    }
    if (set->n_codes > UINT32_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "too many phrases");
    if (!sy_grow((void **)&set->entries, set->n, &set->cap, sizeof *set->entries))
        return sy_fail_nomem(err);
    uint32_t len = (uint32_t)(set->n_codes - before);
    set->entries[set->n++] = (sy_phrase_entry){(uint32_t)before, len, number};
    trie->longest = len > trie->longest ? len : trie->longest;
    set->n_short += len < SY_TRIE_HEAD;
    return SY_OK;
}

void sy_phrase_set_release(sy_phrase_set *set)
{
    sy_free(set->texts);
    sy_free(set->entries);
    *set = (sy_phrase_set){0};
}

void sy_phrase_trie_release(sy_phrase_trie *trie)
{
    sy_free_large(trie->nodes, trie->n_nodes, sizeof *trie->nodes);
    sy_free(trie->codes);
    sy_free(trie->heads);
    *trie = (sy_phrase_trie){0};
}

/* ---- the array ---- */

/* Nodes are placed level by level. A node's children are tried at one free slot after the
 * other. Where many of the last were tried in vain the search begins behind them from then on,
 * so that it stays linear; that is kept by number of children, since single ones, by far the
 * most, still fill the gaps that others leave. */
enum {
    CLASSES = 8, /* of numbers of children: 1, 2, ... 8 and more */
    TRIES = 64,
    SLOTS_FIRST = 1 << 12
};

/* A node whose children are not placed yet: entries[first, end) begin with its characters. */
typedef struct pending {
    uint32_t first, end, slot, depth;
} pending;

typedef struct child {
    uint32_t first; /* its entries, up to those of the next one */
    uint16_t code;
} child;

typedef struct builder {
    const sy_phrase_set *set;
    const sy_phrase_entry *entries; /* in order of their codes */
    uint64_t *nodes;
    size_t n_slots;       /* of nodes and of the bits */
    uint64_t *taken;      /* bits: slots that have a node */
    uint64_t *full;       /* bits: of which of these words all are set */
    uint64_t *bases;      /* bits: bases that are in use */
    size_t from[CLASSES]; /* where to look for free slots */
    size_t most;          /* the greatest base */
    pending *queue;       /* all nodes in the end */
    size_t n_queue, cap_queue;
    child *children;
    size_t n_children, cap_children;
} builder;

static bool has_bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> i % 64 & 1;
}

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= UINT64_C(1) << i % 64;
}

static bool grow_bits(uint64_t **bits, size_t before, size_t after)
{
    uint64_t *more = sy_resize(*bits, after / 64, sizeof *more);
    if (!more)
        return false;
    memset(more + before / 64, 0, (after - before) / 8);
    *bits = more;
    return true;
}

/* Room for slots below n. */
static bool need_slots(builder *b, size_t n)
{
    size_t more = b->n_slots > 0 ? b->n_slots : SLOTS_FIRST;
    while (more < n)
        more *= 2;
    if (more == b->n_slots)
        return true;
    uint64_t *nodes = sy_resize(b->nodes, more, sizeof *nodes);
    if (!nodes)
        return false;
    b->nodes = nodes;
    for (size_t i = b->n_slots; i < more; i++)
        nodes[i] = (uint64_t)SY_TRIE_CODES_END << SY_TRIE_LABEL_AT;
    if (!grow_bits(&b->taken, b->n_slots, more) || !grow_bits(&b->bases, b->n_slots, more) ||
        !grow_bits(&b->full, b->n_slots / 64, more / 64))
        return false;
    b->n_slots = more;
    return true;
}

/* The first bit of bits[n] from `at` on that is not set, or n. */
static size_t next_clear(const uint64_t *bits, size_t n, size_t at)
{
    while (at < n) {
        uint64_t left = ~bits[at / 64] >> at % 64;
        if (left != 0)
            return at + (size_t)__builtin_ctzll(left);
        at = (at / 64 + 1) * 64;
    }
    return n;
}

/* The first free slot from `at` on, or b->n_slots. There are long stretches without one. */
static size_t free_slot(const builder *b, size_t at)
{
    if (at >= b->n_slots)
        return b->n_slots;
    if (~b->taken[at / 64] >> at % 64 == 0)
        at = next_clear(b->full, b->n_slots / 64, at / 64 + 1) * 64;
    return next_clear(b->taken, b->n_slots, at);
}

static void take_slot(builder *b, size_t slot)
{
    set_bit(b->taken, slot);
    if (~b->taken[slot / 64] == 0)
        set_bit(b->full, slot / 64);
}

static bool fits(const builder *b, size_t base)
{
    if (has_bit(b->bases, base))
        return false;
    for (size_t i = 1; i < b->n_children; i++) {
        if (has_bit(b->taken, base + b->children[i].code))
            return false;
    }
    return true;
}

/* Finds a base for b->children, and sees to it that all steps from it stay in the array. */
static bool find_base(builder *b, size_t *base)
{
    size_t *from = &b->from[(b->n_children < CLASSES ? b->n_children : CLASSES) - 1];
    size_t first = b->children[0].code, tries = 0;
    size_t at = *from > first ? *from : first + 1;
    for (;; at++, tries++) {
        at = free_slot(b, at);
        *base = at - first;
        if (!need_slots(b, *base + b->set->n_chars + 1))
            return false;
        if (fits(b, *base))
            break;
    }
    if (tries > TRIES)
        *from = at;
    b->most = *base > b->most ? *base : b->most;
    return true;
}

/* Takes the entries of a node apart by the next character; returns its number. */
static bool split(builder *b, pending p, uint32_t *number)
{
    *number = 0;
    b->n_children = 0;
    for (uint32_t i = p.first; i < p.end; i++) {
        const sy_phrase_entry *e = &b->entries[i];
        if (e->len == p.depth) { /* these stand before the longer ones */
            *number = e->number;
            continue;
        }
        uint16_t code = b->set->texts[e->at + p.depth];
        if (b->n_children > 0 && b->children[b->n_children - 1].code == code)
            continue;
        if (!sy_grow((void **)&b->children, b->n_children, &b->cap_children, sizeof *b->children))
            return false;
        b->children[b->n_children++] = (child){i, code};
    }
    return true;
}

static bool push(builder *b, pending p)
{
    if (!sy_grow((void **)&b->queue, b->n_queue, &b->cap_queue, sizeof *b->queue))
        return false;
    b->queue[b->n_queue++] = p;
    return true;
}

static sy_status place_children(builder *b, pending p, sy_error *err)
{
    uint32_t number;
    size_t base = 0;
    if (!split(b, p, &number) || (b->n_children > 0 && !find_base(b, &base)))
        return sy_fail_nomem(err);
    if (base >= UINT64_C(1) << (64 - SY_TRIE_BASE_AT))
        return sy_fail(err, SY_E_LIMIT, NULL, "too many phrases");
    b->nodes[p.slot] |= (uint64_t)base << SY_TRIE_BASE_AT | number;
    if (b->n_children > 0)
        set_bit(b->bases, base);
    for (size_t i = 0; i < b->n_children; i++) {
        uint32_t end = i + 1 < b->n_children ? b->children[i + 1].first : p.end;
        uint32_t slot = (uint32_t)(base + b->children[i].code);
        take_slot(b, slot);
        b->nodes[slot] = (uint64_t)b->children[i].code << SY_TRIE_LABEL_AT;
        if (!push(b, (pending){b->children[i].first, end, slot, p.depth + 1}))
            return sy_fail_nomem(err);
    }
    return SY_OK;
}

static int compare(const void *a, const void *b, void *ctx)
{
    const sy_phrase_entry *x = a, *y = b;
    const sy_phrase_set *set = ctx;
    for (uint32_t i = 0; i < x->len && i < y->len; i++) {
        uint16_t left = set->texts[x->at + i], right = set->texts[y->at + i];
        if (left != right)
            return left < right ? -1 : 1;
    }
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Copies the nodes to where looks at them are fast. */
static bool settle(const builder *b, sy_phrase_trie *trie)
{
    size_t n = b->most + b->set->n_chars + 1;
    trie->nodes = sy_alloc_large(n, sizeof *trie->nodes);
    if (!trie->nodes)
        return false;
    trie->n_nodes = n;
    memcpy(trie->nodes, b->nodes, n * sizeof *trie->nodes);
    return true;
}

static bool mark_heads(sy_phrase_trie *t, const sy_phrase_set *set)
{
    if (set->n == 0 || set->n_short > 0)
        return true;
    unsigned bits = 6; /* so many that one of sixteen is set, in 128 KiB at most */
    while (bits < 20 && set->n >> (bits - 4) != 0)
        bits++;
    t->heads_shift = 64 - bits;
    t->heads = sy_calloc(((size_t)1 << bits) / 64, sizeof *t->heads);
    for (size_t i = 0; t->heads && i < set->n; i++)
        set_bit(t->heads, sy_phrase_trie_head(t, &set->texts[set->entries[i].at]));
    return t->heads != NULL;
}

sy_status sy_phrase_trie_build(sy_phrase_trie *trie, sy_phrase_set *set, sy_error *err)
{
    builder b = {.set = set, .entries = set->entries};
    sy_status st = SY_OK;
    if (set->n > 1)
        qsort_r(set->entries, set->n, sizeof *set->entries, compare, set);
    if (!trie->codes)
        trie->codes = sy_calloc(PAGE, sizeof *trie->codes);
    if (!trie->codes || !need_slots(&b, set->n_chars + 1) ||
        !push(&b, (pending){0, (uint32_t)set->n, 0, 0}))
        st = sy_fail_nomem(err);
    if (st == SY_OK) {
        take_slot(&b, 0);
        b.nodes[0] = (uint64_t)SY_TRIE_CODES_END << SY_TRIE_LABEL_AT;
    }
    for (size_t i = 0; i < b.n_queue && st == SY_OK; i++)
        st = place_children(&b, b.queue[i], err);
    if (st == SY_OK && (!mark_heads(trie, set) || !settle(&b, trie)))
        st = sy_fail_nomem(err);
    sy_free(b.nodes);
    sy_free(b.taken);
    sy_free(b.full);
    sy_free(b.bases);
    sy_free(b.queue);
    sy_free(b.children);
    return st;
}
