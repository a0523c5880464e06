/* bench/readers.c - the readers alone: what they make of a document, and how fast.
 *
 *   readers --text FILE      the text of its paragraphs and cells, one a line
 *   readers --records FILE   its records and reports as JSON Lines
 *   readers --time FILE      reads it five times into nothing: one JSON object */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/io.h"
#include "indexer/decode.h"
#include "indexer/reader.h"
#include "indexer/readers/office_kind.h"
#include "indexer/readers/walks.h"

enum { RUNS = 5 };

typedef struct counts {
    uint64_t records, values, bytes;
    const sy_schema *schema; /* NULL: nothing is printed */
    sy_buf out;
} counts;

static void put_fields(counts *c, const sy_record *r)
{
    for (size_t i = 0; i < r->n_values; i++) {
        const sy_record_value *v = &r->values[i];
        bool first = i == 0 || v[-1].field != v->field;
        bool last = i + 1 == r->n_values || v[1].field != v->field;
        if (first) {
            const char *name = sy_schema_name(c->schema, v->field);
            sy_buf_puts(&c->out, i > 0 ? "," : "");
            sy_buf_put_json(&c->out, name, strlen(name));
            sy_buf_puts(&c->out, ":[");
        }
        sy_buf_puts(&c->out, first ? "" : ",");
        sy_buf_put_json(&c->out, v->text.data, v->text.len);
        sy_buf_puts(&c->out, last ? "]" : "");
    }
}

static sy_status on_record(void *ctx, const sy_record *r, sy_error *err)
{
    counts *c = ctx;
    c->records++;
    c->values += r->n_values;
    for (size_t i = 0; i < r->n_values; i++)
        c->bytes += r->values[i].text.len;
    if (!c->schema)
        return SY_OK;
    sy_buf_reset(&c->out);
    sy_buf_puts(&c->out, "{\"key\":");
    sy_buf_put_json(&c->out, r->key.data, r->key.len);
    sy_buf_printf(&c->out, ",\"line\":%u,\"fields\":{", (unsigned)r->line);
    put_fields(c, r);
    sy_buf_puts(&c->out, "}}\n");
    fwrite(sy_buf_cstr(&c->out), 1, c->out.len, stdout);
    return sy_buf_status(&c->out, err);
}

static void on_report(void *ctx, sy_report_kind kind, uint32_t line, const char *message)
{
    static const char *const words[] = {"note", "replaced", "skipped"};
    counts *c = ctx;
    if (!c->schema)
        return;
    sy_buf_reset(&c->out);
    sy_buf_printf(&c->out, "{\"report\":\"%s\",\"line\":%u,\"message\":", words[kind],
                  (unsigned)line);
    sy_buf_put_json(&c->out, message, strlen(message));
    sy_buf_puts(&c->out, "}\n");
    fwrite(sy_buf_cstr(&c->out), 1, c->out.len, stdout);
}

static sy_status print_text(void *ctx, const sy_block *b, sy_error *err)
{
    (void)ctx, (void)err;
    if (b->text.len > 0 && b->kind != SY_BLOCK_SHEET) {
        for (size_t i = 0; i < b->text.len; i++) /* one line each */
            putchar(b->text.data[i] == '\n' || b->text.data[i] == '\r' ? ' ' : b->text.data[i]);
        putchar('\n');
    }
    return SY_OK;
}

static sy_blocks_walk_fn *walk_of(const char *reader)
{
    static const struct {
        const char *reader;
        sy_blocks_walk_fn *walk;
    } walks[] = {{"docx", sy_docx_walk}, {"xlsx", sy_xlsx_walk}, {"odf", sy_odf_walk},
                 {"html", sy_html_walk}, {"csv", sy_csv_walk},   {"text", sy_prose_walk}};
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
        if (strcmp(walks[i].reader, reader) == 0)
            return walks[i].walk;
    }
    return NULL;
}

static sy_status run(const char *mode, const sy_document *doc, const sy_reader *reader,
                     sy_error *err)
{
    sy_blocks_walk_fn *walk = walk_of(reader->name);
    if (strcmp(mode, "--text") == 0) {
        sy_blocks out = {.take = print_text};
        return walk ? walk(doc, &out, err) : sy_fail(err, SY_E_INPUT, NULL, "no blocks here");
    }
    counts c = {.schema = strcmp(mode, "--records") == 0 ? doc->schema : NULL};
    sy_sink sink = {.ctx = &c, .record = on_record, .report = on_report};
    sy_status st = SY_OK;
    double best = 0;
    for (int i = 0; i < (c.schema ? 1 : RUNS) && st == SY_OK; i++) {
        struct timespec a, b;
        c.records = c.values = c.bytes = 0;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
        st = reader->read(doc, &sink, err);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
        double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
        best = i == 0 || s < best ? s : best;
    }
    if (!c.schema && st == SY_OK)
        printf(
            "{\"reader\":\"%s\",\"bytes\":%zu,\"records\":%llu,\"values\":%llu,\"text_bytes\":%llu,"
            "\"cpu_s\":%.4f,\"mb_per_s\":%.1f}\n",
            reader->name, doc->len, (unsigned long long)c.records, (unsigned long long)c.values,
            (unsigned long long)c.bytes, best, (double)doc->len / best / 1e6);
    sy_buf_release(&c.out);
    return st;
}

int main(int argc, char **argv)
{
    sy_buf bytes = SY_BUF_INIT;
    sy_spill spill = {.dir = NULL};
    sy_schema schema = SY_SCHEMA_INIT;
    sy_error err;
    sy_error_clear(&err);
    if (argc != 3) {
        fprintf(stderr, "usage: readers --text|--records|--time FILE\n");
        return 2;
    }
    sy_status st = sy_schema_load(NULL, &schema, &err);
    if (st == SY_OK)
        st = sy_read_file(argv[2], (uint64_t)4 << 30, &bytes, &err);
    sy_document doc = {.name = argv[2], .schema = &schema, .binary = true};
    doc.options.deleted = getenv("SY_DELETED") != NULL;
    doc.text = sy_buf_cstr(&bytes);
    doc.len = bytes.len;
    const sy_reader *reader = st == SY_OK ? sy_reader_for(&doc) : NULL;
    if (st == SY_OK && !reader) {
        sy_extent all = {doc.text, doc.len, NULL};
        sy_decoded d;
        st = sy_decode(NULL, argv[2], &all, &spill, &d, &err);
        doc.text = d.text.data;
        doc.len = d.text.len;
        doc.binary = false;
        reader = st == SY_OK ? sy_reader_for(&doc) : NULL;
    }
    if (st == SY_OK && !reader)
        st = sy_fail(&err, SY_E_INPUT, NULL, "no reader knows it (kind %d)",
                     (int)sy_office_kind_of(doc.text, doc.len));
    if (st == SY_OK)
        st = run(argv[1], &doc, reader, &err);
    if (st != SY_OK)
        fprintf(stderr, "readers: %s: %s\n", argv[2], err.msg);
    sy_buf_release(&bytes);
    sy_spill_release(&spill);
    sy_schema_release(&schema);
    return st == SY_OK ? 0 : 1;
}
