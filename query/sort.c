/* All hits by the value of a field. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "query/quantity.h"
#include "query/search_internal.h"
#include "segmenter/whole_value.h"

enum { TEXT_MOST = 256 /* bytes of a value that count */ };

typedef struct item {
    sy_hit hit;
    size_t ordinal; /* in corpus order */
    bool has;       /* a value; without one, a record comes last */
    double number;
    sy_slice text;
} item;

typedef struct sorter {
    sy_search *s;
    sy_field_id field;
    bool numbers, dates;
    sy_query_memory *memory; /* of the texts */
    item *items;
    size_t n, cap;
} sorter;

static size_t digits_at(sy_slice s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && s.data[at + n] >= '0' && s.data[at + n] <= '9')
        n++;
    return n;
}

/* By code points, runs of digits by their number: 9 before 10. */
static int compare_texts(sy_slice a, sy_slice b)
{
    for (size_t i = 0, k = 0;;) {
        if (i == a.len || k == b.len)
            return (i < a.len) - (k < b.len);
        size_t n = digits_at(a, i), m = digits_at(b, k);
        if (n == 0 || m == 0) {
            if (a.data[i] != b.data[k])
                return (unsigned char)a.data[i] < (unsigned char)b.data[k] ? -1 : 1;
            i++;
            k++;
            continue;
        }
        for (; n > 1 && a.data[i] == '0'; n--)
            i++;
        for (; m > 1 && b.data[k] == '0'; m--)
            k++;
        int order = n != m ? (n < m ? -1 : 1) : memcmp(a.data + i, b.data + k, n);
        if (order != 0)
            return order < 0 ? -1 : 1;
        i += n;
        k += m;
    }
}

static int compare(const item *x, const item *y)
{
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return compare_texts(x->text, y->text);
}

static int ascending(const void *a, const void *b)
{
    const item *x = a, *y = b;
    if (x->has != y->has)
        return x->has ? -1 : 1;
    int order = x->has ? compare(x, y) : 0;
    return order != 0 ? order : (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

static int descending(const void *a, const void *b)
{
    const item *x = a, *y = b;
    if (x->has != y->has)
        return x->has ? -1 : 1;
    int order = x->has ? compare(y, x) : 0;
    return order != 0 ? order : (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

static sy_status take_text(sorter *o, sy_slice text, item *out, sy_error *err)
{
    size_t len = text.len < TEXT_MOST ? text.len : TEXT_MOST;
    while (len < text.len && len > 0 && ((unsigned char)text.data[len] & 0xC0) == 0x80)
        len--;
    char *copy = sy_query_memory_take(o->memory, len, 1);
    if (!copy)
        return sy_fail_nomem(err);
    memcpy(copy, text.data, len);
    out->text = (sy_slice){copy, len};
    out->has = true;
    return SY_OK;
}

/* The first value of the field that is not empty, and says a number if one is asked for. */
static sy_status take_value(sorter *o, item *out, sy_error *err)
{
    sy_record_text *record = &o->s->record;
    if (o->field == SY_FIELD_LINE) {
        out->has = record->stored.line > 0;
        out->number = record->stored.line;
        return SY_OK;
    }
    size_t n = sy_record_text_count(record);
    sy_status st = SY_OK;
    for (size_t i = 0; i < n && !out->has && st == SY_OK; i++) {
        sy_text *text;
        if (sy_record_text_value(record, i).field != o->field)
            continue;
        st = sy_record_text_normal(record, i, &text, err);
        if (st != SY_OK)
            break;
        sy_slice whole = sy_whole_value(text->normal);
        if (whole.len == 0)
            continue;
        if (o->numbers || o->dates)
            out->has = sy_quantity(whole, o->dates, false, &out->number);
        else
            st = take_text(o, whole, out, err);
    }
    return st;
}

static sy_status gather(sorter *o, sy_error *err)
{
    for (;;) {
        bool more;
        sy_hit hit;
        sy_status st = sy_search_next(o->s, &more, &hit, err);
        if (st != SY_OK || !more)
            return st;
        if (!sy_grow((void **)&o->items, o->n, &o->cap, sizeof *o->items))
            return sy_fail_nomem(err);
        item *it = &o->items[o->n];
        *it = (item){.hit = hit, .ordinal = o->n, .text = {"", 0}};
        st = sy_record_text_load(&o->s->record, hit.segment, hit.docid, err);
        if (st == SY_OK)
            st = take_value(o, it, err);
        if (st != SY_OK)
            return st;
        o->n++;
    }
}

sy_status sy_search_sort(sy_search *s, sy_field_id field, bool down, sy_error *err)
{
    const sy_schema *schema = &s->index->schema;
    sy_field_kind kind = field < schema->n_fields ? schema->fields[field].kind : SY_FIELD_TEXT;
    sorter o = {
        .s = s, .field = field, .numbers = kind == SY_FIELD_NUMBER, .dates = kind == SY_FIELD_DATE};
    sy_status st = sy_query_memory_new(&o.memory, err);
    if (st == SY_OK)
        st = gather(&o, err);
    sy_hit *best = st == SY_OK ? sy_alloc(o.n, sizeof *best) : NULL;
    if (st == SY_OK && !best)
        st = sy_fail_nomem(err);
    if (st == SY_OK && o.n > 1)
        qsort(o.items, o.n, sizeof *o.items, down ? descending : ascending);
    for (size_t i = 0; st == SY_OK && i < o.n; i++)
        best[i] = o.items[i].hit;
    s->ranked = true;
    s->best = best;
    s->n_best = st == SY_OK ? o.n : 0;
    s->status = st;
    if (st != SY_OK && err)
        s->err = *err;
    sy_free(o.items);
    sy_query_memory_free(o.memory);
    return st;
}
