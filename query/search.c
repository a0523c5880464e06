#include "query/search_internal.h"

#include "base/alloc.h"
#include "store/file.h"

/* Segments are walked one after the other in corpus order, each with cursors of
 * its own that are freed when it ends. Nothing is gathered: a hit is handed out
 * as soon as it is found, so whoever needs one hit pays for one. */

static sy_status check_leaf(void *ctx, const void *leaf, sy_docid doc, bool *yes, sy_error *err)
{
    sy_search *s = ctx;
    *yes = false;
    sy_status st = sy_record_text_load(&s->record, s->plan.segment, doc, err);
    return st == SY_OK ? sy_match_record(leaf, &s->record, yes, err) : st;
}

void sy_search_restart(sy_search *s, const sy_node *node)
{
    s->node = node;
    s->segment = 0;
    s->next = 0;
    s->root = NULL;
}

sy_status sy_search_enter(sy_search *s, size_t segment, sy_error *err)
{
    const sy_segment *seg = s->index->segments[segment];
    sy_query_memory_free(s->env.memory);
    s->root = NULL;
    s->env = (sy_cursor_env){.n_records = sy_segment_n_records(seg),
                             .where = sy_segment_file(seg)->path,
                             .check = check_leaf,
                             .ctx = s};
    sy_error_clear(&s->env.err);
    s->plan.segment = seg;
    s->plan.tools = &s->tools;
    s->plan.leaves = s->leaves;
    s->plan.env = &s->env;
    return sy_query_memory_new(&s->env.memory, err);
}

/* Passes on what a damaged list left behind. */
static sy_status look_for_damage(const sy_search *s, sy_error *err)
{
    if (s->env.status != SY_OK && err && err->status == SY_OK)
        *err = s->env.err;
    return s->env.status;
}

sy_status sy_search_candidate(sy_search *s, sy_cursor *c, sy_docid from, sy_docid *at,
                              sy_error *err)
{
    *at = sy_cursor_seek(c, from);
    sy_status st = look_for_damage(s, err);
    if (st != SY_OK || *at == SY_DOC_END)
        return st;
    if (*at >= s->env.n_records)
        return sy_fail(err, SY_E_CORRUPT, s->env.where,
                       "a list names a record that does not exist");
    return SY_OK;
}

sy_status sy_search_try(sy_search *s, sy_cursor *c, sy_docid from, bool *yes, sy_docid *at,
                        sy_error *err)
{
    *yes = false;
    sy_status st = sy_search_candidate(s, c, from, at, err);
    if (st != SY_OK || *at == SY_DOC_END)
        return st;
    st = sy_cursor_confirm(c, yes, err);
    return st == SY_OK ? look_for_damage(s, err) : st;
}

sy_status sy_search_seek(sy_search *s, sy_cursor *c, sy_docid from, sy_docid *out, sy_error *err)
{
    for (;;) {
        bool yes;
        sy_status st = sy_search_try(s, c, from, &yes, out, err);
        if (st != SY_OK || yes || *out == SY_DOC_END)
            return st;
        from = *out + 1;
    }
}

/* Opens the plan of the current segment unless it is open. */
static sy_status open_segment(sy_search *s, sy_error *err)
{
    if (s->root)
        return SY_OK;
    s->next = 0;
    sy_status st = sy_search_enter(s, s->segment, err);
    return st == SY_OK ? sy_plan_node(&s->plan, s->node, &s->root, err) : st;
}

static sy_status next_hit(sy_search *s, bool *more, sy_hit *hit, sy_error *err)
{
    *more = false;
    for (; s->segment < s->index->n_segments; s->segment++) {
        sy_status st = open_segment(s, err);
        sy_docid doc = SY_DOC_END;
        if (st == SY_OK)
            st = sy_search_seek(s, s->root, s->next, &doc, err);
        if (st != SY_OK)
            return st;
        if (doc != SY_DOC_END) {
            *hit = (sy_hit){s->index->segments[s->segment], s->segment, doc, 0, 0};
            *more = true;
            s->next = doc + 1;
            return SY_OK;
        }
        s->root = NULL;
    }
    return SY_OK;
}

/* Marks the leaves that stand under an even number of NOTs. */
static void mark_positive(const sy_node *node, bool positive, bool *marks)
{
    if (node->kind == SY_NODE_NOT)
        positive = !positive;
    if (node->kind >= SY_NODE_ALL)
        marks[node->leaf] = positive;
    for (size_t i = 0; i < node->n_children; i++)
        mark_positive(node->children[i], positive, marks);
}

sy_status sy_search_open(const sy_index *index, const sy_query *query, sy_search **out,
                         sy_error *err)
{
    *out = NULL;
    sy_search *s = sy_calloc(1, sizeof *s);
    if (!s)
        return sy_fail_nomem(err);
    s->index = index;
    s->query = query;
    s->tools.index = index;
    s->record.tools = &s->tools;
    sy_search_restart(s, query->root);
    sy_status st = sy_query_memory_new(&s->memory, err);
    if (st == SY_OK) {
        s->leaves = sy_query_memory_take(s->memory, query->n_leaves, sizeof *s->leaves);
        s->positive = sy_query_memory_take(s->memory, query->n_leaves, sizeof *s->positive);
        if (!s->leaves || !s->positive)
            st = sy_fail_nomem(err);
        else
            mark_positive(query->root, true, s->positive);
    }
    for (size_t i = 0; i < query->n_leaves && st == SY_OK; i++)
        st = sy_leaf_prepare(&s->tools, s->memory, query->leaves[i], &s->leaves[i], err);
    if (st != SY_OK) {
        sy_search_close(s);
        return st;
    }
    *out = s;
    return SY_OK;
}

sy_status sy_search_next(sy_search *s, bool *more, sy_hit *hit, sy_error *err)
{
    *more = s->ranked && s->next_best < s->n_best;
    if (*more)
        *hit = s->best[s->next_best++];
    if (s->status == SY_OK && !s->ranked) {
        sy_error_clear(&s->err);
        s->status = next_hit(s, more, hit, &s->err);
    }
    if (s->status != SY_OK && err && err->status == SY_OK)
        *err = s->err;
    return s->status;
}

sy_status sy_search_head(sy_search *s, const sy_hit *hit, const sy_stored **out, sy_error *err)
{
    *out = NULL;
    sy_status st = sy_segment_coded(hit->segment, hit->docid, &s->shown, err);
    if (st == SY_OK)
        *out = &s->shown;
    return st;
}

sy_status sy_search_record(sy_search *s, const sy_hit *hit, const sy_stored **out, sy_error *err)
{
    *out = NULL;
    sy_status st = sy_segment_record(hit->segment, hit->docid, &s->shown, err);
    if (st == SY_OK)
        *out = &s->shown;
    return st;
}

/* Counts what is left of the current segment from its lists alone, and goes on to
 * the next segment, if that can be done. */
static sy_status count_segment(sy_search *s, bool *done, uint64_t *count, sy_error *err)
{
    uint64_t n;
    *done = false;
    sy_status st = open_segment(s, err);
    if (st == SY_OK)
        *done = sy_cursor_count(s->root, &n);
    if (st == SY_OK)
        st = look_for_damage(s, err);
    if (st != SY_OK || !*done)
        return st;
    *count += n;
    s->root = NULL;
    s->segment++;
    return SY_OK;
}

sy_status sy_search_count(sy_search *s, uint64_t *count, sy_error *err)
{
    *count = 0;
    bool more = !s->ranked;
    if (s->ranked)
        *count = s->n_best - s->next_best;
    while (more && s->status == SY_OK) {
        bool done = false;
        if (s->segment < s->index->n_segments) {
            sy_error_clear(&s->err);
            s->status = count_segment(s, &done, count, &s->err);
        }
        if (done || s->status != SY_OK)
            continue;
        sy_hit hit;
        sy_status st = sy_search_next(s, &more, &hit, err);
        if (st != SY_OK)
            return st;
        *count += more;
    }
    if (s->status != SY_OK && err && err->status == SY_OK)
        *err = s->err;
    return s->status;
}

void sy_search_close(sy_search *s)
{
    if (!s)
        return;
    sy_record_text_release(&s->record);
    sy_stored_release(&s->shown);
    sy_free(s->best);
    sy_tools_release(&s->tools);
    sy_plan_release(&s->plan);
    sy_query_memory_free(s->env.memory);
    sy_query_memory_free(s->memory);
    sy_spans_release(&s->spans);
    sy_norm_map_release(&s->map);
    sy_buf_release(&s->normal);
    sy_free(s);
}
