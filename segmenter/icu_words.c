#include "segmenter/icu_words.h"

#include <string.h>
#include <unicode/putil.h>
#include <unicode/udata.h>

#include "base/hash.h"

/* Header of the item: int32 each. */
enum { HEAD_TRIE = 0, HEAD_SIZE = 3, HEAD_TYPE = 4, HEAD_TRANSFORM = 5, HEAD_COUNT = 8 };
enum { TYPE_MASK = 7, TYPE_16_BIT_UNITS = 1 };

/* Lead units of nodes and numbers, from unicode/ucharstrie.h. */
enum {
    LINEAR_MATCH = 0x30, /* below: a branch; from here: 1 to 16 units to match     */
    NODE_TYPES = 0x40,   /* from here there is a value too, in the bits above      */
    NODE_VALUE_2 = 0x4040,
    NODE_VALUE_3 = 0x7FC0,
    FINAL = 0x8000, /* a value, and no way on */
    VALUE_2 = 0x4000,
    VALUE_3 = 0x7FFF,
    DELTA_2 = 0xFC00,
    DELTA_3 = 0xFFFF,
    BRANCH_LINEAR = 5 /* a branch of more ways halves first */
};

enum { WORD_UNITS_MOST = 64 }; /* of a word that sy_icu_words_each gives */

static bool is_readable(UDataMemory *item, sy_icu_words *words)
{
    UDataInfo info = {.size = sizeof info};
    udata_getInfo(item, &info);
    if (memcmp(info.dataFormat, "Dict", 4) != 0 || info.formatVersion[0] != 1 ||
        info.isBigEndian != U_IS_BIG_ENDIAN)
        return false;
    const int32_t *head = udata_getMemory(item);
    int32_t trie = head[HEAD_TRIE], size = head[HEAD_SIZE];
    if ((head[HEAD_TYPE] & TYPE_MASK) != TYPE_16_BIT_UNITS || head[HEAD_TRANSFORM] != 0 ||
        trie < HEAD_COUNT * 4 || trie % 2 != 0 || size <= trie)
        return false;
    words->units = (const uint16_t *)(const void *)((const char *)head + trie);
    words->n_units = (size_t)(size - trie) / 2;
    return true;
}

void sy_icu_words_open(sy_icu_words *words)
{
    *words = (sy_icu_words){NULL, NULL, 0};
    UErrorCode code = U_ZERO_ERROR;
    UDataMemory *item = udata_open(U_ICUDATA_NAME "-brkitr", "dict", "cjdict", &code);
    if (U_FAILURE(code))
        return;
    if (is_readable(item, words))
        words->item = item;
    else
        udata_close(item);
}

void sy_icu_words_close(sy_icu_words *words)
{
    if (words->item)
        udata_close(words->item);
    *words = (sy_icu_words){NULL, NULL, 0};
}

sy_icu_walk sy_icu_walk_from(const sy_icu_words *words)
{
    return (sy_icu_walk){words, words->n_units > 0 ? 0 : SIZE_MAX, 0};
}

/* The unit at `at`; past the end one that ends every walk. */
static uint32_t unit_at(const sy_icu_walk *w, size_t at)
{
    return at < w->words->n_units ? w->words->units[at] : FINAL;
}

static uint32_t pair_at(const sy_icu_walk *w, size_t at)
{
    return unit_at(w, at) << 16 | unit_at(w, at + 1);
}

/* Reads a jump at *at, leaves *at behind it and returns where it leads. */
static size_t read_jump(const sy_icu_walk *w, size_t *at)
{
    uint32_t lead = unit_at(w, (*at)++);
    if (lead < DELTA_2)
        return *at + lead;
    *at += lead == DELTA_3 ? 2 : 1;
    if (lead == DELTA_3)
        return *at + pair_at(w, *at - 2);
    return *at + ((lead - DELTA_2) << 16 | unit_at(w, *at - 1));
}

/* As read_jump for the value of a key, which is coded in another way. */
static size_t read_key_jump(const sy_icu_walk *w, size_t *at)
{
    uint32_t lead = unit_at(w, (*at)++) & (FINAL - 1);
    if (lead < VALUE_2)
        return *at + lead;
    *at += lead == VALUE_3 ? 2 : 1;
    if (lead == VALUE_3)
        return *at + pair_at(w, *at - 2);
    return *at + ((lead - VALUE_2) << 16 | unit_at(w, *at - 1));
}

/* Stops on the node at `at`, where the characters so far lead. */
static sy_icu_step arrive(sy_icu_walk *w, size_t at)
{
    w->at = at;
    w->match_left = 0;
    return unit_at(w, at) >= NODE_TYPES ? SY_ICU_WORD : SY_ICU_START;
}

static sy_icu_step give_up(sy_icu_walk *w)
{
    w->at = SIZE_MAX;
    return SY_ICU_NONE;
}

/* A branch of `n` ways at `at`. */
static sy_icu_step branch(sy_icu_walk *w, size_t at, uint32_t n, uint32_t unit)
{
    while (n > BRANCH_LINEAR) {
        bool below = unit < unit_at(w, at++);
        size_t lower = read_jump(w, &at);
        if (below)
            at = lower;
        n = below ? n / 2 : n - n / 2;
    }
    for (; n > 1; n--) {
        uint32_t key = unit_at(w, at++);
        bool final = (unit_at(w, at) & FINAL) != 0;
        size_t value = at, next = read_key_jump(w, &at);
        if (key == unit)
            return arrive(w, final ? value : next);
    }
    return unit_at(w, at) == unit ? arrive(w, at + 1) : give_up(w);
}

static sy_icu_step walk_unit(sy_icu_walk *w, uint32_t unit)
{
    if (w->at >= w->words->n_units)
        return give_up(w);
    size_t at = w->at;
    if (w->match_left == 0) {
        uint32_t lead = unit_at(w, at++);
        if ((lead & FINAL) != 0)
            return give_up(w);
        if (lead >= NODE_TYPES) {
            at += lead < NODE_VALUE_2 ? 0 : lead < NODE_VALUE_3 ? 1 : 2;
            lead &= NODE_TYPES - 1;
        }
        if (lead < LINEAR_MATCH) {
            uint32_t n = lead != 0 ? lead : unit_at(w, at++);
            return branch(w, at, n + 1, unit);
        }
        w->match_left = lead - LINEAR_MATCH + 1;
    }
    if (unit_at(w, at++) != unit)
        return give_up(w);
    if (--w->match_left == 0)
        return arrive(w, at);
    w->at = at;
    return SY_ICU_START;
}

sy_icu_step sy_icu_walk_on(sy_icu_walk *walk, uint32_t cp)
{
    if (cp < 0x10000)
        return walk_unit(walk, cp);
    sy_icu_step step = walk_unit(walk, 0xD800 + ((cp - 0x10000) >> 10));
    return step == SY_ICU_NONE ? SY_ICU_NONE : walk_unit(walk, 0xDC00 + (cp & 0x3FF));
}

/* ---- all words ------------------------------------------------------------ */

uint64_t sy_icu_words_hash(const sy_icu_words *words)
{
    return words->n_units > 0 ? sy_hash64(words->units, words->n_units * sizeof *words->units) : 0;
}

typedef struct visit {
    sy_icu_walk walk; /* for unit_at only */
    sy_icu_word_fn *fn;
    void *ctx;
    uint16_t units[WORD_UNITS_MOST];
} visit;

static void visit_node(visit *v, size_t at, size_t n);

/* The value of a node, *at being behind its lead. */
static uint32_t read_node_value(const visit *v, uint32_t lead, size_t *at)
{
    const sy_icu_walk *w = &v->walk;
    if (lead < NODE_VALUE_2)
        return (lead >> 6) - 1;
    *at += lead < NODE_VALUE_3 ? 1 : 2;
    if (lead < NODE_VALUE_3)
        return ((lead & NODE_VALUE_3) - NODE_VALUE_2) << 10 | unit_at(w, *at - 1);
    return pair_at(w, *at - 2);
}

static uint32_t read_final_value(const visit *v, uint32_t lead, size_t at)
{
    lead &= FINAL - 1;
    if (lead < VALUE_2)
        return lead;
    if (lead < VALUE_3)
        return (lead - VALUE_2) << 16 | unit_at(&v->walk, at);
    return pair_at(&v->walk, at);
}

/* A branch of `ways` ways at `at`, below a word of n units. */
static void visit_branch(visit *v, size_t at, uint32_t ways, size_t n)
{
    const sy_icu_walk *w = &v->walk;
    while (ways > BRANCH_LINEAR) {
        at++;
        size_t lower = read_jump(w, &at);
        visit_branch(v, lower, ways / 2, n);
        ways -= ways / 2;
    }
    for (; ways > 1; ways--) {
        v->units[n] = (uint16_t)unit_at(w, at++);
        uint32_t lead = unit_at(w, at);
        size_t value = at, next = read_key_jump(w, &at);
        if ((lead & FINAL) != 0)
            v->fn(v->ctx, v->units, n + 1, read_final_value(v, lead, value + 1));
        else
            visit_node(v, next, n + 1);
    }
    v->units[n] = (uint16_t)unit_at(w, at);
    visit_node(v, at + 1, n + 1);
}

/* The node at `at`, to which n units lead. */
static void visit_node(visit *v, size_t at, size_t n)
{
    uint32_t lead;
    while (n < WORD_UNITS_MOST && at < v->walk.words->n_units) {
        lead = unit_at(&v->walk, at++);
        if ((lead & FINAL) != 0) {
            v->fn(v->ctx, v->units, n, read_final_value(v, lead, at));
            return;
        }
        if (lead >= NODE_TYPES) {
            v->fn(v->ctx, v->units, n, read_node_value(v, lead, &at));
            lead &= NODE_TYPES - 1;
        }
        if (lead < LINEAR_MATCH) {
            visit_branch(v, at + (lead == 0), (lead != 0 ? lead : unit_at(&v->walk, at)) + 1, n);
            return;
        }
        for (size_t left = lead - LINEAR_MATCH + 1; left > 0; left--) {
            if (n == WORD_UNITS_MOST)
                return;
            v->units[n++] = (uint16_t)unit_at(&v->walk, at++);
        }
    }
}

void sy_icu_words_each(const sy_icu_words *words, sy_icu_word_fn *fn, void *ctx)
{
    visit v = {.walk = {words, 0, 0}, .fn = fn, .ctx = ctx};
    visit_node(&v, 0, 0);
}
