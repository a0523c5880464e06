/* The public header over query/ and store/. What it hands out are views of what lies
 * there: a value costs no copy of its text. */
#include "include/suoyin.h"

#include <stdio.h>

#include "base/alloc.h"
#include "library/error.h"
#include "query/search.h"
#include "segmenter/normal.h"

_Static_assert(SUOYIN_FIELD_KEY == SY_FIELD_KEY && SUOYIN_FIELD_SOURCE == SY_FIELD_SOURCE &&
                   SUOYIN_FIELD_LINE == SY_FIELD_LINE,
               "the header names the numbers of store/schema.h");
_Static_assert(SUOYIN_BEST_MAX == SY_BEST_MOST, "the header names the limit of query/search.h");

struct suoyin_index {
    sy_index *index;
    suoyin_info info;
    suoyin_field *fields;
};

/* In which order a query has its records: as the documents have them unless `best` or `sorted`. */
typedef struct order {
    uint64_t best;
    bool sorted, down;
    sy_field_id field;
} order;

struct suoyin_query {
    const suoyin_index *index;
    sy_query query;
    bool any; /* SUOYIN_ANY */
    order order;
    sy_search *search;
    sy_matches found;
    suoyin_hit hit;
    suoyin_value *values;
    size_t cap_values;
    suoyin_match *matches;
    size_t cap_matches;
    sy_facets counted;
    suoyin_facet *facets;
    suoyin_facets counts;
};

const char *suoyin_version(void)
{
    return SY_VERSION;
}

/* ---- an index ---- */

suoyin_status suoyin_open(const char *dir, suoyin_index **out, suoyin_error *err)
{
    *out = NULL;
    sy_error own;
    sy_error_clear(&own);
    sy_status st = SY_OK;
    suoyin_index *index = sy_calloc(1, sizeof *index);
    st = index ? sy_index_open(dir, &index->index, &own) : sy_fail_nomem(&own);
    if (st != SY_OK)
        goto done;
    const sy_index *i = index->index;
    index->fields = sy_calloc(i->schema.n_fields, sizeof *index->fields);
    if (!index->fields) {
        st = sy_fail_nomem(&own);
        goto done;
    }
    for (size_t f = 0; f < i->schema.n_fields; f++)
        index->fields[f] = (suoyin_field){.name = i->schema.fields[f].name,
                                          .label = i->schema.fields[f].label,
                                          .kind = sy_field_kind_name(i->schema.fields[f].kind)};
    index->info = (suoyin_info){.n_records = i->n_records,
                                .n_documents = i->n_documents,
                                .n_segments = i->n_segments,
                                .generation = i->info.generation,
                                .committed_ns = i->info.committed_ns,
                                .icu = i->info.icu_version,
                                .fields = index->fields,
                                .n_fields = i->schema.n_fields};
    *out = index;
    index = NULL;
done:
    suoyin_close(index);
    return sy_public_error(&own, st, err);
}

void suoyin_close(suoyin_index *index)
{
    if (!index)
        return;
    sy_index_close(index->index);
    sy_free(index->fields);
    sy_free(index);
}

const suoyin_info *suoyin_about(const suoyin_index *index)
{
    return &index->info;
}

suoyin_status suoyin_find_field(const suoyin_index *index, const char *name, unsigned *field,
                                suoyin_error *err)
{
    *field = 0;
    sy_error own;
    sy_error_clear(&own);
    sy_buf normal = SY_BUF_INIT;
    sy_field_id id;
    sy_status st =
        sy_normalize(index->index->info.norm_flags, name, strlen(name), &normal, NULL, &own);
    if (st == SY_OK)
        st = sy_buf_status(&normal, &own);
    if (st == SY_OK && sy_schema_find(&index->index->schema, sy_buf_cstr(&normal), normal.len, &id))
        *field = id;
    else if (st == SY_OK)
        st = sy_fail(&own, SY_E_INPUT, NULL, "there is no field '%.100s'", name);
    sy_buf_release(&normal);
    return sy_public_error(&own, st, err);
}

/* ---- a query ---- */

suoyin_status suoyin_ask(const suoyin_index *index, const char *const *exprs, size_t n,
                         unsigned flags, suoyin_query **out, suoyin_error *err)
{
    *out = NULL;
    sy_error own;
    sy_error_clear(&own);
    sy_query_options options = {.any = (flags & SUOYIN_ANY) != 0,
                                .words = (flags & SUOYIN_WORDS) != 0};
    sy_query_error where = {0};
    sy_status st = SY_OK;
    suoyin_query *q = NULL;
    if (n == 0 || (flags & ~(unsigned)(SUOYIN_ANY | SUOYIN_WORDS)) != 0)
        st = sy_fail(&own, SY_E_INPUT, NULL,
                     n == 0 ? "no expression given" : "a flag that is not known");
    else if (!(q = sy_calloc(1, sizeof *q)))
        st = sy_fail_nomem(&own);
    else
        st = sy_query_parse(exprs, n, &index->index->schema, &options, &q->query, &where, &own);
    bool read = st == SY_OK;
    if (read) {
        q->index = index;
        q->any = options.any;
        st = sy_search_open(index->index, &q->query, &q->search, &own);
    }
    if (st == SY_OK) {
        *out = q;
        return SUOYIN_OK;
    }
    suoyin_query_close(q);
    sy_public_error(&own, st, err);
    if (err && q && !read && where.expr < n) {
        snprintf(err->expected, sizeof err->expected, "%s", where.expected);
        err->expr = where.expr;
        err->start = where.start;
        err->end = where.end;
    }
    return (suoyin_status)st;
}

void suoyin_query_close(suoyin_query *q)
{
    if (!q)
        return;
    sy_search_close(q->search);
    sy_query_release(&q->query);
    sy_matches_release(&q->found);
    sy_facets_release(&q->counted);
    sy_free(q->values);
    sy_free(q->matches);
    sy_free(q->facets);
    sy_free(q);
}

static suoyin_text text_of(sy_slice text)
{
    return (suoyin_text){text.data, text.len};
}

/* Room for n elements, what was there lost. */
static bool make_room(void **array, size_t n, size_t *cap, size_t size)
{
    if (n <= *cap && *array)
        return true;
    sy_free(*array);
    *cap = 0;
    *array = sy_alloc(n, size);
    if (*array)
        *cap = n;
    return *array != NULL;
}

static sy_status fill_hit(suoyin_query *q, const sy_hit *hit, const sy_stored *record,
                          sy_error *err)
{
    if (!make_room((void **)&q->values, record->n_values, &q->cap_values, sizeof *q->values) ||
        !make_room((void **)&q->matches, q->found.n, &q->cap_matches, sizeof *q->matches))
        return sy_fail_nomem(err);
    for (size_t i = 0; i < record->n_values; i++)
        q->values[i] = (suoyin_value){record->values[i].field, record->values[i].ordinal,
                                      text_of(record->values[i].text)};
    for (size_t i = 0; i < q->found.n; i++) {
        const sy_match *m = &q->found.items[i];
        q->matches[i] = (suoyin_match){m->field, m->ordinal, m->start, m->end, m->via_group};
    }
    sy_segment_doc doc;
    sy_segment_doc_at(hit->segment, record->doc, &doc);
    q->hit = (suoyin_hit){.key = text_of(record->key),
                          .source = text_of(doc.source),
                          .line = record->line,
                          .values = q->values,
                          .n_values = record->n_values,
                          .matches = q->matches,
                          .n_matches = q->found.n,
                          .score = (double)hit->score / SY_SCORE_ONE};
    return SY_OK;
}

suoyin_status suoyin_next(suoyin_query *q, const suoyin_hit **out, suoyin_error *err)
{
    *out = NULL;
    sy_error own;
    sy_error_clear(&own);
    bool more;
    sy_hit hit;
    const sy_stored *record;
    sy_status st = sy_search_next(q->search, &more, &hit, &own);
    if (st != SY_OK || !more)
        return sy_public_error(&own, st, err);
    st = sy_search_record(q->search, &hit, &record, &own);
    q->found.n = 0;
    if (st == SY_OK)
        st = sy_search_matches(q->search, &hit, record, &q->found, &own);
    if (st == SY_OK)
        st = fill_hit(q, &hit, record, &own);
    if (st == SY_OK)
        *out = &q->hit;
    return sy_public_error(&own, st, err);
}

suoyin_status suoyin_count(suoyin_query *q, uint64_t *count, suoyin_error *err)
{
    sy_error own;
    sy_error_clear(&own);
    sy_status st = sy_search_count(q->search, count, &own);
    if (st != SY_OK)
        *count = 0;
    return sy_public_error(&own, st, err);
}

/* A search from the first record on, in some order. */
static sy_status start(suoyin_query *q, order o, sy_error *err)
{
    sy_search *again;
    sy_status st = sy_search_open(q->index->index, &q->query, &again, err);
    if (st == SY_OK && o.best > 0)
        st = sy_search_rank(again, o.best, q->any, true, err);
    if (st == SY_OK && o.sorted)
        st = sy_search_sort(again, o.field, o.down, err);
    if (st != SY_OK) {
        sy_search_close(again);
        return st;
    }
    sy_search_close(q->search);
    q->search = again;
    q->order = o;
    return SY_OK;
}

static bool is_field(const suoyin_query *q, unsigned field)
{
    return field < q->index->info.n_fields ||
           (field >= SUOYIN_FIELD_LINE && field <= SUOYIN_FIELD_KEY);
}

suoyin_status suoyin_rewind(suoyin_query *q, suoyin_error *err)
{
    sy_error own;
    sy_error_clear(&own);
    sy_status st = start(q, q->order, &own);
    return sy_public_error(&own, st, err);
}

suoyin_status suoyin_best(suoyin_query *q, uint64_t n, suoyin_error *err)
{
    sy_error own;
    sy_error_clear(&own);
    sy_status st = n > 0 && n <= SUOYIN_BEST_MAX
                       ? start(q, (order){.best = n}, &own)
                       : sy_fail(&own, SY_E_INPUT, NULL, "the best can be 1 to %d, not %llu",
                                 SUOYIN_BEST_MAX, (unsigned long long)n);
    return sy_public_error(&own, st, err);
}

suoyin_status suoyin_sort(suoyin_query *q, unsigned field, int down, suoyin_error *err)
{
    sy_error own;
    sy_error_clear(&own);
    order o = {.sorted = true, .down = down != 0, .field = (sy_field_id)field};
    sy_status st = is_field(q, field)
                       ? start(q, o, &own)
                       : sy_fail(&own, SY_E_INPUT, NULL, "there is no field of number %u", field);
    return sy_public_error(&own, st, err);
}

suoyin_status suoyin_count_by(suoyin_query *q, unsigned field, const suoyin_facets **out,
                              suoyin_error *err)
{
    *out = NULL;
    sy_error own;
    sy_error_clear(&own);
    sy_facets_release(&q->counted);
    sy_free(q->facets);
    q->facets = NULL;
    sy_status st = is_field(q, field)
                       ? sy_search_count_by(q->search, (sy_field_id)field, &q->counted, &own)
                       : sy_fail(&own, SY_E_INPUT, NULL, "there is no field of number %u", field);
    if (st == SY_OK && !(q->facets = sy_alloc(q->counted.n, sizeof *q->facets)))
        st = sy_fail_nomem(&own);
    if (st != SY_OK)
        return sy_public_error(&own, st, err);
    for (size_t i = 0; i < q->counted.n; i++)
        q->facets[i] =
            (suoyin_facet){text_of(q->counted.items[i].value), q->counted.items[i].count};
    q->counts = (suoyin_facets){q->facets, q->counted.n, q->counted.without};
    *out = &q->counts;
    return SUOYIN_OK;
}
