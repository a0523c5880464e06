/* The reader of JSON Lines: an object a line is a record. For users: docs/ledgers.md,
 * "JSON Lines".
 *
 * An object that goes over several lines, and an array of objects that is the whole
 * document, are read too: the reader looks for values, and for the next line only
 * when a value is faulty. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/messages.h"
#include "indexer/json.h"
#include "indexer/reader.h"
#include "indexer/readers/field_name.h"
#include "indexer/readers/reader_text.h"
#include "indexer/readers/string_table.h"

enum { RECORD_MAX = 64u << 20, KEY_MAX = 4096, PATH_MAX_LEN = 4096 };

typedef struct value {
    sy_field_id field;
    uint32_t order; /* of the field's first value in the record */
    size_t seq, off, len;
} value;

typedef struct jsonl {
    const sy_document *doc;
    const sy_sink *sink;
    uint32_t line;  /* where the value at hand starts */
    uint32_t row;   /* records so far */
    size_t base;    /* document offset of the text that is parsed */
    size_t counted; /* document offset up to which lines were counted */
    uint32_t counted_line;
    size_t line_end; /* of the line that was searched last */

    bool array;                             /* the document is one array of objects */
    size_t depth;                           /* open brackets */
    size_t record_at;                       /* depth inside the record's own object */
    size_t path_len[SY_JSON_DEPTH_MAX + 1]; /* of `path` outside each bracket */
    sy_buf path;                            /* a.b of the value at hand */
    bool at_id;

    bool has_id;
    sy_buf id, text;
    value *values;
    size_t n_values, cap_values;
    uint32_t n_fields; /* distinct ones in this record */
    bool apart;        /* a field's values do not stand next to each other */
    uint32_t orders[SY_FIELDS_MAX], stamps[SY_FIELDS_MAX], stamp;
    sy_record_value *out;
    size_t cap_out;

    sy_string_table fields; /* path: field + 1 */
    sy_string_table keys;
    bool made_key; /* the record has no id */
    bool told_repeated;
    bool refused; /* by the sink: the reading ends */
    bool untold;  /* there was no memory for a message */
    sy_buf scratch, message;
} jsonl;

static void report(jsonl *j, sy_report_kind kind, uint32_t line)
{
    j->untold |= j->message.status != SY_OK;
    if (j->sink->report && j->message.status == SY_OK)
        j->sink->report(j->sink->ctx, kind, line, sy_buf_cstr(&j->message));
    sy_buf_reset(&j->message);
}

/* The line of a document offset; offsets ask in ascending order. */
static uint32_t line_at(jsonl *j, size_t offset)
{
    const char *text = j->doc->text, *eol;
    while (j->counted < offset && (eol = memchr(text + j->counted, '\n', offset - j->counted))) {
        j->counted = (size_t)(eol - text) + 1;
        j->counted_line++;
    }
    j->counted = offset > j->counted ? offset : j->counted;
    sy_map_pass(j->doc->behind, j->doc->text + offset);
    return j->counted_line;
}

/* ---- records ---- */

static void start_record(jsonl *j)
{
    j->record_at = j->depth;
    j->has_id = false;
    j->n_values = 0;
    j->n_fields = 0;
    j->apart = false;
    j->stamp++;
    sy_buf_reset(&j->text);
    sy_buf_reset(&j->path);
}

static int compare_values(const void *a, const void *b)
{
    const value *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

/* The record's key: its id, else the number of its line. */
static sy_status make_key(jsonl *j, sy_error *err)
{
    bool repeated;
    j->made_key = !j->has_id || j->id.len == 0;
    if (j->made_key) {
        sy_buf_reset(&j->id);
        sy_buf_printf(&j->id, "%" PRIu32, j->line);
    }
    sy_status st = sy_buf_status(&j->id, err);
    if (st == SY_OK)
        st = sy_key_unique(&j->keys, &j->id, &repeated, err);
    if (st == SY_OK && repeated && !j->told_repeated) {
        j->told_repeated = true;
        sy_buf_puts(&j->message, _("this id is there already: the record is named "));
        sy_quote(&j->message, (sy_slice){j->id.data, j->id.len});
        sy_buf_puts(&j->message, _(", so are all that repeat"));
        report(j, SY_REPORT_NEWS, j->line);
    }
    return st;
}

static sy_status end_record(jsonl *j, sy_error *err)
{
    if (j->text.len > RECORD_MAX) {
        sy_buf_puts(&j->message, _("the record has more than 64 MiB of text and is left out"));
        report(j, SY_REPORT_SKIPPED, j->line);
        return SY_OK;
    }
    if (j->apart)
        qsort(j->values, j->n_values, sizeof *j->values, compare_values);
    while (j->cap_out < j->n_values) {
        if (!sy_grow((void **)&j->out, j->cap_out, &j->cap_out, sizeof *j->out))
            return sy_fail_nomem(err);
    }
    for (size_t i = 0; i < j->n_values; i++) {
        const value *v = &j->values[i];
        j->out[i] = (sy_record_value){v->field, {sy_buf_cstr(&j->text) + v->off, v->len}};
    }
    sy_status st = make_key(j, err);
    if (st != SY_OK)
        return st;
    sy_record record = {.key = {j->id.data, j->id.len},
                        .made_key = j->made_key,
                        .line = j->line,
                        .row = ++j->row,
                        .values = j->out,
                        .n_values = j->n_values,
                        .kind = SY_RECORD_OBJECT};
    st = j->sink->record(j->sink->ctx, &record, err);
    j->refused = st != SY_OK;
    return st;
}

/* ---- values ---- */

static sy_status find_field(jsonl *j, sy_field_id *id, sy_error *err)
{
    sy_slice path = {sy_buf_cstr(&j->path), j->path.len};
    const uint32_t *known = sy_string_table_find(&j->fields, path);
    if (known) {
        *id = (sy_field_id)(*known - 1);
        return SY_OK;
    }
    bool renamed;
    sy_status st = sy_field_of(j->doc->schema, path, &j->scratch, id, &renamed, err);
    if (st != SY_OK)
        return st;
    uint32_t *slot = sy_string_table_at(&j->fields, path);
    if (!slot)
        return sy_fail_nomem(err);
    *slot = (uint32_t)*id + 1;
    if (renamed) {
        sy_buf_puts(&j->message, _("the name "));
        sy_quote(&j->message, path);
        sy_buf_puts(&j->message, _(" is not for fields: it is called "));
        sy_quote(&j->message, sy_slice_of(sy_schema_name(j->doc->schema, *id)));
        report(j, SY_REPORT_NEWS, j->line);
    }
    return SY_OK;
}

static sy_status add_value(jsonl *j, sy_slice text, sy_error *err)
{
    sy_field_id id;
    sy_status st = find_field(j, &id, err);
    if (st != SY_OK)
        return st;
    if (j->stamps[id] != j->stamp) {
        j->stamps[id] = j->stamp;
        j->orders[id] = j->n_fields++;
    } else if (j->values[j->n_values - 1].field != id) {
        j->apart = true;
    }
    if (!sy_grow((void **)&j->values, j->n_values, &j->cap_values, sizeof *j->values))
        return sy_fail_nomem(err);
    j->values[j->n_values] = (value){id, j->orders[id], j->n_values, j->text.len, text.len};
    j->n_values++;
    sy_buf_append(&j->text, text.data, text.len);
    return sy_buf_status(&j->text, err);
}

/* A string, number or boolean. */
static sy_status on_scalar(jsonl *j, sy_slice text, sy_error *err)
{
    if (j->at_id && !j->has_id && j->depth == j->record_at) {
        if (text.len > KEY_MAX)
            return sy_fail(err, SY_E_LIMIT, NULL, "an id of more than %d bytes", KEY_MAX);
        j->has_id = true;
        sy_buf_reset(&j->id);
        sy_buf_append(&j->id, text.data, text.len);
        return sy_buf_status(&j->id, err);
    }
    return add_value(j, text, err);
}

static sy_status on_key(jsonl *j, sy_slice key, sy_error *err)
{
    j->path.len = j->path_len[j->depth];
    if (j->path.len + key.len >= PATH_MAX_LEN)
        return sy_fail(err, SY_E_LIMIT, NULL, "a field's name of more than %d bytes", PATH_MAX_LEN);
    if (j->path.len > 0)
        sy_buf_putc(&j->path, '.');
    /* NUL cannot be in a name of the schema; it is no text either. */
    for (size_t i = 0; i < key.len; i++) {
        if (key.data[i] != '\0')
            sy_buf_putc(&j->path, key.data[i]);
    }
    j->at_id = j->depth == j->record_at && sy_slice_equal(key, sy_slice_of("id"));
    return sy_buf_status(&j->path, err);
}

/* What is no part of a record: only the array of a whole document and its objects. */
static sy_status on_outer(jsonl *j, sy_json_event event, size_t offset, sy_error *err)
{
    if (event == SY_JSON_OBJECT) {
        if (j->array)
            j->line = line_at(j, j->base + offset);
        j->path_len[++j->depth] = 0;
        start_record(j);
        return SY_OK;
    }
    if (event == SY_JSON_ARRAY && j->array && j->depth == 0) {
        j->depth++;
        return SY_OK;
    }
    if (event == SY_JSON_ARRAY_END) {
        j->depth--;
        return SY_OK;
    }
    return sy_fail_at(err, SY_E_INPUT, NULL, offset, "expected an object");
}

static sy_status on_event(void *ctx, sy_json_event event, sy_slice text, size_t offset,
                          sy_error *err)
{
    jsonl *j = ctx;
    if (j->record_at == 0)
        return on_outer(j, event, offset, err);
    switch (event) {
    case SY_JSON_KEY:
        return on_key(j, text, err);
    case SY_JSON_OBJECT:
    case SY_JSON_ARRAY:
        j->path_len[++j->depth] = j->path.len;
        return SY_OK;
    case SY_JSON_OBJECT_END:
    case SY_JSON_ARRAY_END:
        j->path.len = j->path_len[j->depth];
        if (j->depth-- != j->record_at)
            return SY_OK;
        j->record_at = 0;
        return end_record(j, err);
    case SY_JSON_NULL:
        return SY_OK; /* a missing value */
    default:
        return on_scalar(j, text, err);
    }
}

/* ---- documents ---- */

/* Says what is wrong with the value at `from`. */
static void report_fault(jsonl *j, const sy_error *e, size_t from, const char *what)
{
    size_t column = 0;
    if (e->offset != SY_NO_OFFSET) {
        size_t fault = from + (size_t)e->offset, start = fault;
        while (start > 0 && fault - start < KEY_MAX && j->doc->text[start - 1] != '\n')
            start--;
        for (size_t i = start; i < fault; i++)
            column += ((unsigned char)j->doc->text[i] & 0xC0) != 0x80;
        column++;
    }
    sy_buf_printf(&j->message, "%s: %s", sy_tr(what), e->msg);
    if (column > 0)
        sy_buf_printf(&j->message, _(" (column %zu)"), column);
    report(j, SY_REPORT_SKIPPED, j->line);
}

static void report_lone(jsonl *j, size_t lone)
{
    if (lone == 0)
        return;
    sy_buf_printf(&j->message,
                  sy_tr_n("%zu escaped surrogate without a partner became U+FFFD",
                          "%zu escaped surrogates without a partner became U+FFFD", lone),
                  lone);
    report(j, SY_REPORT_REPLACED, j->line);
}

typedef struct attempt {
    sy_status st;
    sy_error err;
    size_t used;
    bool faulty; /* the document is wrong; other failures end the reading */
} attempt;

static void try_value(jsonl *j, size_t from, size_t end, attempt *a)
{
    size_t lone = 0;
    j->base = from;
    j->depth = j->record_at = 0;
    j->at_id = false;
    sy_error_clear(&a->err);
    a->st = sy_json_read(j->doc->text + from, end - from, on_event, j, &a->used, &lone, &a->err);
    a->faulty = !j->refused && (a->st == SY_E_INPUT || a->st == SY_E_LIMIT);
    if (a->st == SY_OK || j->array)
        report_lone(j, lone);
}

static sy_status failed(const attempt *a, sy_error *err)
{
    return sy_fail(err, a->st, a->err.where[0] ? a->err.where : NULL, "%s", a->err.msg);
}

/* The end of the line of an offset; offsets ask in ascending order, so each line is searched once
 * whatever it holds. */
static size_t end_of_line(jsonl *j, size_t at)
{
    const sy_document *doc = j->doc;
    if (at >= j->line_end && at < doc->len) {
        const char *eol = memchr(doc->text + at, '\n', doc->len - at);
        j->line_end = eol ? (size_t)(eol - doc->text) : doc->len;
    }
    return at < doc->len ? j->line_end : doc->len;
}

static size_t skip_blank(const sy_document *doc, size_t at)
{
    size_t n;
    while (at < doc->len && (n = sy_space_at(doc->text + at, doc->len - at)) > 0)
        at += n;
    return at;
}

/* Reads the value at *at, which is moved to where the next one is looked for. */
static sy_status read_one(jsonl *j, bool *several_lines, size_t *at, sy_error *err)
{
    size_t end = end_of_line(j, *at);
    attempt a;
    j->line = line_at(j, *at);
    try_value(j, *at, end, &a);
    if (a.faulty && a.used == end - *at && end < j->doc->len && *several_lines) {
        /* The line ends inside the object. If it goes on over more lines, fine; once
         * one did not, that is not tried again, so that no document is read twice. */
        attempt whole;
        try_value(j, *at, j->doc->len, &whole);
        if (whole.faulty)
            *several_lines = false;
        else
            a = whole;
    }
    if (a.st == SY_OK) {
        *at += a.used;
        return SY_OK;
    }
    if (!a.faulty)
        return failed(&a, err);
    report_fault(j, &a.err, *at, "no record here");
    *at = end;
    return SY_OK;
}

static sy_status read_lines(jsonl *j, sy_error *err)
{
    bool several_lines = true;
    size_t at = skip_blank(j->doc, 0);
    sy_status st = SY_OK;
    while (st == SY_OK && at < j->doc->len) {
        st = read_one(j, &several_lines, &at, err);
        at = skip_blank(j->doc, at);
    }
    return st;
}

static sy_status read_array(jsonl *j, size_t at, sy_error *err)
{
    attempt a;
    j->array = true;
    j->line = line_at(j, at);
    try_value(j, at, j->doc->len, &a);
    if (a.st != SY_OK && !a.faulty)
        return failed(&a, err);
    j->line = line_at(j, at + a.used);
    if (a.faulty) {
        report_fault(j, &a.err, at, "the array is left out from here on");
    } else if (at + a.used < j->doc->len) {
        sy_buf_puts(&j->message, _("text behind the array is left out"));
        report(j, SY_REPORT_SKIPPED, j->line);
    }
    return SY_OK;
}

/* Whether an array of objects starts at `at`. */
static bool is_array(const sy_document *doc, size_t at)
{
    if (at >= doc->len || doc->text[at] != '[')
        return false;
    at = skip_blank(doc, at + 1);
    return at < doc->len && (doc->text[at] == '{' || doc->text[at] == ']');
}

static sy_status read_jsonl(const sy_document *doc, const sy_sink *sink, sy_error *err)
{
    jsonl *j = sy_calloc(1, sizeof *j);
    if (!j)
        return sy_fail_nomem(err);
    j->doc = doc;
    j->sink = sink;
    j->counted_line = 1;
    size_t at = skip_blank(doc, 0);
    sy_status st = is_array(doc, at) ? read_array(j, at, err) : read_lines(j, err);
    if (st == SY_OK && j->untold)
        st = sy_fail_nomem(err);
    sy_buf *bufs[] = {&j->path, &j->id, &j->text, &j->scratch, &j->message};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        sy_buf_release(bufs[i]);
    sy_string_table_release(&j->fields);
    sy_string_table_release(&j->keys);
    sy_free(j->values);
    sy_free(j->out);
    sy_free(j);
    return st;
}

static int recognise_jsonl(const sy_document *doc)
{
    size_t at = skip_blank(doc, 0);
    if (at >= doc->len)
        return 0;
    if (doc->text[at] == '{') {
        at = skip_blank(doc, at + 1);
        return at < doc->len && (doc->text[at] == '"' || doc->text[at] == '}') ? 95 : 0;
    }
    return is_array(doc, at) ? 95 : 0;
}

const sy_reader sy_jsonl_reader = {"jsonl", recognise_jsonl, read_jsonl, false};
