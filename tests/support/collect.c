#include "tests/support/collect.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"

static void *grown(void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    *cap = *cap ? *cap * 2 : 64;
    void *bigger = realloc(array, *cap * size);
    assert_non_null(bigger);
    return bigger;
}

static void put(FILE *out, sy_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] == '\n')
            fputs("⏎", out);
        else if (s.data[i] == '\0')
            fputs("␀", out);
        else
            fputc(s.data[i], out);
    }
}

static sy_status on_record(void *ctx, const sy_record *record, sy_error *err)
{
    sy_collected *c = ctx;
    if (c->n_records + 1 == c->refuse_at)
        return sy_fail(err, SY_E_LIMIT, NULL, "refused");
    c->records = grown(c->records, c->n_records, &c->cap_records, sizeof *c->records);
    sy_collected_record *r = &c->records[c->n_records++];
    r->key = strndup(record->key.data, record->key.len);
    r->line = record->line;
    r->row = record->row;
    size_t size = 0;
    FILE *out = open_memstream(&r->values, &size);
    assert_non_null(out);
    for (size_t i = 0; i < record->n_values; i++) {
        const sy_record_value *v = &record->values[i];
        assert_true(v->field < c->schema.n_fields);
        /* Values of a field stand next to each other. */
        for (size_t k = 0; i > 0 && k < i - 1; k++)
            assert_false(record->values[k].field == v->field &&
                         record->values[i - 1].field != v->field);
        fprintf(out, "%s=", sy_schema_name(&c->schema, v->field));
        put(out, v->text);
        fputc('\n', out);
    }
    fclose(out);
    return SY_OK;
}

static void on_report(void *ctx, sy_report_kind kind, uint32_t line, const char *message)
{
    sy_collected *c = ctx;
    c->reports = grown(c->reports, c->n_reports, &c->cap_reports, sizeof *c->reports);
    c->reports[c->n_reports++] = (sy_collected_report){kind, line, strdup(message)};
}

void sy_collect(sy_collected *c, const char *text, size_t len)
{
    size_t refuse_at = c->refuse_at;
    memset(c, 0, sizeof *c);
    c->refuse_at = refuse_at;
    sy_error_clear(&c->err);
    c->status = sy_schema_load(NULL, &c->schema, &c->err);
    if (c->status != SY_OK)
        return;
    /* A copy of the exact size, so that reading past the end is seen. */
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    if (len > 0)
        memcpy(copy, text, len);
    sy_document doc = {.name = "test.bin", .text = copy, .len = len, .schema = &c->schema};
    sy_sink sink = {.ctx = c, .record = on_record, .report = on_report};
    c->reader = sy_reader_for(&doc);
    if (c->reader)
        c->status = c->reader->read(&doc, &sink, &c->err);
    free(copy);
}

void sy_collected_release(sy_collected *c)
{
    for (size_t i = 0; i < c->n_records; i++) {
        free(c->records[i].key);
        free(c->records[i].values);
    }
    for (size_t i = 0; i < c->n_reports; i++)
        free(c->reports[i].message);
    free(c->records);
    free(c->reports);
    sy_schema_release(&c->schema);
    memset(c, 0, sizeof *c);
}

const sy_collected_record *sy_collected_key(const sy_collected *c, const char *key)
{
    for (size_t i = 0; i < c->n_records; i++) {
        if (strcmp(c->records[i].key, key) == 0)
            return &c->records[i];
    }
    fail_msg("no record '%s'", key);
    return NULL;
}

const char *sy_collected_get(sy_collected *c, const char *key, const char *field)
{
    const char *at = sy_collected_key(c, key)->values;
    size_t n = strlen(field), len = 0;
    bool any = false;
    while (*at != '\0') {
        const char *end = strchr(at, '\n');
        if (strncmp(at, field, n) == 0 && at[n] == '=') {
            int wrote = snprintf(c->found + len, sizeof c->found - len, "%s%.*s", any ? "|" : "",
                                 (int)(end - at) - (int)n - 1, at + n + 1);
            len += (size_t)wrote;
            assert_true(len < sizeof c->found);
            any = true;
        }
        at = end + 1;
    }
    return any ? c->found : NULL;
}

const char *sy_collected_keys(sy_collected *c)
{
    size_t len = 0;
    c->found[0] = '\0';
    for (size_t i = 0; i < c->n_records; i++) {
        int wrote = snprintf(c->found + len, sizeof c->found - len, "%s%s", i > 0 ? " " : "",
                             c->records[i].key);
        len += (size_t)wrote;
        assert_true(len < sizeof c->found);
    }
    return c->found;
}

size_t sy_collected_count(const sy_collected *c, sy_report_kind kind, const char *part)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_reports; i++)
        n += c->reports[i].kind == kind && (!part || strstr(c->reports[i].message, part));
    return n;
}
