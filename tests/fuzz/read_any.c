/* Any bytes through a reader of documents. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "indexer/reader.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/documents.h"

enum { PARTS_MOST = 16, NAME_MOST = 64, KEYS_MOST = 200 };

/* What a reader gave so far. */
typedef struct reading {
    const sy_schema *schema;
    sy_buf keys; /* of the first records, each between line ends */
    size_t n_records;
} reading;

static sy_status on_record(void *ctx, const sy_record *r, sy_error *err)
{
    reading *x = ctx;
    sy_fuzz_text(r->key);
    assert_true(r->key.len > 0);
    for (size_t i = 0; i < r->n_values; i++) {
        assert_true(r->values[i].field < x->schema->n_fields);
        sy_fuzz_text(r->values[i].text);
    }
    /* A key is unique within its document. */
    if (x->n_records++ < KEYS_MOST && !memchr(r->key.data, '\n', r->key.len)) {
        size_t at = x->keys.len;
        sy_buf_putc(&x->keys, '\n');
        sy_buf_append(&x->keys, r->key.data, r->key.len);
        sy_buf_putc(&x->keys, '\n');
        size_t len = x->keys.len - at;
        assert_null(memmem(x->keys.data, at, x->keys.data + at, len));
    }
    return sy_buf_status(&x->keys, err);
}

static void on_report(void *ctx, sy_report_kind kind, uint32_t line, const char *message)
{
    (void)ctx;
    (void)line;
    assert_true(kind <= SY_REPORT_SKIPPED && message[0] != '\0');
    sy_fuzz_text(sy_slice_of(message));
}

static void read_as(const sy_reader *reader, const char *text, size_t len)
{
    static sy_schema shipped = SY_SCHEMA_INIT; /* loading it takes longer than most inputs */
    sy_schema schema = SY_SCHEMA_INIT;
    sy_error err;
    sy_error_clear(&err);
    if (shipped.n_fields == 0)
        check_ok(sy_schema_load(NULL, &shipped, &err), &err);
    check_ok(sy_schema_copy(&shipped, &schema, &err), &err);
    reading x = {.schema = &schema};
    sy_sink sink = {.ctx = &x, .record = on_record, .report = on_report};
    sy_document doc = {
        .name = "fuzz", .text = text, .len = len, .binary = reader->binary, .schema = &schema};
    int sure = reader->recognise(&doc);
    assert_in_range(sure, 0, 100);
    sy_status st = reader->read(&doc, &sink, &err);
    sy_fuzz_status(st, &err);
    assert_true(st == SY_OK || st == SY_E_INPUT || st == SY_E_LIMIT);
    sy_buf_release(&x.keys);
    sy_schema_release(&schema);
}

/* The parts of an archive out of a text in which each begins with a line "@@ name". */
static size_t split_parts(char *text, sy_doc_part *parts)
{
    size_t n = 0;
    char *line = text;
    while (line && *line && n < PARTS_MOST) {
        char *next = strchr(line, '\n');
        if (next)
            next++;
        if (strncmp(line, "@@ ", 3) == 0 && next) {
            line[0] = '\0'; /* ends the part before */
            next[-1] = '\0';
            parts[n++] = (sy_doc_part){line + 3, next};
        }
        line = next;
    }
    return n;
}

static bool plain_name(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < len; i++)
        if (name[i] <= ' ' || name[i] > '~')
            return false;
    return len > 0 && len < NAME_MOST && name[len - 1] != '/';
}

static void read_parts(const sy_reader *reader, const uint8_t *data, size_t size)
{
    sy_doc_part parts[PARTS_MOST];
    sy_buf text = SY_BUF_INIT, zip = SY_BUF_INIT;
    sy_buf_append(&text, data, size);
    sy_buf_putc(&text, '\0');
    size_t n = split_parts(text.data, parts), kept = 0;
    for (size_t i = 0; i < n; i++) { /* libzip takes no name twice, and not all names */
        bool good = plain_name(parts[i].name);
        for (size_t k = 0; k < kept && good; k++)
            good = strcmp(parts[k].name, parts[i].name) != 0;
        if (good)
            parts[kept++] = parts[i];
    }
    if (kept > 0) {
        sy_doc_zip(parts, kept, &zip);
        char *copy = sy_fuzz_copy((const uint8_t *)zip.data, zip.len);
        read_as(reader, copy, zip.len);
        free(copy);
    }
    sy_buf_release(&zip);
    sy_buf_release(&text);
}

int sy_fuzz_reader(const sy_reader *reader, bool parts, const uint8_t *data, size_t size)
{
    if (parts && size > 3 && memcmp(data, "@@ ", 3) == 0) {
        read_parts(reader, data, size);
        return 0;
    }
    char *copy;
    size_t len = size;
    if (reader->binary) {
        copy = sy_fuzz_copy(data, size);
    } else { /* as the decoder leaves it */
        size_t first;
        sy_buf text = SY_BUF_INIT;
        sy_utf8_repair((const char *)data, size, &text, &first);
        len = text.len;
        copy = sy_fuzz_copy((const uint8_t *)text.data, len);
        sy_buf_release(&text);
    }
    read_as(reader, copy, len);
    free(copy);
    return 0;
}
