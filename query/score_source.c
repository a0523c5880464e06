#include "query/score_source.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "query/unit_texts.h"
#include "store/file.h"
#include "store/scoring.h"
#include "store/term_key.h"

static uint64_t contribution(const sy_ranker *r, const sy_unit *u, int quarters, sy_docid doc)
{
    double norm = r->norms[r->lengths[doc]];
    return (uint64_t)(u->full * sy_score_share_of(quarters, norm) + .5);
}

/* The most that a bound of the segment stands for. */
static uint64_t most(const sy_ranker *r, const sy_unit *u, uint8_t bound)
{
    double share = bound / 255.0 * r->looser;
    return bound == 0 ? 0 : (uint64_t)(u->full * (share < 1 ? share : 1)) + 1;
}

/* A rare pair shares its list. */
static sy_status read_rare(sy_ranker *r, sy_score_source *src, const sy_postings_ref *ref,
                           uint64_t *df, sy_error *err)
{
    sy_cursor *cursor = sy_cursor_list(&r->s->walk->env, ref);
    return cursor ? sy_source_read(r, src, cursor, df, err) : sy_fail_nomem(err);
}

/* A word where the word lists are of another lexicon. */
static sy_status read_word(sy_ranker *r, sy_score_source *src, uint64_t *df, sy_error *err)
{
    sy_cursor *cursor;
    sy_status st = sy_plan_text(&r->s->plan, src->unit->text, &cursor, err);
    return st == SY_OK ? sy_source_read(r, src, cursor, df, err) : st;
}

sy_status sy_source_open(sy_ranker *r, sy_score_source *src, uint64_t *df, sy_error *err)
{
    const sy_unit *u = src->unit;
    sy_postings_ref ref;
    sy_status st;
    src->listed = true;
    src->n = 0;
    if (u->kind == SY_UNIT_WORD && r->live->other_words)
        return read_word(r, src, df, err);
    if (u->kind == SY_UNIT_WORD) {
        sy_buf *key = &r->s->plan.key;
        sy_term_key_word(key, u->text);
        st = key->len > SY_TERM_KEY_MAX
                 ? SY_OK
                 : sy_segment_term(r->seg, (sy_slice){sy_buf_cstr(key), key->len}, &ref, err);
        if (key->len > SY_TERM_KEY_MAX)
            ref = (sy_postings_ref){0};
    } else {
        uint32_t a, b;
        size_t n = sy_utf8_decode(u->text.data, u->text.len, &a);
        sy_utf8_decode(u->text.data + n, u->text.len - n, &b);
        st = sy_segment_bigram(r->seg, a, b, &ref, err);
    }
    if (st != SY_OK)
        return st;
    if (ref.merged)
        return read_rare(r, src, &ref, df, err);
    uint32_t own;
    st = sy_live_df(r->live, &ref, sy_segment_file(r->seg)->path, &own, err);
    if (st != SY_OK)
        return st;
    if (u->wanted != UINT64_MAX) {
        sy_field_filter *filter = sy_query_memory_take(r->s->memory, 1, sizeof *filter);
        if (!filter)
            return sy_fail_nomem(err);
        st = sy_segment_filter(r->seg, u->wanted, filter, err);
        if (st != SY_OK)
            return st;
        ref.filter = filter;
    }
    *df += own;
    sy_postings_init(&src->list, &ref);
    return SY_OK;
}

static int weakest_first(const void *a, const void *b)
{
    const sy_score_source *x = a, *y = b;
    if (x->max != y->max)
        return x->max < y->max ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

void sy_sources_start(sy_ranker *r)
{
    for (size_t i = 0; i < r->units.n; i++) {
        sy_score_source *src = &r->sources[i];
        src->bound_first = SY_DOC_END;
        if (src->listed) {
            src->max = most(r, src->unit, sy_postings_max(&src->list));
            src->doc = sy_postings_seek(&src->list, 0);
            continue;
        }
        for (uint32_t k = 0; k < src->n; k++) {
            uint64_t one = contribution(r, src->unit, src->quarters[k], src->docs[k]);
            src->max = one > src->max ? one : src->max;
        }
        src->doc = src->n > 0 ? src->docs[0] : SY_DOC_END;
    }
    if (r->units.n > 1)
        qsort(r->sources, r->units.n, sizeof *r->sources, weakest_first);
}

void sy_source_seek(sy_score_source *src, sy_docid target)
{
    if (src->doc >= target)
        return;
    if (src->listed) {
        src->doc = sy_postings_seek(&src->list, target);
        return;
    }
    while (src->i < src->n && src->docs[src->i] < target)
        src->i++;
    src->doc = src->i < src->n ? src->docs[src->i] : SY_DOC_END;
}

uint64_t sy_source_bound(const sy_ranker *r, sy_score_source *src, sy_docid target, sy_docid *last)
{
    if (!src->listed || src->doc == SY_DOC_END)
        return src->doc == SY_DOC_END ? 0 : src->max;
    if (target < src->bound_first || target > src->bound_last) {
        src->bound = sy_postings_bound(&src->list, target, &src->bound_last);
        src->bound_first = target;
    }
    *last = src->bound_last < *last ? src->bound_last : *last;
    return most(r, src->unit, src->bound);
}

sy_status sy_source_add_marked(sy_ranker *r, const sy_unit *u, sy_docid doc, sy_mark mark,
                               uint64_t *score, bool *has, sy_error *err)
{
    *has = true;
    int quarters = (int)sy_tf_of(mark.tf) * SY_WEIGHT_ONE;
    uint64_t *before = sy_source_remembered(r, u, doc, mark);
    if (before && *before > 0) {
        *score += *before;
        return SY_OK;
    }
    if (mark.set == SY_SET_UNKNOWN && (!r->plain || u->wanted != UINT64_MAX)) {
        uint32_t tf;
        uint64_t fields;
        sy_status st = sy_unit_read(r, u, doc, &tf, &fields, err);
        *has = st == SY_OK && (fields & u->wanted);
        if (!*has)
            return st;
        quarters += sy_field_extra(fields, r->weights);
    } else if (!r->plain) {
        quarters += mark.set == SY_SET_LONGEST
                        ? sy_field_extra(sy_segment_fields(r->seg, doc, mark.set), r->weights)
                        : r->set_extra[mark.set];
    }
    uint64_t own = contribution(r, u, quarters, doc);
    if (before)
        *before = own;
    *score += own;
    return SY_OK;
}

sy_status sy_source_add(sy_ranker *r, sy_score_source *src, uint64_t *score, bool *has,
                        sy_error *err)
{
    if (src->listed)
        return sy_source_add_marked(r, src->unit, src->doc, sy_postings_mark(&src->list), score,
                                    has, err);
    *has = true;
    *score += contribution(r, src->unit, src->quarters[src->i], src->doc);
    return SY_OK;
}

sy_status sy_sources_damage(const sy_ranker *r, sy_error *err)
{
    sy_status st = sy_ranker_cursor_damage(r, err);
    for (size_t i = 0; i < r->units.n && st == SY_OK; i++) {
        if (r->sources[i].listed)
            st = sy_postings_status(&r->sources[i].list, sy_segment_file(r->seg)->path, err);
    }
    return st;
}
