#include "query/rank_extras.h"

#include "base/alloc.h"

static const double PHRASE = .5; /* of the full weights of a term's parts */

static void add_extra(sy_ranker *r, const sy_node *node, uint64_t bonus, bool phrase)
{
    r->extras[r->n_extras++] = (sy_extra_leaf){.node = node, .bonus = bonus, .phrase = phrase};
    r->extra_bonus = sy_score_plus(r->extra_bonus, bonus);
}

/* The full weights of some terms together, each taken once; boosts do not count. */
static double weights_of(const sy_ranker *r, const sy_units *own)
{
    double full = 0;
    for (size_t u = 0; u < own->n; u++) {
        for (size_t k = 0; k < r->units.n; k++) {
            const sy_unit *one = &r->units.items[k];
            if (one->kind == own->items[u].kind && one->wanted == own->items[u].wanted &&
                sy_slice_equal(one->text, own->items[u].text))
                full += one->weight > 0 ? one->full / one->weight : 0;
        }
    }
    return full;
}

sy_status sy_extras_gather(sy_ranker *r, sy_error *err)
{
    sy_search *s = r->s;
    sy_status st = SY_OK;
    for (size_t i = 0; i < s->query->n_leaves && st == SY_OK; i++) {
        const sy_leaf *leaf = &s->leaves[i];
        const sy_node *node = s->query->leaves[i];
        if (!s->positive[i] || node->boost == 0 || leaf->rule == SY_RULE_ALL ||
            leaf->rule == SY_RULE_NOTHING)
            continue;
        sy_units own = {0};
        sy_slice text = sy_scored_text(leaf);
        if (text.len > 0)
            st = sy_units_add(s, text, sy_wanted_fields(leaf), 1, &own, err);
        bool phrase = leaf->rule == SY_RULE_SPREAD && leaf->n_words > 0 && !r->any;
        if (st == SY_OK && own.n == 0)
            add_extra(r, node, (uint64_t)(node->boost * SY_SCORE_ONE), false);
        else if (st == SY_OK && phrase)
            add_extra(r, node, (uint64_t)(PHRASE * node->boost * weights_of(r, &own)), true);
        sy_free(own.items);
    }
    return st;
}

sy_status sy_extras_open(sy_ranker *r, sy_error *err)
{
    sy_search *s = r->s;
    sy_status st = SY_OK;
    for (size_t i = 0; i < r->n_extras && st == SY_OK; i++) {
        if (!r->extras[i].phrase)
            st = sy_plan_node(&s->plan, r->extras[i].node, &r->extras[i].cursor, err);
    }
    const sy_node *root = s->query->root;
    r->n_excluded = 0;
    for (size_t i = 0; r->any && root->kind == SY_NODE_AND && i < root->n_children && st == SY_OK;
         i++) {
        const sy_node *child = root->children[i];
        if (child->kind == SY_NODE_NOT)
            st = sy_plan_node(&s->plan, child->children[0], &r->excluded[r->n_excluded++], err);
    }
    return st;
}

sy_status sy_extras_add(sy_ranker *r, sy_docid doc, uint64_t *bonus, bool *hit, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < r->n_extras && st == SY_OK; i++) {
        const sy_extra_leaf *e = &r->extras[i];
        const sy_leaf *leaf = &r->s->leaves[e->node->leaf];
        bool yes = false;
        if (e->phrase) {
            st = sy_record_text_load(&r->s->record, r->seg, doc, err);
            sy_leaf part = *leaf; /* rule 1 for the text of rule 2 */
            part.rule = SY_RULE_PART;
            part.by_name = false;
            if (st == SY_OK)
                st = sy_match_record(&part, &r->s->record, &yes, err);
        } else {
            sy_docid at;
            st = sy_search_try(r->s, e->cursor, doc, &yes, &at, err);
            yes &= at == doc;
        }
        *hit |= yes;
        if (yes)
            *bonus += e->bonus;
    }
    return st;
}

sy_status sy_extras_excluded(sy_ranker *r, sy_docid doc, bool *out, sy_error *err)
{
    sy_status st = SY_OK;
    *out = false;
    for (size_t i = 0; i < r->n_excluded && !*out && st == SY_OK; i++) {
        bool yes;
        sy_docid at;
        st = sy_search_try(r->s, r->excluded[i], doc, &yes, &at, err);
        *out = yes && at == doc;
    }
    return st;
}
