#include "query/search_internal.h"

#include "base/alloc.h"
#include "store/file.h"

/* Each segment is walked with cursors of its own, from its first hit on; whichever
 * walk is the first in corpus order hands out the next hit. Documents have places in that order,
 * which ascend in a segment. Nothing is gathered, and a segment is not entered before
 * its first document's turn, so whoever needs one hit pays for one. */

/* Where a regular expression took too long, and what was not searched for it. */
static sy_status tell_unsearched(const sy_walk *w, sy_docid doc, sy_error *err)
{
    const sy_search *s = w->search;
    uint64_t left = 0;
    sy_segment_doc document;
    sy_buf text = SY_BUF_INIT;
    for (size_t i = 0; i < s->index->n_segments; i++) {
        const sy_walk *one = &s->walks[i];
        if (!one->ended)
            left += sy_segment_n_records(one->segment) - (one == w ? doc : one->next);
    }
    if (left > s->index->n_records) /* deleted ones count in segments */
        left = s->index->n_records;
    sy_segment_doc_at(w->segment, sy_segment_doc_of(w->segment, doc), &document);
    sy_buf_append(&text, document.source.data, document.source.len);
    if (s->record.stored.line > 0)
        sy_buf_printf(&text, ":%u", s->record.stored.line);
    sy_error whole;
    sy_error_clear(&whole);
    sy_fail(&whole, SY_E_LIMIT, sy_buf_cstr(&text),
            "%s; up to %llu of %llu records were not searched", err->msg, (unsigned long long)left,
            (unsigned long long)s->index->n_records);
    sy_buf_release(&text);
    *err = whole;
    return SY_E_LIMIT;
}

static sy_status check_leaf(void *ctx, const void *leaf, sy_docid doc, bool *yes, sy_error *err)
{
    const sy_walk *w = ctx;
    sy_record_text *record = &w->search->record;
    *yes = false;
    w->search->checked++;
    sy_status st = sy_record_text_load(record, w->segment, doc, err);
    if (st == SY_OK)
        st = sy_match_record(leaf, record, yes, err);
    bool limit = st == SY_E_LIMIT && err && err->status == SY_E_LIMIT;
    return limit ? tell_unsearched(w, doc, err) : st;
}

static void expect_records(void *ctx, const sy_docid *docs, uint32_t n)
{
    const sy_walk *w = ctx;
    sy_segment_expect(w->segment, docs, n);
}

static void free_cursors(sy_walk *w)
{
    sy_query_memory_free(w->env.memory);
    w->env.memory = NULL;
    w->root = NULL;
    w->n_run = 0;
}

/* Moves w->place to that of record w->next, which is the first that is left. */
static void find_place(sy_walk *w)
{
    if (w->next < w->doc_end)
        return;
    sy_docid next = sy_live_from(w->live, w->next);
    sy_segment_doc doc;
    w->ended = next >= sy_segment_n_records(w->segment);
    if (w->ended)
        return;
    sy_segment_doc_at(w->segment, sy_segment_doc_of(w->segment, next), &doc);
    w->place = doc.place;
    w->doc_end = doc.first + doc.n_records;
}

void sy_search_restart(sy_search *s, const sy_node *node)
{
    size_t n = s->index->n_segments;
    s->node = node;
    s->walk = NULL;
    for (size_t i = 0; i < n; i++) {
        sy_walk *w = &s->walks[i];
        free_cursors(w);
        *w = (sy_walk){.search = s, .segment = s->index->segments[i], .live = &s->index->live[i]};
        if (n > 1)
            find_place(w);
    }
}

sy_status sy_search_enter(sy_search *s, size_t segment, sy_error *err)
{
    sy_walk *w = &s->walks[segment];
    free_cursors(w);
    w->env = (sy_cursor_env){.n_records = sy_segment_n_records(w->segment),
                             .live = w->live,
                             .where = sy_segment_file(w->segment)->path,
                             .check = check_leaf,
                             .expect = expect_records,
                             .ctx = w};
    sy_error_clear(&w->env.err);
    s->walk = w;
    s->plan.segment = w->segment;
    s->plan.tools = &s->tools;
    s->plan.leaves = s->leaves;
    s->plan.env = &w->env;
    return sy_query_memory_new(&w->env.memory, err);
}

void sy_search_leave(sy_search *s)
{
    free_cursors(s->walk);
}

/* Passes on what a damaged list left behind. */
static sy_status look_for_damage(const sy_search *s, sy_error *err)
{
    const sy_cursor_env *env = &s->walk->env;
    if (env->status != SY_OK && err && err->status == SY_OK)
        *err = env->err;
    return env->status;
}

sy_status sy_search_candidate(sy_search *s, sy_cursor *c, sy_docid from, sy_docid *at,
                              sy_error *err)
{
    const sy_cursor_env *env = &s->walk->env;
    for (;;) {
        *at = sy_cursor_seek(c, from);
        sy_status st = look_for_damage(s, err);
        if (st != SY_OK || *at == SY_DOC_END)
            return st;
        if (*at >= env->n_records)
            return sy_fail(err, SY_E_CORRUPT, env->where,
                           "a list names a record that does not exist");
        from = sy_live_from(env->live, *at);
        if (from == *at)
            return SY_OK;
    }
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

/* Goes on with the walk of a segment; opens its plan unless it is open. */
static sy_status go_on(sy_search *s, size_t i, sy_error *err)
{
    s->walk = &s->walks[i];
    if (s->walk->root)
        return SY_OK;
    sy_status st = sy_search_enter(s, i, err);
    if (st == SY_OK)
        st = sy_plan_node(&s->plan, s->node, &s->walk->root, err);
    if (st == SY_OK)
        s->listed += sy_cursor_cost(s->walk->root);
    return st;
}

/* Moves w->next to the next hit, or SY_DOC_END. Hits of one list are taken as they lie there. */
static sy_status seek_hit(sy_search *s, size_t i, sy_error *err)
{
    sy_walk *w = &s->walks[i];
    if (w->n_run > 0) {
        w->next = *w->run++;
        w->n_run--;
        return SY_OK;
    }
    sy_status st = go_on(s, i, err);
    if (st == SY_OK)
        st = sy_search_seek(s, w->root, w->next, &w->next, err);
    if (st != SY_OK || w->next == SY_DOC_END)
        return st;
    sy_docid end = sy_live_until(w->live, w->next);
    end = end < w->env.n_records ? end : w->env.n_records;
    w->n_run = sy_cursor_run(w->root, end, &w->run);
    if (w->n_run > 0) { /* the first is w->next */
        w->run++;
        w->n_run--;
    }
    return SY_OK;
}

/* Finds the walk's next hit, or its end. */
static sy_status find_hit(sy_search *s, size_t i, sy_error *err)
{
    sy_walk *w = &s->walks[i];
    sy_status st = seek_hit(s, i, err);
    if (st != SY_OK)
        return st;
    w->ended = w->next == SY_DOC_END;
    w->found = !w->ended;
    if (w->ended)
        free_cursors(w);
    else if (s->index->n_segments > 1)
        find_place(w);
    return SY_OK;
}

/* The walk that is the first in corpus order, or n_segments when all have ended. */
static size_t first_walk(const sy_search *s)
{
    size_t n = s->index->n_segments, first = n;
    for (size_t i = 0; i < n; i++) {
        if (!s->walks[i].ended && (first == n || s->walks[i].place < s->walks[first].place))
            first = i;
    }
    return first;
}

static sy_status next_hit(sy_search *s, bool *more, sy_hit *hit, sy_error *err)
{
    *more = false;
    for (;;) {
        size_t i = first_walk(s);
        if (i == s->index->n_segments)
            return SY_OK;
        sy_walk *w = &s->walks[i];
        if (w->found) {
            *hit = (sy_hit){w->segment, i, w->next++, 0, 0};
            w->found = false;
            *more = true;
            if (s->index->n_segments > 1)
                find_place(w);
            return SY_OK;
        }
        sy_status st = find_hit(s, i, err);
        if (st != SY_OK)
            return st;
    }
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
    s->tools.regex_most_ns = (int64_t)query->regex_seconds * 1000000000;
    s->record.tools = &s->tools;
    s->walks = sy_calloc(index->n_segments, sizeof *s->walks);
    sy_status st = s->walks ? sy_query_memory_new(&s->memory, err) : sy_fail_nomem(err);
    if (st == SY_OK) {
        sy_search_restart(s, query->root);
        s->leaves = sy_query_memory_take(s->memory, query->n_leaves, sizeof *s->leaves);
        s->positive = sy_query_memory_take(s->memory, query->n_leaves, sizeof *s->positive);
        if (!s->leaves || !s->positive)
            st = sy_fail_nomem(err);
        else
            mark_positive(query->root, true, s->positive);
    }
    for (; s->n_leaves < query->n_leaves && st == SY_OK; s->n_leaves++)
        st = sy_leaf_prepare(&s->tools, s->memory, query->leaves[s->n_leaves],
                             &s->leaves[s->n_leaves], err);
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

sy_status sy_search_next_run(sy_search *s, const sy_segment **segment, const sy_docid **docs,
                             uint32_t *n, sy_error *err)
{
    bool more;
    sy_hit hit;
    *n = 0;
    sy_status st = sy_search_next(s, &more, &hit, err);
    if (st != SY_OK || !more)
        return st;
    sy_walk *w = &s->walks[hit.segment_ordinal];
    *segment = hit.segment;
    *docs = &s->last;
    *n = 1;
    s->last = hit.docid;
    if (s->ranked || w->n_run == 0)
        return SY_OK;
    /* What is known lies behind the hit; of several segments that of its document is next. */
    sy_docid end = SY_DOC_END;
    if (s->index->n_segments > 1) {
        sy_segment_doc doc;
        sy_segment_doc_at(hit.segment, sy_segment_doc_of(hit.segment, hit.docid), &doc);
        end = doc.first + doc.n_records;
    }
    *docs = w->run - 1;
    while (w->n_run > 0 && *w->run < end) {
        w->next = *w->run++ + 1;
        w->n_run--;
        ++*n;
    }
    if (s->index->n_segments > 1)
        find_place(w);
    return SY_OK;
}

sy_status sy_search_record(sy_search *s, const sy_hit *hit, const sy_stored **out, sy_error *err)
{
    *out = NULL;
    sy_status st = sy_segment_record(hit->segment, hit->docid, &s->shown, err);
    if (st == SY_OK)
        *out = &s->shown;
    return st;
}

/* Counts what is left of a segment: from its lists alone, if that can be done. */
static sy_status count_segment(sy_search *s, size_t i, uint64_t *count, sy_error *err)
{
    sy_walk *w = &s->walks[i];
    uint64_t n = 0;
    if (w->ended)
        return SY_OK;
    sy_status st = go_on(s, i, err);
    if (st == SY_OK)
        w->ended = sy_cursor_count(w->root, &n);
    if (st == SY_OK)
        st = look_for_damage(s, err);
    while (st == SY_OK && !w->ended) {
        n += w->found;
        w->next += w->found;
        st = find_hit(s, i, err);
    }
    free_cursors(w);
    *count += n;
    return st;
}

sy_status sy_search_count(sy_search *s, uint64_t *count, sy_error *err)
{
    *count = s->ranked ? s->n_best - s->next_best : 0;
    s->next_best = s->n_best;
    if (s->status == SY_OK)
        sy_error_clear(&s->err);
    for (size_t i = 0; i < s->index->n_segments && !s->ranked && s->status == SY_OK; i++)
        s->status = count_segment(s, i, count, &s->err);
    if (s->status != SY_OK && err && err->status == SY_OK)
        *err = s->err;
    return s->status;
}

uint64_t sy_search_checked(const sy_search *s)
{
    return s->checked;
}

void sy_search_close(sy_search *s)
{
    if (!s)
        return;
    sy_record_text_release(&s->record);
    sy_stored_release(&s->shown);
    for (size_t i = 0; s->n_leaves > i; i++)
        sy_leaf_release(&s->leaves[i]);
    sy_free(s->best);
    sy_tools_release(&s->tools);
    sy_plan_release(&s->plan);
    for (size_t i = 0; s->walks && i < s->index->n_segments; i++)
        free_cursors(&s->walks[i]);
    sy_free(s->walks);
    sy_query_memory_free(s->memory);
    sy_spans_release(&s->spans);
    sy_norm_map_release(&s->map);
    sy_buf_release(&s->normal);
    sy_free(s);
}
