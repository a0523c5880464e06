#include "query/best_hits.h"
#include "query/second_look.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "store/file.h"
#include "store/scoring.h"
#include "store/term_key.h"

/* Two ways to the candidates. Where the records of the scored terms are the answer, they are
 * taken window by window, which ends where a block of a list does: the postings of the terms
 * that still matter there are added up in an array, and the others only looked up for records
 * that they can lift among the best (MAXSCORE, with the bounds of blocks). Else the cursors of the
 * query propose, and a candidate is looked at only if the blocks it lies in can lift it. */

enum {
    LENGTHS = 256,
    SETS = 256,
    LOOKED_AT = 300, /* of the best, once more */
    WINDOW = 4096,   /* records that are added up at once, at most */
    TABLED = 4,      /* frequency codes whose contributions are remembered */
    PROBE_COST = 12  /* postings that are added up in the time in which a record is looked up */
};

static const double PHRASE = .5; /* of the full weights of a term's parts */

/* Where one scored term stands in the current segment. */
typedef struct source {
    const sy_unit *unit;
    bool listed;      /* by its list; else by docs */
    sy_postings list; /* listed */
    sy_docid *docs;   /* of a rare term: its records, found by their texts */
    int *quarters;    /* how often it stands in each */
    uint32_t n, i;
    sy_docid doc;        /* where it stands; SY_DOC_END at the end */
    uint64_t max;        /* no contribution is larger */
    uint8_t bound;       /* of the block up to `bound_last` */
    sy_docid bound_last; /* ... and from bound_first on */
    sy_docid bound_first;
} source;

/* A part of the query that is not scored by its text but counts if it matches. */
typedef struct extra_leaf {
    const sy_node *node;
    sy_cursor *cursor;
    uint64_t bonus;
    bool phrase; /* the text of the leaf, looked for in records that match */
} extra_leaf;

typedef struct ranker {
    sy_search *s;
    bool any, prune;
    sy_best_hits best;
    sy_units units;
    sy_units fine; /* of the second look */
    double average;
    double norms[LENGTHS];
    extra_leaf *extras;
    size_t n_extras;
    uint64_t extra_bonus; /* of all extras together */
    /* the current segment */
    size_t ordinal;
    const sy_segment *seg;
    const sy_live *live;
    const uint8_t *weights;
    const uint8_t *lengths; /* codes, of each record */
    double looser;          /* by how much its bounds are too low for the average of all */
    int set_extra[SETS];
    bool plain;      /* no field of it adds to a frequency */
    source *sources; /* [units.n] of each segment, one behind the other; the segment's own */
    source *all;
    /* Of each unit what frequency codes below TABLED contribute in records of each length; 0: not
     * worked out yet. */
    uint64_t (*tables)[TABLED][LENGTHS];
    uint64_t *sums;   /* [units.n + 1] of walk_units: see there */
    uint64_t *scores; /* [WINDOW], 0 between windows; and which of them were touched */
    uint64_t touched[WINDOW / 64];
    sy_cursor **excluded;
    size_t n_excluded;
} ranker;

/* ---- scored terms of a segment ---- */

static sy_status keep(ranker *r, sy_docid doc, uint64_t score, uint64_t bonus, sy_error *err)
{
    return sy_best_keep(&r->best, (sy_hit){r->seg, r->ordinal, doc, score, bonus}, err);
}

static uint64_t contribution(const ranker *r, const sy_unit *u, int quarters, sy_docid doc)
{
    double norm = r->norms[r->lengths[doc]];
    return (uint64_t)(u->full * sy_score_share_of(quarters, norm) + .5);
}

/* The most that a bound of the segment stands for. */
static uint64_t most(const ranker *r, const sy_unit *u, uint8_t bound)
{
    double share = bound / 255.0 * r->looser;
    return bound == 0 ? 0 : (uint64_t)(u->full * (share < 1 ? share : 1)) + 1;
}

/* How often a pair stands in a text; overlapping ones count. */
static uint32_t occurrences(sy_slice pair, sy_slice text)
{
    uint32_t n = 0;
    size_t step = 1;
    for (size_t at = 0; at + pair.len <= text.len; at += step) {
        const char *found = memmem(text.data + at, text.len - at, pair.data, pair.len);
        if (!found)
            break;
        n++;
        at = (size_t)(found - text.data);
    }
    return n;
}

/* How often a word stands in a text, as a token. */
static sy_status count_tokens(ranker *r, sy_slice word, sy_text *text, uint32_t *n, sy_error *err)
{
    *n = 0;
    if (text->normal.len < word.len ||
        !memmem(text->normal.data, text->normal.len, word.data, word.len))
        return SY_OK;
    sy_status st = sy_text_cut(text, &r->s->tools, err);
    for (size_t i = 0; st == SY_OK && i < text->n_tokens; i++) {
        const sy_token *t = &text->tokens[i];
        sy_slice token = {text->normal.data + t->start, t->end - t->start};
        *n += t->kind != SY_TOKEN_MARK && sy_slice_equal(token, word);
    }
    return st;
}

/* Reads a record: how often a pair or word stands in it, and in which fields. */
static sy_status read_unit(ranker *r, const sy_unit *u, sy_docid doc, uint32_t *tf,
                           uint64_t *fields, sy_error *err)
{
    sy_record_text *record = &r->s->record;
    *tf = 0;
    *fields = 0;
    sy_status st = sy_record_text_load(record, r->seg, doc, err);
    for (size_t i = 0; st == SY_OK && i < record->stored.n_values; i++) {
        sy_text *text;
        st = sy_record_text_normal(record, i, &text, err);
        uint32_t n = 0;
        if (st == SY_OK && u->kind == SY_UNIT_WORD)
            st = count_tokens(r, u->text, text, &n, err);
        else if (st == SY_OK)
            n = occurrences(u->text, text->normal);
        *tf += n;
        if (n > 0)
            *fields |= UINT64_C(1) << sy_field_bit(record->stored.values[i].field);
    }
    return st;
}

/* Finds the records of a term by their texts; adds to *df. They are among those of `cursor`,
 * one of the segment entered. */
static sy_status read_records(ranker *r, source *src, sy_cursor *cursor, uint64_t *df,
                              sy_error *err)
{
    uint64_t most = sy_cursor_cost(cursor);
    most = most < r->live->n_records ? most : r->live->n_records;
    src->listed = false;
    src->docs = sy_query_memory_take(r->s->memory, (size_t)most, sizeof *src->docs);
    src->quarters = sy_query_memory_take(r->s->memory, (size_t)most, sizeof *src->quarters);
    if (!src->docs || !src->quarters)
        return sy_fail_nomem(err);
    for (sy_docid d = 0;; d++) {
        uint32_t tf;
        uint64_t fields;
        sy_status st = sy_search_candidate(r->s, cursor, d, &d, err);
        if (st == SY_OK && d != SY_DOC_END)
            st = read_unit(r, src->unit, d, &tf, &fields, err);
        if (st != SY_OK || d == SY_DOC_END)
            return st;
        *df += tf > 0;
        if (tf == 0 || !(fields & src->unit->wanted))
            continue;
        if (src->n == most)
            return sy_fail(err, SY_E_CORRUPT, sy_segment_file(r->seg)->path,
                           "a list is longer than it says");
        src->docs[src->n] = d;
        src->quarters[src->n++] =
            (int)sy_tf_of(sy_tf_code(tf)) * SY_WEIGHT_ONE + sy_field_extra(fields, r->weights);
    }
}

/* A rare pair shares its list. */
static sy_status read_rare(ranker *r, source *src, const sy_postings_ref *ref, uint64_t *df,
                           sy_error *err)
{
    sy_cursor *cursor = sy_cursor_list(&r->s->walk->env, ref);
    return cursor ? read_records(r, src, cursor, df, err) : sy_fail_nomem(err);
}

/* A word where the word lists are of another lexicon. */
static sy_status read_word(ranker *r, source *src, uint64_t *df, sy_error *err)
{
    sy_cursor *cursor;
    sy_status st = sy_plan_text(&r->s->plan, src->unit->text, &cursor, err);
    return st == SY_OK ? read_records(r, src, cursor, df, err) : st;
}

/* What a damaged list left behind in the cursors of the segment entered. */
static sy_status cursor_damage(const ranker *r, sy_error *err)
{
    const sy_cursor_env *env = &r->s->walk->env;
    if (env->status != SY_OK && err && err->status == SY_OK)
        *err = env->err;
    return env->status;
}

/* Looks the term up in the current segment; adds the records that have it to *df. */
static sy_status open_source(ranker *r, source *src, uint64_t *df, sy_error *err)
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

static void enter_segment(ranker *r, size_t i)
{
    r->ordinal = i;
    r->seg = r->s->index->segments[i];
    r->live = &r->s->index->live[i];
    r->sources = r->all + i * r->units.n;
    r->weights = sy_segment_weights(r->seg);
    r->lengths = sy_segment_lengths(r->seg);
    uint32_t n = sy_segment_n_records(r->seg);
    double own = n > 0 ? (double)sy_segment_total_length(r->seg) / n : 0;
    /* A share grows with the average, at most in the same proportion. */
    r->looser = own > 0 && r->average > own ? r->average / own : 1;
    for (unsigned set = 0; set < SETS; set++) {
        uint64_t fields = sy_segment_fields(r->seg, 0, (uint8_t)set);
        bool known = set != SY_SET_UNKNOWN && set != SY_SET_LONGEST;
        r->set_extra[set] = known ? sy_field_extra(fields, r->weights) : 0;
    }
    r->plain = true;
    for (unsigned bit = 0; bit < SY_FIELD_BITS; bit++)
        r->plain &= r->weights[bit] == SY_WEIGHT_ONE;
    /* Bounds do not know what fields add that have no code: such postings can have all. */
    if (!r->plain && sy_segment_fields(r->seg, 0, SY_FIELD_SETS_MAX) != 0)
        r->looser = UINT8_MAX;
}

/* Looks all terms up in all segments, and counts in how many records each stands. */
static sy_status look_up(ranker *r, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < r->s->index->n_segments && st == SY_OK; i++) {
        enter_segment(r, i);
        st = sy_search_enter(r->s, i, err);
        if (st == SY_OK)
            st = sy_segment_need_facts(r->seg, err);
        for (size_t u = 0; u < r->units.n && st == SY_OK; u++) {
            source *src = &r->sources[u];
            src->unit = &r->units.items[u];
            st = open_source(r, src, &r->units.items[u].df, err);
        }
        sy_search_leave(r->s);
    }
    return st;
}

/* Adds the records of a segment that have a character. */
static sy_status add_character(ranker *r, size_t i, sy_unit *u, sy_error *err)
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
        st = cursor_damage(r, err);
    sy_search_leave(r->s);
    return st;
}

/* Records that have a character, over all segments. */
static sy_status count_character(ranker *r, sy_unit *u, sy_error *err)
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
static void weigh(ranker *r)
{
    double n = 0, total = 0;
    for (size_t i = 0; i < r->s->index->n_segments; i++) {
        n += r->s->index->live[i].n_records;
        total += (double)r->s->index->live[i].length;
    }
    r->average = n > 0 ? total / n : 0;
    for (unsigned code = 0; code < LENGTHS; code++)
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

/* What the term adds to a record where its list has a mark, as it was worked out before; NULL if
 * that does not depend on the length of the record and the frequency alone. */
static inline uint64_t *remembered(const ranker *r, const sy_unit *u, sy_docid doc, sy_mark mark)
{
    bool known = mark.set != SY_SET_UNKNOWN || u->wanted == UINT64_MAX;
    if (!r->plain || !known || mark.tf >= TABLED)
        return NULL;
    return &r->tables[u - r->units.items][mark.tf][r->lengths[doc]];
}

/* Adds what the term adds to a record where its list has a mark. *has: it stands in a field that is
 * wanted; of a set without a code only the text says so. */
static sy_status add_marked(ranker *r, const sy_unit *u, sy_docid doc, sy_mark mark,
                            uint64_t *score, bool *has, sy_error *err)
{
    *has = true;
    int quarters = (int)sy_tf_of(mark.tf) * SY_WEIGHT_ONE;
    uint64_t *before = remembered(r, u, doc, mark);
    if (before && *before > 0) {
        *score += *before;
        return SY_OK;
    }
    if (mark.set == SY_SET_UNKNOWN && (!r->plain || u->wanted != UINT64_MAX)) {
        uint32_t tf;
        uint64_t fields;
        sy_status st = read_unit(r, u, doc, &tf, &fields, err);
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

/* What the term adds to the record where it stands; *has as in add_marked. */
static sy_status add_source(ranker *r, source *src, uint64_t *score, bool *has, sy_error *err)
{
    if (src->listed)
        return add_marked(r, src->unit, src->doc, sy_postings_mark(&src->list), score, has, err);
    *has = true;
    *score += contribution(r, src->unit, src->quarters[src->i], src->doc);
    return SY_OK;
}

static void seek_source(source *src, sy_docid target)
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

static int weakest_first(const void *a, const void *b)
{
    const source *x = a, *y = b;
    if (x->max != y->max)
        return x->max < y->max ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Puts all terms before their first record, the weakest first. */
static void start_sources(ranker *r)
{
    for (size_t i = 0; i < r->units.n; i++) {
        source *src = &r->sources[i];
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

/* The most that the term can add to the first record >= target that has it; *last is
 * lowered to the last docid for which that holds. */
static uint64_t bound_at(const ranker *r, source *src, sy_docid target, sy_docid *last)
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

static sy_status look_for_damage(const ranker *r, sy_error *err)
{
    sy_status st = cursor_damage(r, err);
    for (size_t i = 0; i < r->units.n && st == SY_OK; i++) {
        if (r->sources[i].listed)
            st = sy_postings_status(&r->sources[i].list, sy_segment_file(r->seg)->path, err);
    }
    return st;
}

/* ---- parts of the query without scored terms ---- */

/* Adds up the bonus of each extra that the record matches; *hit becomes true if one does. */
static sy_status add_extras(ranker *r, sy_docid doc, uint64_t *bonus, bool *hit, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < r->n_extras && st == SY_OK; i++) {
        const extra_leaf *e = &r->extras[i];
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

static sy_status is_excluded(ranker *r, sy_docid doc, bool *out, sy_error *err)
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

/* ---- candidates from the scored terms ---- */

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a + b < a ? UINT64_MAX : a + b;
}

/* The first record >= from of a source from `first` on or of an extra. */
static sy_status next_listed(ranker *r, size_t first, sy_docid from, sy_docid *out, sy_error *err)
{
    sy_status st = SY_OK;
    *out = SY_DOC_END;
    for (size_t i = first; i < r->units.n; i++) {
        seek_source(&r->sources[i], from);
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
static sy_status score_union(ranker *r, size_t first, sy_docid doc, uint64_t score, bool hit,
                             sy_error *err)
{
    uint64_t bonus = 0;
    bool out = false;
    sy_status st = SY_OK;
    for (size_t i = first; i-- > 0 && st == SY_OK;) {
        source *src = &r->sources[i];
        if (r->prune &&
            sy_best_hopeless(&r->best, plus(score, plus(r->sums[i + 1], r->extra_bonus))))
            return SY_OK;
        seek_source(src, doc);
        bool has = false;
        if (src->doc == doc)
            st = add_source(r, src, &score, &has, err);
        hit |= has;
    }
    if (st == SY_OK && r->n_extras > 0)
        st = add_extras(r, doc, &bonus, &hit, err);
    score += bonus;
    if (st == SY_OK && hit && !sy_best_hopeless(&r->best, score))
        st = is_excluded(r, doc, &out, err);
    return st == SY_OK && hit && !out ? keep(r, doc, score, bonus, err) : st;
}

static sy_status add_run(ranker *r, const sy_unit *u, const sy_posting_run *run, sy_docid base,
                         sy_error *err)
{
    sy_status st = SY_OK;
    for (uint32_t i = 0; i < run->n && st == SY_OK; i++) {
        uint32_t at = run->docs[i] - base;
        sy_mark mark = {run->tfs[i], run->sets[i]};
        const uint64_t *before = remembered(r, u, run->docs[i], mark);
        bool has = true;
        if (before && *before > 0)
            r->scores[at] += *before;
        else
            st = add_marked(r, u, run->docs[i], mark, &r->scores[at], &has, err);
        r->touched[at / 64] |= (uint64_t)has << at % 64;
    }
    return st;
}

/* Adds up what a source adds to the records from `base` on and below `end`. The list is left on
 * the last of them, so that the block behind it need not be read. */
static sy_status add_up(ranker *r, source *src, sy_docid base, sy_docid end, sy_error *err)
{
    sy_status st = SY_OK;
    for (seek_source(src, base); src->doc < end && st == SY_OK; seek_source(src, src->doc + 1)) {
        if (src->listed) {
            sy_posting_run run;
            sy_postings_run(&src->list, end, &run);
            st = add_run(r, src->unit, &run, base, err);
            src->doc = run.docs[run.n - 1];
        } else {
            uint32_t at = src->doc - base;
            bool has;
            st = add_source(r, src, &r->scores[at], &has, err);
            r->touched[at / 64] |= (uint64_t)has << at % 64;
        }
        if (src->doc + 1 == end)
            break;
    }
    return st;
}

/* What the sources that were added up, those from `first` on, must add to a record at least, so
 * that it can be among the best. */
static uint64_t least_added(const ranker *r, size_t first)
{
    uint64_t others = plus(r->sums[first], r->extra_bonus),
             least = r->prune ? sy_best_least(&r->best) : 0;
    return least > others ? least - others : 0;
}

/* How many records of a window that begins at `base` can be among the best. */
static size_t count_hopeful(const ranker *r, size_t first, uint32_t len)
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
static sy_status add_weaker(ranker *r, size_t *first, sy_docid base, sy_docid end, sy_error *err)
{
    sy_status st = SY_OK;
    while (*first > 0 && st == SY_OK) {
        source *src = &r->sources[*first - 1];
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
static sy_status score_window(ranker *r, size_t first, sy_docid base, sy_docid end, sy_error *err)
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
static sy_status walk_window(ranker *r, size_t first, sy_docid base, sy_docid *end, sy_error *err)
{
    bool extra = false;
    sy_status st = SY_OK;
    *end = *end - base < WINDOW ? *end : base + WINDOW;
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
static size_t bound_sources(ranker *r, sy_docid from, sy_docid *last)
{
    size_t first = 0;
    bool full = r->prune && r->best.n == r->best.k;
    r->sums[0] = 0;
    for (size_t i = 0; i < r->units.n; i++) {
        uint64_t bound = r->sources[i].max, before = plus(r->sums[i], r->extra_bonus);
        /* Where all of the list can be left to looking up, its blocks do not matter. */
        if (full && !(first == i && sy_best_hopeless(&r->best, plus(before, bound))))
            bound = bound_at(r, &r->sources[i], from, last);
        r->sums[i + 1] = plus(r->sums[i], bound);
        first += full && first == i && sy_best_hopeless(&r->best, plus(before, bound));
    }
    return first;
}

/* Every record with a scored term. */
static sy_status walk_units(ranker *r, sy_error *err)
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

/* ---- candidates from the query ---- */

static sy_status score_match(ranker *r, sy_cursor *root, sy_docid doc, sy_error *err)
{
    uint64_t score = 0, bonus = 0;
    bool yes, has;
    sy_status st = SY_OK;
    for (size_t i = 0; i < r->units.n && st == SY_OK; i++) {
        seek_source(&r->sources[i], doc);
        if (r->sources[i].doc == doc)
            st = add_source(r, &r->sources[i], &score, &has, err);
    }
    if (st != SY_OK || (r->prune && sy_best_hopeless(&r->best, plus(score, r->extra_bonus))))
        return st;
    st = sy_cursor_confirm(root, &yes, err);
    if (st == SY_OK && yes)
        st = add_extras(r, doc, &bonus, &yes, err);
    return st == SY_OK && yes ? keep(r, doc, score + bonus, bonus, err) : st;
}

static sy_status walk_matches(ranker *r, sy_cursor *root, sy_error *err)
{
    sy_docid doc = 0;
    for (;;) {
        sy_status st = sy_search_candidate(r->s, root, doc, &doc, err);
        if (st != SY_OK || doc == SY_DOC_END)
            return st;
        uint64_t bound = r->extra_bonus;
        sy_docid last = SY_DOC_END;
        for (size_t i = 0; r->prune && r->best.n == r->best.k && i < r->units.n; i++)
            bound = plus(bound, bound_at(r, &r->sources[i], doc, &last));
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

/* ---- the query ---- */

/* The text of a leaf that is scored by it; empty if none. */
static sy_slice scored_text(const sy_leaf *leaf)
{
    bool texts = leaf->rule == SY_RULE_PART || leaf->rule == SY_RULE_SPREAD ||
                 leaf->rule == SY_RULE_WHOLE || leaf->rule == SY_RULE_BEGIN;
    bool reserved = leaf->field != SY_FIELD_ANY && leaf->field >= SY_FIELDS_MAX;
    return texts && !reserved ? leaf->text.text : (sy_slice){"", 0};
}

static uint64_t wanted_fields(const sy_leaf *leaf)
{
    return leaf->field == SY_FIELD_ANY ? UINT64_MAX : UINT64_C(1) << sy_field_bit(leaf->field);
}

static void add_extra(ranker *r, const sy_node *node, uint64_t bonus, bool phrase)
{
    r->extras[r->n_extras++] = (extra_leaf){.node = node, .bonus = bonus, .phrase = phrase};
    r->extra_bonus = plus(r->extra_bonus, bonus);
}

/* The scored terms of all positive leaves. */
static sy_status gather_units(ranker *r, sy_error *err)
{
    sy_search *s = r->s;
    sy_status st = SY_OK;
    for (size_t i = 0; i < s->query->n_leaves && st == SY_OK; i++) {
        const sy_leaf *leaf = &s->leaves[i];
        sy_slice text = scored_text(leaf);
        if (!s->positive[i] || text.len == 0)
            continue;
        st = sy_units_add(s, text, wanted_fields(leaf), s->query->leaves[i]->boost, &r->units, err);
        if (st == SY_OK && r->any)
            st = sy_second_look_units(s, text, wanted_fields(leaf), s->query->leaves[i]->boost,
                                      &r->fine, err);
    }
    sy_units_merge(&r->units);
    sy_units_merge(&r->fine);
    return st;
}

/* The full weights of some terms together, each taken once; boosts do not count. */
static double weights_of(const ranker *r, const sy_units *own)
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

/* Leaves that count otherwise than by scored terms, which a text of marks alone has none of. Needs
 * the weights of units. */
static sy_status gather_extras(ranker *r, sy_error *err)
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
        sy_slice text = scored_text(leaf);
        if (text.len > 0)
            st = sy_units_add(s, text, wanted_fields(leaf), 1, &own, err);
        bool phrase = leaf->rule == SY_RULE_SPREAD && leaf->n_words > 0 && !r->any;
        if (st == SY_OK && own.n == 0)
            add_extra(r, node, (uint64_t)(node->boost * SY_SCORE_ONE), false);
        else if (st == SY_OK && phrase)
            add_extra(r, node, (uint64_t)(PHRASE * node->boost * weights_of(r, &own)), true);
        sy_free(own.items);
    }
    return st;
}

/* Opens the cursors of extras, and under --any those of what is excluded. */
static sy_status open_cursors(ranker *r, sy_error *err)
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

/* Whether names are looked at by the name rule in this segment: they are no texts. */
static sy_status has_names(ranker *r, bool *yes, sy_error *err)
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
static bool is_union(const ranker *r, const sy_node *node)
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
    if (leaf->field != SY_FIELD_ANY || scored_text(leaf).len == 0)
        return false;
    if (leaf->rule == SY_RULE_WHOLE)
        return leaf->one_token && !sy_is_han_pair(leaf->text.text.data, leaf->text.text.len);
    return (leaf->rule == SY_RULE_PART || leaf->rule == SY_RULE_SPREAD) &&
           sy_is_han_pair(leaf->text.text.data, leaf->text.text.len);
}

static sy_status rank_segment(ranker *r, size_t i, sy_error *err)
{
    sy_search *s = r->s;
    bool names = false, by_units = r->any;
    sy_cursor *root = NULL;
    sy_status st = sy_search_enter(s, i, err);
    if (st != SY_OK)
        return st;
    enter_segment(r, i);
    start_sources(r);
    st = open_cursors(r, err);
    if (st == SY_OK && !r->any) {
        st = has_names(r, &names, err);
        by_units = !names && is_union(r, s->query->root);
    }
    if (st == SY_OK && !by_units)
        st = sy_plan_node(&s->plan, s->query->root, &root, err);
    if (st == SY_OK)
        st = by_units ? walk_units(r, err) : walk_matches(r, root, err);
    if (st == SY_OK)
        st = look_for_damage(r, err);
    sy_search_leave(s);
    return st;
}

/* Segment by segment: they are in the order of their first documents. */
static sy_status rank_segments(ranker *r, sy_error *err)
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
static sy_status look_again(ranker *r, sy_error *err)
{
    size_t n = r->best.n < LOOKED_AT ? r->best.n : LOOKED_AT;
    sy_status st = sy_second_look(r->s, &r->fine, r->average, r->best.items, n, err);
    if (st == SY_OK)
        sy_best_order(&r->best, n);
    return st;
}

sy_status sy_search_rank(sy_search *s, uint64_t n, bool any, bool prune, sy_error *err)
{
    ranker *r = sy_calloc(1, sizeof *r);
    if (!r)
        return sy_fail_nomem(err);
    *r = (ranker){.s = s, .any = any, .prune = prune, .best = {.k = n > 0 ? (size_t)n : 1}};
    size_t n_leaves = s->query->n_leaves;
    s->plan.tools = &s->tools;
    sy_status st = gather_units(r, err);
    r->all = sy_calloc(r->units.n * s->index->n_segments, sizeof *r->all);
    r->tables = sy_calloc(r->units.n, sizeof *r->tables);
    r->sums = sy_calloc(r->units.n + 1, sizeof *r->sums);
    r->scores = sy_calloc(WINDOW, sizeof *r->scores);
    r->extras = sy_calloc(n_leaves, sizeof *r->extras);
    r->excluded = sy_calloc(n_leaves, sizeof *r->excluded);
    if (st == SY_OK &&
        (!r->all || !r->tables || !r->sums || !r->scores || !r->extras || !r->excluded))
        st = sy_fail_nomem(err);
    if (st == SY_OK)
        st = look_up(r, err);
    for (size_t i = 0; i < r->fine.n && st == SY_OK; i++) {
        if (r->fine.items[i].kind == SY_UNIT_CHARACTER)
            st = count_character(r, &r->fine.items[i], err);
    }
    if (r->fine.n > 0 && r->best.k < LOOKED_AT)
        r->best.k = LOOKED_AT;
    if (st == SY_OK)
        weigh(r);
    if (st == SY_OK)
        st = gather_extras(r, err);
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
