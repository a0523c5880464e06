/* --batch: a query a line in, a JSON object a line out, as they come. */
#include "base/clock.h"
#include "cli/language.h"
#include "cli/line_source.h"
#include "cli/query_modes.h"
#include "cli/term.h"

typedef struct batch {
    const sy_index *index;
    sy_query_options options;
    bool keys, source;
    uint64_t best; /* 0: all, in corpus order */
    bool any_hit, any_error;
    sy_buf line; /* the query, as a C string */
    sy_buf key;  /* scratch */
    sy_key_group group;
    sy_buf keys_json;
    sy_buf out;
} batch;

static void put_key(batch *b, const sy_segment *segment, sy_docid docid, sy_slice key)
{
    if (b->source) {
        sy_segment_doc doc;
        sy_segment_doc_at(segment, sy_segment_doc_of(segment, docid), &doc);
        sy_buf_reset(&b->key);
        sy_buf_append(&b->key, doc.source.data, doc.source.len);
        sy_buf_putc(&b->key, ':');
        sy_buf_append(&b->key, key.data, key.len);
        key = (sy_slice){sy_buf_cstr(&b->key), b->key.len};
        if (b->key.status != SY_OK)
            b->keys_json.status = b->key.status;
    }
    if (b->keys_json.len > 0)
        sy_buf_putc(&b->keys_json, ',');
    sy_buf_put_json(&b->keys_json, key.data, key.len);
}

static sy_status put_keys(batch *b, sy_search *search, uint64_t *count, sy_error *err)
{
    uint32_t n = 1;
    sy_status st = SY_OK;
    while (st == SY_OK && n > 0) {
        const sy_segment *segment;
        const sy_docid *docs;
        st = sy_search_next_run(search, &segment, &docs, &n, err);
        *count += st == SY_OK ? n : 0;
        for (uint32_t i = 0; i < n && st == SY_OK; i++) {
            sy_slice key;
            st = sy_segment_key_near(segment, docs[i], &b->group, &key, err);
            if (st == SY_OK)
                put_key(b, segment, docs[i], key);
        }
    }
    return st == SY_OK ? sy_buf_status(&b->keys_json, err) : st;
}

/* Runs one query; the keys of its hits go to keys_json. */
static sy_status run(batch *b, const sy_query *query, uint64_t *count, sy_error *err)
{
    sy_search *search = NULL;
    sy_status st = sy_search_open(b->index, query, &search, err);
    if (st == SY_OK && b->best > 0)
        st = sy_search_rank(search, b->best, b->options.any, true, err);
    if (st == SY_OK)
        st = b->keys ? put_keys(b, search, count, err) : sy_search_count(search, count, err);
    sy_search_close(search);
    return st;
}

/* Answers the query in b->line. A query in error is an answer too; a status other
 * than OK ends the batch. */
static sy_status answer(batch *b, sy_error *err)
{
    sy_error own;
    sy_error_clear(&own);
    sy_query query = {0};
    sy_query_error where;
    uint64_t count = 0;
    const char *expr = sy_buf_cstr(&b->line);
    sy_buf_reset(&b->keys_json);
    int64_t start = sy_clock_ns();
    sy_status st = SY_OK;
    if (strlen(expr) != b->line.len)
        st = sy_fail(&own, SY_E_INPUT, NULL, "a NUL byte cannot be part of a query");
    if (st == SY_OK)
        st = sy_query_parse(&expr, 1, &b->index->schema, &b->options, &query, &where, &own);
    if (st == SY_OK)
        st = run(b, &query, &count, &own);
    int64_t us = (sy_clock_ns() - start) / 1000;
    sy_query_release(&query);

    sy_buf_puts(&b->out, "{\"query\":");
    sy_buf_put_json(&b->out, expr, b->line.len);
    if (st == SY_OK) {
        b->any_hit |= count > 0;
        sy_buf_printf(&b->out, ",\"count\":%llu,\"us\":%lld", (unsigned long long)count,
                      (long long)us);
        if (b->keys) {
            sy_buf_puts(&b->out, ",\"keys\":[");
            sy_buf_append(&b->out, b->keys_json.data, b->keys_json.len);
            sy_buf_putc(&b->out, ']');
        }
    } else {
        b->any_error = true;
        sy_buf_puts(&b->out, ",\"error\":");
        sy_buf_put_json(&b->out, own.msg, strlen(own.msg));
    }
    sy_buf_puts(&b->out, "}\n");
    st = sy_print_out(&b->out, err);
    return st == SY_OK ? sy_print_flush(err) : st;
}

static bool is_blank(sy_slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
            return false;
    return true;
}

int sy_query_batch(const sy_arguments *args, const sy_index *index, const char *path,
                   const sy_query_options *options)
{
    batch b = {.index = index,
               .options = *options,
               .keys = sy_arguments_on(args, SY_OPT_KEYS),
               .source = sy_arguments_on(args, SY_OPT_SOURCE)};
    sy_line_input lines = {.fd = -1};
    sy_error err;
    sy_error_clear(&err);
    sy_status st = sy_arguments_number(args, SY_OPT_BEST, 1, SY_BEST_MOST, 0, &b.best, &err);
    if (st == SY_OK)
        st = sy_line_input_open(path, &lines, &err);
    sy_language_plain(); /* errors are in the answers */
    while (st == SY_OK) {
        bool more;
        sy_slice line, end;
        st = sy_line_input_next(&lines, &more, &line, &end, &err);
        if (st != SY_OK || !more)
            break;
        if (is_blank(line))
            continue;
        sy_buf_reset(&b.line);
        sy_buf_append(&b.line, line.data, line.len);
        st = sy_buf_status(&b.line, &err);
        if (st == SY_OK)
            st = answer(&b, &err);
    }
    if (st != SY_OK)
        sy_say_failure(&err, NULL);
    sy_line_input_close(&lines);
    sy_buf_release(&b.line);
    sy_buf_release(&b.key);
    sy_buf_release(&b.keys_json);
    sy_buf_release(&b.out);
    if (st != SY_OK || b.any_error)
        return SY_EXIT_FAILED;
    return b.any_hit ? SY_EXIT_OK : SY_EXIT_NONE;
}
