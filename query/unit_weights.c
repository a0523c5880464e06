#include "query/unit_weights.h"

#include <math.h>

#include "base/utf8.h"
#include "query/score_source.h"
#include "store/scoring.h"

/* Looks all terms up in all segments, and counts in how many records each stands. */
static sy_status look_up(sy_ranker *r, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < r->s->index->n_segments && st == SY_OK; i++) {
        sy_ranker_enter(r, i);
        st = sy_search_enter(r->s, i, err);
        if (st == SY_OK)
            st = sy_segment_need_facts(r->seg, err);
        for (size_t u = 0; u < r->units.n && st == SY_OK; u++) {
            sy_score_source *src = &r->sources[u];
            src->unit = &r->units.items[u];
            st = sy_source_open(r, src, &r->units.items[u].df, err);
        }
        sy_search_leave(r->s);
    }
    return st;
}

/* Adds the records of a segment that have a character. */
static sy_status add_character(sy_ranker *r, size_t i, sy_unit *u, sy_error *err)
{
    const sy_index *index = r->s->index;
    sy_bigram_row row;
    sy_cursor *all;
    uint64_t n;
    uint32_t cp;
    sy_utf8_decode(u->text.data, u->text.len, &cp);
    sy_status st = sy_segment_bigram_row(index->segments[i], cp, &row, err);
    if (st != SY_OK || row.df == 0 || index->live[i].n_dead == 0) {
        u->df += row.df;
        return st;
    }
    st = sy_search_enter(r->s, i, err);
    if (st == SY_OK)
        st = sy_plan_text(&r->s->plan, u->text, &all, err);
    if (st == SY_OK && sy_cursor_count(all, &n))
        u->df += n;
    if (st == SY_OK)
        st = sy_ranker_cursor_damage(r, err);
    sy_search_leave(r->s);
    return st;
}

/* Records that have a character, over all segments. */
static sy_status count_character(sy_ranker *r, sy_unit *u, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < r->s->index->n_segments && st == SY_OK; i++)
        st = add_character(r, i, u, err);
    return st;
}

/* A pair of letters weighs what one in as many records as the square root of all would. */
static double full_weight(double n, const sy_unit *u)
{
    double df = (double)u->df;
    double rarity = u->kind == SY_UNIT_LATIN ? .5 * log(1 + n) : log(1 + (n - df + .5) / (df + .5));
    return SY_SCORE_ONE * u->weight * rarity;
}

/* The weight of each term, now that it is known how many records have it. */
static void weigh(sy_ranker *r)
{
    double n = 0, total = 0;
    for (size_t i = 0; i < r->s->index->n_segments; i++) {
        n += r->s->index->live[i].n_records;
        total += (double)r->s->index->live[i].length;
    }
    r->average = n > 0 ? total / n : 0;
    for (unsigned code = 0; code < SY_RANK_LENGTHS; code++)
        r->norms[code] = sy_score_norm(sy_length_of((uint8_t)code), r->average);
    for (size_t i = 0; i < r->units.n; i++) {
        sy_unit *u = &r->units.items[i];
        u->full = full_weight(n, u);
    }
    for (size_t i = 0; i < r->fine.n; i++) {
        sy_unit *u = &r->fine.items[i];
        const sy_unit *same = sy_units_find(&r->units, u);
        if (same)
            u->df = same->df;
        u->full = full_weight(n, u);
    }
}

sy_status sy_units_weigh(sy_ranker *r, sy_error *err)
{
    sy_status st = look_up(r, err);
    for (size_t i = 0; i < r->fine.n && st == SY_OK; i++) {
        if (r->fine.items[i].kind == SY_UNIT_CHARACTER)
            st = count_character(r, &r->fine.items[i], err);
    }
    if (st == SY_OK)
        weigh(r);
    return st;
}
