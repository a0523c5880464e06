#include "tests/support/read.h"

#include "indexer/decode.h"
#include "tests/support/check.h"

typedef struct reading {
    const sy_read *how;
    const sy_schema *schema;
    sy_buf *out;
} reading;

static void put_value(sy_buf *out, sy_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        sy_buf_putc(out, s.data[i] == '\n' ? '/' : s.data[i]);
}

static sy_status on_record(void *ctx, const sy_record *r, sy_error *err)
{
    reading *x = ctx;
    if (x->how->lines)
        sy_buf_printf(x->out, "%u:", (unsigned)r->line);
    sy_buf_append(x->out, r->key.data, r->key.len);
    for (size_t i = 0; i < r->n_values; i++) {
        const sy_record_value *v = &r->values[i];
        const char *name = sy_schema_name(x->schema, v->field);
        if (!x->how->places && (strcmp(name, "place") == 0 || strcmp(name, "hidden") == 0))
            continue;
        if (i > 0 && v[-1].field == v->field)
            sy_buf_putc(x->out, '|');
        else
            sy_buf_printf(x->out, " %s=", name);
        put_value(x->out, v->text);
    }
    sy_buf_putc(x->out, '\n');
    return sy_buf_status(x->out, err);
}

static void on_report(void *ctx, sy_report_kind kind, uint32_t line, const char *message)
{
    static const char *const words[] = {"note", "replaced", "skipped"};
    reading *x = ctx;
    (void)line;
    sy_buf_printf(x->out, "%s: %s\n", words[kind], message);
}

sy_status sy_read_document(const sy_read *how, const sy_buf *bytes, sy_buf *out, sy_error *err)
{
    sy_schema schema = SY_SCHEMA_INIT;
    sy_spill spill = {.dir = NULL};
    sy_decoded text;
    reading x = {how, &schema, out};
    sy_sink sink = {.ctx = &x, .record = on_record, .report = on_report};
    sy_extent all = {sy_buf_cstr(bytes), bytes->len, NULL};
    sy_document doc = {.name = how->name,
                       .text = sy_buf_cstr(bytes),
                       .len = bytes->len,
                       .binary = true,
                       .options = how->options,
                       .schema = &schema};
    sy_status st = sy_schema_load(NULL, &schema, err);
    const sy_reader *reader = st == SY_OK ? sy_reader_for(&doc) : NULL;
    if (st == SY_OK && !reader) {
        st = sy_decode(how->options.encoding, how->name, &all, &spill, &text, err);
        doc.text = text.text.data;
        doc.len = text.text.len;
        doc.binary = false;
        reader = st == SY_OK ? sy_reader_for(&doc) : NULL;
    }
    if (st == SY_OK)
        st = reader ? reader->read(&doc, &sink, err)
                    : sy_fail(err, SY_E_INPUT, NULL, "no reader knows it");
    sy_spill_release(&spill);
    sy_schema_release(&schema);
    return st;
}

static void read_any(const sy_read *how, const sy_buf *bytes)
{
    sy_buf out = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = sy_read_document(how, bytes, &out, &err);
    assert_true(st == SY_OK || st == SY_E_INPUT || st == SY_E_LIMIT);
    assert_true(st == SY_OK || err.msg[0] != '\0');
    sy_buf_release(&out);
}

void sy_read_damaged(const sy_read *how, const sy_buf *bytes)
{
    enum { CUTS = 60, FLIPS = 150 };
    for (size_t i = 0; i <= CUTS; i++) {
        sy_buf cut = SY_BUF_INIT; /* of its own size, so that a sanitizer sees its end */
        sy_buf_append(&cut, bytes->data, bytes->len * i / CUTS);
        read_any(how, &cut);
        sy_buf_release(&cut);
    }
    for (int round = 0; round < FLIPS; round++) {
        sy_buf bad = SY_BUF_INIT;
        sy_buf_append(&bad, bytes->data, bytes->len);
        for (uint32_t n = 1 + sy_random_below(4); n > 0; n--)
            bad.data[sy_random_below((uint32_t)bad.len)] ^= (char)(1 << sy_random_below(8));
        read_any(how, &bad);
        sy_buf_release(&bad);
    }
}
