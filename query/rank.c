#include "query/rank.h"

#include "base/alloc.h"
#include "query/rank_extras.h"
#include "query/rank_windows.h"
#include "query/score_source.h"
#include "query/second_look.h"
#include "query/unit_weights.h"
#include "store/term_key.h"

/* Two ways to the candidates. Where the records of the scored terms are the answer, rank_windows
 * takes them. Else the cursors of the query propose, and a candidate is looked at only if the
 * blocks it lies in can lift it. */

enum { LOOKED_AT = 300 /* of the best, once more */ };

/* The scored terms of all positive leaves. */
static sy_status gather_units(sy_ranker *r, sy_error *err)
{
    sy_search *s = r->s;
    sy_status st = SY_OK;
    for (size_t i = 0; i < s->query->n_leaves && st == SY_OK; i++) {
        const sy_leaf *leaf = &s->leaves[i];
        sy_slice text = sy_scored_text(leaf);
        if (!s->positive[i] || text.len == 0)
            continue;
        st = sy_units_add(s, text, sy_wanted_fields(leaf), s->query->leaves[i]->boost, &r->units,
                          err);
        if (st == SY_OK && r->any)
            st = sy_second_look_units(s, text, sy_wanted_fields(leaf), s->query->leaves[i]->boost,
                                      &r->fine, err);
    }
    sy_units_merge(&r->units);
    sy_units_merge(&r->fine);
    return st;
}

static sy_status score_match(sy_ranker *r, sy_cursor *root, sy_docid doc, sy_error *err)
{
    uint64_t score = 0, bonus = 0;
    bool yes, has;
    sy_status st = SY_OK;
    for (size_t i = 0; i < r->units.n && st == SY_OK; i++) {
        sy_source_seek(&r->sources[i], doc);
        if (r->sources[i].doc == doc)
            st = sy_source_add(r, &r->sources[i], &score, &has, err);
    }
    if (st != SY_OK ||
        (r->prune && sy_best_hopeless(&r->best, sy_score_plus(score, r->extra_bonus))))
        return st;
    st = sy_cursor_confirm(root, &yes, err);
    if (st == SY_OK && yes)
        st = sy_extras_add(r, doc, &bonus, &yes, err);
    return st == SY_OK && yes ? sy_ranker_keep(r, doc, score + bonus, bonus, err) : st;
}

static sy_status walk_matches(sy_ranker *r, sy_cursor *root, sy_error *err)
{
    sy_docid doc = 0;
    for (;;) {
        sy_status st = sy_search_candidate(r->s, root, doc, &doc, err);
        if (st != SY_OK || doc == SY_DOC_END)
            return st;
        uint64_t bound = r->extra_bonus;
        sy_docid last = SY_DOC_END;
        for (size_t i = 0; r->prune && r->best.n == r->best.k && i < r->units.n; i++)
            bound = sy_score_plus(bound, sy_source_bound(r, &r->sources[i], doc, &last));
        if (r->prune && sy_best_hopeless(&r->best, bound)) {
            if (last == SY_DOC_END)
                return SY_OK;
            doc = last + 1;
            continue;
        }
        st = score_match(r, root, doc, err);
        if (st != SY_OK)
            return st;
        doc++;
    }
}

/* Whether names are looked at by the name rule in this segment: they are no texts. */
static sy_status has_names(sy_ranker *r, bool *yes, sy_error *err)
{
    const sy_schema *schema = &r->s->index->schema;
    sy_buf *key = &r->s->plan.key;
    sy_status st = SY_OK;
    *yes = false;
    for (size_t i = 0; i < schema->n_fields && !*yes && st == SY_OK; i++) {
        sy_postings_ref present = {0};
        if (schema->fields[i].kind != SY_FIELD_NAMES)
            continue;
        sy_term_key_presence(key, (sy_field_id)i);
        st = sy_segment_term(r->seg, (sy_slice){sy_buf_cstr(key), key->len}, &present, err);
        *yes = present.df > 0;
    }
    return st;
}

/* True if the records that match are just those of the scored terms: terms of one pair
 * or word each, joined by OR, in any field. */
static bool is_union(const sy_ranker *r, const sy_node *node)
{
    if (node->kind == SY_NODE_OR) {
        bool all = true;
        for (size_t i = 0; i < node->n_children; i++)
            all &= is_union(r, node->children[i]);
        return all;
    }
    if (node->kind < SY_NODE_ALL)
        return false;
    const sy_leaf *leaf = &r->s->leaves[node->leaf];
    if (leaf->field != SY_FIELD_ANY || sy_scored_text(leaf).len == 0)
        return false;
    if (leaf->rule == SY_RULE_WHOLE)
        return leaf->one_token && !sy_is_han_pair(leaf->text.text.data, leaf->text.text.len);
    return (leaf->rule == SY_RULE_PART || leaf->rule == SY_RULE_SPREAD) &&
           sy_is_han_pair(leaf->text.text.data, leaf->text.text.len);
}

static sy_status rank_segment(sy_ranker *r, size_t i, sy_error *err)
{
    sy_search *s = r->s;
    bool names = false, by_units = r->any;
    sy_cursor *root = NULL;
    sy_status st = sy_search_enter(s, i, err);
    if (st != SY_OK)
        return st;
    sy_ranker_enter(r, i);
    sy_sources_start(r);
    st = sy_extras_open(r, err);
    if (st == SY_OK && !r->any) {
        st = has_names(r, &names, err);
        by_units = !names && is_union(r, s->query->root);
    }
    if (st == SY_OK && !by_units)
        st = sy_plan_node(&s->plan, s->query->root, &root, err);
    if (st == SY_OK)
        st = by_units ? sy_rank_windows(r, err) : walk_matches(r, root, err);
    if (st == SY_OK)
        st = sy_sources_damage(r, err);
    sy_search_leave(s);
    return st;
}

/* Segment by segment: they are in the order of their first documents. */
static sy_status rank_segments(sy_ranker *r, sy_error *err)
{
    const sy_index *index = r->s->index;
    uint64_t reached = 0; /* the place of the last document ranked */
    sy_status st = SY_OK;
    for (size_t i = 0; i < index->n_segments && st == SY_OK; i++) {
        size_t n_docs = sy_segment_n_docs(index->segments[i]);
        sy_segment_doc first, last;
        if (n_docs == 0)
            continue;
        sy_segment_doc_at(index->segments[i], 0, &first);
        sy_segment_doc_at(index->segments[i], n_docs - 1, &last);
        r->best.behind = i == 0 || first.place > reached;
        reached = last.place > reached ? last.place : reached;
        st = rank_segment(r, i, err);
    }
    return st;
}

/* Puts the first of the best in the order of their scores by a second look. */
static sy_status look_again(sy_ranker *r, sy_error *err)
{
    size_t n = r->best.n < LOOKED_AT ? r->best.n : LOOKED_AT;
    sy_status st = sy_second_look(r->s, &r->fine, r->average, r->best.items, n, err);
    if (st == SY_OK)
        sy_best_order(&r->best, n);
    return st;
}

sy_status sy_search_rank(sy_search *s, uint64_t n, bool any, bool prune, sy_error *err)
{
    sy_ranker *r = sy_calloc(1, sizeof *r);
    if (!r)
        return sy_fail_nomem(err);
    *r = (sy_ranker){.s = s, .any = any, .prune = prune, .best = {.k = n > 0 ? (size_t)n : 1}};
    size_t n_leaves = s->query->n_leaves;
    s->plan.tools = &s->tools;
    sy_status st = gather_units(r, err);
    r->all = sy_calloc(r->units.n * s->index->n_segments, sizeof *r->all);
    r->tables = sy_calloc(r->units.n, sizeof *r->tables);
    r->sums = sy_calloc(r->units.n + 1, sizeof *r->sums);
    r->scores = sy_calloc(SY_RANK_WINDOW, sizeof *r->scores);
    r->extras = sy_calloc(n_leaves, sizeof *r->extras);
    r->excluded = sy_calloc(n_leaves, sizeof *r->excluded);
    if (st == SY_OK &&
        (!r->all || !r->tables || !r->sums || !r->scores || !r->extras || !r->excluded))
        st = sy_fail_nomem(err);
    if (st == SY_OK)
        st = sy_units_weigh(r, err);
    if (r->fine.n > 0 && r->best.k < LOOKED_AT)
        r->best.k = LOOKED_AT;
    if (st == SY_OK)
        st = sy_extras_gather(r, err);
    if (st == SY_OK)
        st = rank_segments(r, err);
    if (st == SY_OK)
        sy_best_order(&r->best, r->best.n);
    if (st == SY_OK && r->fine.n > 0)
        st = look_again(r, err);
    s->ranked = true;
    s->best = r->best.items;
    s->n_best = st != SY_OK ? 0 : r->best.n < n ? r->best.n : (size_t)n;
    s->status = st;
    if (st != SY_OK && err)
        s->err = *err;
    sy_free(r->all);
    sy_free(r->tables);
    sy_free(r->sums);
    sy_free(r->scores);
    sy_free(r->extras);
    sy_free((void *)r->excluded);
    sy_free(r->units.items);
    sy_free(r->fine.items);
    sy_free(r);
    return st;
}
