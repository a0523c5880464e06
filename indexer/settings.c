#include "indexer/settings.h"

#include "base/io.h"
#include "base/utf8.h"
#include "indexer/reader.h"
#include "segmenter/names.h"
#include "segmenter/normal.h"

enum { SETTINGS_FILE_MAX = 64 << 20 };

/* Appends a file of ours to write by hand: UTF-8, with or without BOM. */
static sy_status read_text(const char *path, sy_buf *out, sy_error *err)
{
    sy_buf bytes = SY_BUF_INIT;
    sy_status st = sy_read_file(path, SETTINGS_FILE_MAX, &bytes, err);
    const char *text = sy_buf_cstr(&bytes);
    size_t len = bytes.len;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    if (st == SY_OK) {
        size_t bad = sy_utf8_check(text, len);
        if (bad < len)
            st = sy_fail_at(err, SY_E_INPUT, path, bad, "not UTF-8");
        else
            sy_buf_append(out, text, len);
    }
    if (st == SY_OK)
        st = sy_buf_status(out, err);
    sy_buf_release(&bytes);
    return st;
}

static sy_slice slice_of(const sy_buf *b)
{
    return (sy_slice){b->data, b->len};
}

static sy_status load_schema(const sy_index_options *o, const sy_index *old, sy_settings *s,
                             sy_error *err)
{
    sy_status st = old ? sy_schema_copy(&old->schema, &s->schema, err) : SY_OK;
    if (st == SY_OK && (!old || o->schema_path))
        st = sy_schema_load(o->schema_path, &s->schema, err);
    s->reread = o->schema_path != NULL;
    if (st == SY_OK && old && !sy_schema_equal(&s->schema, &old->schema))
        s->changed = true;
    return st;
}

static sy_status load_aliases(const sy_index_options *o, const sy_index *old, sy_settings *s,
                              sy_error *err)
{
    sy_aliases *parsed = NULL;
    sy_status st = SY_OK;
    if (o->aliases_path)
        st = read_text(o->aliases_path, &s->aliases, err);
    else if (old)
        sy_buf_append(&s->aliases, old->aliases.data, old->aliases.len);
    if (st == SY_OK)
        st = sy_buf_status(&s->aliases, err);
    if (st == SY_OK) /* a broken line is an error now, not at the first query */
        st = sy_aliases_parse(s->norm_flags, o->aliases_path, s->aliases.data, s->aliases.len,
                              &parsed, err);
    sy_aliases_free(parsed);
    if (st == SY_OK && old && !sy_slice_equal(slice_of(&s->aliases), old->aliases))
        s->changed = true;
    return st;
}

static sy_status load_words(const sy_index_options *o, const sy_index *old, sy_settings *s,
                            sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < o->n_lexicons && st == SY_OK; i++) {
        st = read_text(o->lexicon_paths[i], &s->user_words, err);
        sy_buf_putc(&s->user_words, '\n');
    }
    if (o->n_lexicons == 0 && old)
        sy_buf_append(&s->user_words, old->user_words.data, old->user_words.len);
    if (st == SY_OK)
        st = sy_buf_status(&s->user_words, err);
    if (st == SY_OK && old && !sy_slice_equal(slice_of(&s->user_words), old->user_words))
        s->changed = true;
    return st;
}

sy_status sy_settings_load(const sy_index_options *options, const sy_index *old, sy_settings *out,
                           sy_error *err)
{
    *out = (sy_settings){.schema = SY_SCHEMA_INIT};
    out->norm_flags = old ? old->info.norm_flags : 0;
    if (options->keep_variants)
        out->norm_flags |= SY_NORM_KEEP_VARIANTS;
    out->changed = old && (out->norm_flags != old->info.norm_flags ||
                           old->info.rules_hash != sy_normal_rules_hash(out->norm_flags));
    sy_status st = load_schema(options, old, out, err);
    if (st == SY_OK)
        st = load_aliases(options, old, out, err);
    if (st == SY_OK)
        st = load_words(options, old, out, err);
    return st;
}

void sy_settings_release(sy_settings *s)
{
    sy_schema_release(&s->schema);
    sy_buf_release(&s->aliases);
    sy_buf_release(&s->user_words);
}
