#include "query/rank_windows.h"

#include "query/rank_extras.h"
#include "query/score_source.h"
#include "store/file.h"

enum {
    PROBE_COST = 12 /* postings that are added up in the time in which a record is looked up */
};

/* The first record >= from of a source from `first` on or of an extra. */
static sy_status next_listed(sy_ranker *r, size_t first, sy_docid from, sy_docid *out,
                             sy_error *err)
{
    sy_status st = SY_OK;
    *out = SY_DOC_END;
    for (size_t i = first; i < r->units.n; i++) {
        sy_source_seek(&r->sources[i], from);
        *out = r->sources[i].doc < *out ? r->sources[i].doc : *out;
    }
    for (size_t i = 0; i < r->n_extras && st == SY_OK; i++) {
        sy_docid at;
        st = sy_search_candidate(r->s, r->extras[i].cursor, from, &at, err);
        *out = at < *out ? at : *out;
    }
    if (st == SY_OK && *out != SY_DOC_END && *out >= sy_segment_n_records(r->seg))
        st = sy_fail(err, SY_E_CORRUPT, sy_segment_file(r->seg)->path,
                     "a list names a record that does not exist");
    return st;
}

/* Scores a candidate. `score` is what the sources from `first` on add, sums[i] the most that
 * sources 0 to i - 1 do; hit: a source has it. */
static sy_status score_union(sy_ranker *r, size_t first, sy_docid doc, uint64_t score, bool hit,
                             sy_error *err)
{
    uint64_t bonus = 0;
    bool out = false;
    sy_status st = SY_OK;
    for (size_t i = first; i-- > 0 && st == SY_OK;) {
        sy_score_source *src = &r->sources[i];
        if (r->prune &&
            sy_best_hopeless(&r->best,
                             sy_score_plus(score, sy_score_plus(r->sums[i + 1], r->extra_bonus))))
            return SY_OK;
        sy_source_seek(src, doc);
        bool has = false;
        if (src->doc == doc)
            st = sy_source_add(r, src, &score, &has, err);
        hit |= has;
    }
    if (st == SY_OK && r->n_extras > 0)
        st = sy_extras_add(r, doc, &bonus, &hit, err);
    score += bonus;
    if (st == SY_OK && hit && !sy_best_hopeless(&r->best, score))
        st = sy_extras_excluded(r, doc, &out, err);
    return st == SY_OK && hit && !out ? sy_ranker_keep(r, doc, score, bonus, err) : st;
}

static sy_status add_run(sy_ranker *r, const sy_unit *u, const sy_posting_run *run, sy_docid base,
                         sy_error *err)
{
    sy_status st = SY_OK;
    for (uint32_t i = 0; i < run->n && st == SY_OK; i++) {
        uint32_t at = run->docs[i] - base;
        sy_mark mark = {run->tfs[i], run->sets[i]};
        const uint64_t *before = sy_source_remembered(r, u, run->docs[i], mark);
        bool has = true;
        if (before && *before > 0)
            r->scores[at] += *before;
        else
            st = sy_source_add_marked(r, u, run->docs[i], mark, &r->scores[at], &has, err);
        r->touched[at / 64] |= (uint64_t)has << at % 64;
    }
    return st;
}

/* Adds up what a source adds to the records from `base` on and below `end`. The list is left on
 * the last of them, so that the block behind it need not be read. */
static sy_status add_up(sy_ranker *r, sy_score_source *src, sy_docid base, sy_docid end,
                        sy_error *err)
{
    sy_status st = SY_OK;
    for (sy_source_seek(src, base); src->doc < end && st == SY_OK;
         sy_source_seek(src, src->doc + 1)) {
        if (src->listed) {
            sy_posting_run run;
            sy_postings_run(&src->list, end, &run);
            st = add_run(r, src->unit, &run, base, err);
            src->doc = run.docs[run.n - 1];
        } else {
            uint32_t at = src->doc - base;
            bool has;
            st = sy_source_add(r, src, &r->scores[at], &has, err);
            r->touched[at / 64] |= (uint64_t)has << at % 64;
        }
        if (src->doc + 1 == end)
            break;
    }
    return st;
}

/* What the sources that were added up, those from `first` on, must add to a record at least, so
 * that it can be among the best. */
static uint64_t least_added(const sy_ranker *r, size_t first)
{
    uint64_t others = sy_score_plus(r->sums[first], r->extra_bonus),
             least = r->prune ? sy_best_least(&r->best) : 0;
    return least > others ? least - others : 0;
}

/* How many records of a window that begins at `base` can be among the best. */
static size_t count_hopeful(const sy_ranker *r, size_t first, uint32_t len)
{
    uint64_t least = least_added(r, first);
    size_t n = 0;
    for (size_t w = 0; w <= (len - 1) / 64; w++) {
        for (uint64_t bits = r->touched[w]; bits != 0; bits &= bits - 1)
            n += r->scores[w * 64 + (unsigned)__builtin_ctzll(bits)] >= least;
    }
    return n;
}

/* Adds up sources before `first` while that is faster than to look up what they have. Returns the
 * first one that was added up. */
static sy_status add_weaker(sy_ranker *r, size_t *first, sy_docid base, sy_docid end, sy_error *err)
{
    sy_status st = SY_OK;
    while (*first > 0 && st == SY_OK) {
        sy_score_source *src = &r->sources[*first - 1];
        double part = (double)(end - base) / sy_segment_n_records(r->seg);
        double postings = part * (src->listed ? src->list.n_all : src->n);
        if ((double)count_hopeful(r, *first, end - base) * PROBE_COST < postings)
            break;
        st = add_up(r, src, base, end, err);
        --*first;
    }
    return st;
}

/* Scores the records that were added up, of the sources from `first` on. */
static sy_status score_window(sy_ranker *r, size_t first, sy_docid base, sy_docid end,
                              sy_error *err)
{
    uint64_t least = least_added(r, first);
    for (size_t w = 0; w <= (end - base - 1) / 64; w++) {
        for (uint64_t bits = r->touched[w]; bits != 0; bits &= bits - 1) {
            size_t at = w * 64 + (unsigned)__builtin_ctzll(bits);
            uint64_t score = r->scores[at];
            sy_docid doc = base + (sy_docid)at;
            r->scores[at] = 0;
            if (score < least || sy_live_from(r->live, doc) != doc)
                continue;
            sy_status st = score_union(r, first, doc, score, true, err);
            if (st != SY_OK)
                return st;
            least = least_added(r, first);
        }
        r->touched[w] = 0;
    }
    return SY_OK;
}

/* The records of a window from `base` to `end`, or to where *end then is. The cursors of extras do
 * not go back: it ends before the next candidate of one, or is that record alone. */
static sy_status walk_window(sy_ranker *r, size_t first, sy_docid base, sy_docid *end,
                             sy_error *err)
{
    bool extra = false;
    sy_status st = SY_OK;
    *end = *end - base < SY_RANK_WINDOW ? *end : base + SY_RANK_WINDOW;
    if (*end > sy_segment_n_records(r->seg)) /* what a damaged list has behind it is found next */
        *end = sy_segment_n_records(r->seg);
    for (size_t i = 0; i < r->n_extras && st == SY_OK; i++) {
        sy_docid at;
        st = sy_search_candidate(r->s, r->extras[i].cursor, base, &at, err);
        extra |= at == base;
        *end = at > base && at < *end ? at : *end;
    }
    *end = extra ? base + 1 : *end;
    for (size_t i = first; i < r->units.n && st == SY_OK; i++)
        st = add_up(r, &r->sources[i], base, *end, err);
    if (st == SY_OK)
        st = add_weaker(r, &first, base, *end, err);
    if (st == SY_OK && extra && r->touched[0] == 0)
        return score_union(r, first, base, 0, false, err);
    return st == SY_OK ? score_window(r, first, base, *end, err) : st;
}

/* How much the sources can add to records from `from` on, at most: r->sums, for all up to *last.
 * Returns the first source that a record among the best must have, or one behind it. */
static size_t bound_sources(sy_ranker *r, sy_docid from, sy_docid *last)
{
    size_t first = 0;
    bool full = r->prune && r->best.n == r->best.k;
    r->sums[0] = 0;
    for (size_t i = 0; i < r->units.n; i++) {
        uint64_t bound = r->sources[i].max, before = sy_score_plus(r->sums[i], r->extra_bonus);
        /* Where all of the list can be left to looking up, its blocks do not matter. */
        if (full && !(first == i && sy_best_hopeless(&r->best, sy_score_plus(before, bound))))
            bound = sy_source_bound(r, &r->sources[i], from, last);
        r->sums[i + 1] = sy_score_plus(r->sums[i], bound);
        first += full && first == i && sy_best_hopeless(&r->best, sy_score_plus(before, bound));
    }
    return first;
}

sy_status sy_rank_windows(sy_ranker *r, sy_error *err)
{
    sy_docid last;
    for (sy_docid from = 0; from < SY_DOC_END; from = last + 1) {
        sy_docid doc, end;
        last = SY_DOC_END - 1;
        size_t first = bound_sources(r, from, &last);
        if (first == r->units.n && first > 0) /* all together are not enough */
            continue;
        sy_status st = next_listed(r, first, from, &doc, err);
        if (st != SY_OK)
            return st;
        if (doc > last)
            continue;
        end = last + 1;
        st = walk_window(r, first, doc, &end, err);
        if (st != SY_OK)
            return st;
        last = end - 1;
    }
    return SY_OK;
}
