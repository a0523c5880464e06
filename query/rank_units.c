#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "query/rank.h"
#include "segmenter/normal.h"

sy_status sy_units_put(sy_search *s, sy_slice text, sy_unit_kind kind, uint64_t wanted,
                       double boost, sy_units *units, sy_error *err)
{
    char *copy = sy_query_memory_take(s->memory, text.len, 1);
    if (!copy || !sy_grow((void **)&units->items, units->n, &units->cap, sizeof *units->items))
        return sy_fail_nomem(err);
    memcpy(copy, text.data, text.len);
    units->items[units->n++] =
        (sy_unit){.text = {copy, text.len}, .kind = kind, .wanted = wanted, .weight = boost};
    return SY_OK;
}

static sy_status add_pairs(sy_search *s, sy_slice text, uint64_t wanted, double boost,
                           sy_units *units, sy_error *err)
{
    size_t before = 0; /* bytes of the character before, if it is Han */
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text.data + i, text.len - i, &cp);
        bool han = sy_cp_is_han(cp);
        if (han && before > 0) {
            sy_slice pair = {text.data + i - before, before + n};
            sy_status st = sy_units_put(s, pair, SY_UNIT_PAIR, wanted, boost, units, err);
            if (st != SY_OK)
                return st;
        }
        before = han ? n : 0;
        i += n;
    }
    return SY_OK;
}

sy_status sy_units_add(sy_search *s, sy_slice text, uint64_t wanted, double boost, sy_units *units,
                       sy_error *err)
{
    sy_status st = add_pairs(s, text, wanted, boost, units, err);
    if (st != SY_OK || sy_is_han_word(text.data, text.len))
        return st;
    const sy_token *tokens;
    size_t n;
    st = sy_tools_cut(&s->tools, text, &tokens, &n, err);
    for (size_t i = 0; i < n && st == SY_OK; i++) {
        sy_slice word = {text.data + tokens[i].start, tokens[i].end - tokens[i].start};
        if (tokens[i].kind != SY_TOKEN_MARK && !sy_is_han_word(word.data, word.len))
            st = sy_units_put(s, word, SY_UNIT_WORD, wanted, boost, units, err);
    }
    return st;
}

static int compare(const void *x, const void *y)
{
    const sy_unit *a = x, *b = y;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->wanted != b->wanted)
        return a->wanted < b->wanted ? -1 : 1;
    return sy_slice_compare(a->text, b->text);
}

void sy_units_merge(sy_units *units)
{
    size_t n = 0;
    if (units->n > 1)
        qsort(units->items, units->n, sizeof *units->items, compare);
    for (size_t i = 0; i < units->n; i++) {
        if (n > 0 && compare(&units->items[n - 1], &units->items[i]) == 0)
            units->items[n - 1].weight += units->items[i].weight;
        else
            units->items[n++] = units->items[i];
    }
    units->n = n;
}

const sy_unit *sy_units_find(const sy_units *units, const sy_unit *like)
{
    return units->n > 0 ? bsearch(like, units->items, units->n, sizeof *like, compare) : NULL;
}
