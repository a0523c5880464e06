#include "store/manifest.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "store/file.h"

enum {
    ICU_VERSION_AT = 24,
    ICU_VERSION_LEN = 32,
    HASHES_AT = 56,
    SEGMENT_LEAST = 35, /* bytes of a segment's entry without deleted documents */
    PINYIN = 0x80       /* flag of a field's kind */
};

sy_status sy_index_path(const char *dir, const char *name, sy_buf *out, sy_error *err)
{
    sy_buf_reset(out);
    sy_buf_printf(out, "%s/%s", dir, name);
    return sy_buf_status(out, err);
}

sy_status sy_segment_path(const char *dir, uint64_t number, sy_buf *out, sy_error *err)
{
    sy_buf_reset(out);
    sy_buf_printf(out, "%s/seg-%016llx", dir, (unsigned long long)number);
    return sy_buf_status(out, err);
}

/* ---- reading ---- */

typedef struct cursor {
    const sy_file *file;
    const sy_section *section;
    const uint8_t *at, *end; /* at NULL after a failure */
} cursor;

static sy_status open_section(const sy_file *f, sy_section_kind kind, cursor *c, sy_error *err)
{
    sy_status st = sy_file_section(f, kind, &c->section, err);
    if (st == SY_OK)
        st = sy_file_check(f, c->section, err);
    c->file = f;
    /* An empty section has no data: any two equal pointers will do. */
    c->at = st == SY_OK && c->section->len > 0 ? c->section->data : (const uint8_t *)"";
    c->end = st == SY_OK ? c->at + c->section->len : c->at;
    return st;
}

static sy_status not_held(const cursor *c, sy_error *err)
{
    return sy_fail_at(err, SY_E_CORRUPT, c->file->path, c->section->offset,
                      "damaged: '%s' does not hold", sy_section_name(c->section->kind));
}

static uint64_t take_varint(cursor *c)
{
    uint64_t v = 0;
    c->at = c->at ? sy_varint_get(c->at, c->end, &v) : NULL;
    return v;
}

static uint64_t take_u64(cursor *c)
{
    if (!c->at || c->end - c->at < 8) {
        c->at = NULL;
        return 0;
    }
    c->at += 8;
    return sy_get_u64(c->at - 8);
}

static sy_slice take_bytes(cursor *c)
{
    uint64_t len = take_varint(c);
    if (!c->at || len > (uint64_t)(c->end - c->at)) {
        c->at = NULL;
        return (sy_slice){NULL, 0};
    }
    sy_slice s = {(const char *)c->at, (size_t)len};
    c->at += len;
    return s;
}

static sy_status read_info(const sy_file *f, sy_index_info *info, sy_error *err)
{
    cursor c;
    sy_status st = open_section(f, SY_SECTION_INFO, &c, err);
    if (st != SY_OK)
        return st;
    if (c.section->len != SY_INFO_LEN || c.at[ICU_VERSION_AT + ICU_VERSION_LEN - 1] != 0 ||
        sy_get_u32(c.at + 20) != 0)
        return not_held(&c, err);
    memcpy(info->uuid, f->uuid, sizeof info->uuid);
    info->generation = sy_get_u64(c.at);
    info->committed_ns = (int64_t)sy_get_u64(c.at + 8);
    info->norm_flags = sy_get_u32(c.at + 16);
    memcpy(info->icu_version, c.at + ICU_VERSION_AT, ICU_VERSION_LEN);
    info->rules_hash = sy_get_u64(c.at + HASHES_AT);
    info->lexicon_hash = sy_get_u64(c.at + HASHES_AT + 8);
    info->aliases_hash = sy_get_u64(c.at + HASHES_AT + 16);
    info->next_segment = sy_get_u64(c.at + HASHES_AT + 24);
    return info->generation == f->number ? SY_OK : not_held(&c, err);
}

static sy_status read_field(cursor *c, sy_schema *schema, sy_error *err)
{
    if (!c->at || c->end - c->at < 2)
        return not_held(c, err);
    bool pinyin = (*c->at & PINYIN) != 0;
    unsigned kind = *c->at++ & (PINYIN - 1u);
    uint8_t weight = *c->at++;
    sy_slice name = take_bytes(c), label = take_bytes(c);
    uint64_t n_aliases = take_varint(c);
    if (!c->at || kind > SY_FIELD_KEYWORD || (pinyin && !sy_field_has_values((sy_field_kind)kind)))
        return not_held(c, err);
    size_t before = schema->n_fields;
    char *text = sy_strndup(label.data, label.len);
    if (!text)
        return sy_fail_nomem(err);
    sy_field_id id;
    sy_status st = sy_schema_add(schema, name.data, name.len, text, (sy_field_kind)kind, &id, NULL);
    sy_free(text);
    if (st == SY_OK) {
        schema->fields[id].weight = weight;
        schema->fields[id].pinyin = pinyin;
    }
    for (uint64_t i = 0; i < n_aliases && st == SY_OK && c->at; i++) {
        sy_slice alias = take_bytes(c);
        if (c->at)
            st = sy_schema_alias_new(schema, id, alias.data, alias.len, NULL);
    }
    if (st == SY_E_NOMEM)
        return sy_fail_nomem(err);
    /* What no schema takes, a name that stands twice among it, no writer has written. */
    return st == SY_OK && c->at && schema->n_fields > before ? SY_OK : not_held(c, err);
}

static sy_status read_schema(const sy_file *f, sy_schema *schema, sy_error *err)
{
    cursor c;
    sy_status st = open_section(f, SY_SECTION_SCHEMA, &c, err);
    uint64_t n = st == SY_OK ? take_varint(&c) : 0;
    for (uint64_t i = 0; i < n && st == SY_OK; i++)
        st = read_field(&c, schema, err);
    if (st == SY_OK && c.at != c.end)
        st = not_held(&c, err);
    return st;
}

/* The ordinals of a segment's deleted documents into *deleted. False if they do not hold. */
static bool take_deleted(cursor *c, sy_segment_ref *s, uint32_t **deleted)
{
    uint64_t n = take_varint(c), at = 0;
    if (!c->at || n > (uint64_t)(c->end - c->at))
        return false;
    s->deleted = *deleted;
    s->n_deleted = (size_t)n;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t gap = take_varint(c);
        if (!c->at || gap >= SY_DOC_END || at + gap >= s->n_docs || at + gap >= SY_DOC_END)
            return false;
        *(*deleted)++ = (uint32_t)(at + gap);
        at += gap + 1;
    }
    return true;
}

static sy_status read_segments(const sy_file *f, sy_manifest *m, sy_error *err)
{
    cursor c;
    sy_status st = open_section(f, SY_SECTION_SEGMENTS, &c, err);
    if (st != SY_OK)
        return st;
    uint64_t n = take_varint(&c);
    if (!c.at || n > (uint64_t)(c.end - c.at) / SEGMENT_LEAST)
        return not_held(&c, err);
    /* A deleted document takes a byte or more of the section. */
    m->segments = sy_calloc((size_t)n, sizeof *m->segments);
    m->deleted = sy_alloc((size_t)(c.end - c.at), sizeof *m->deleted);
    if (!m->segments || !m->deleted)
        return sy_fail_nomem(err);
    uint32_t *deleted = m->deleted;
    for (uint64_t i = 0; i < n; i++) {
        sy_segment_ref *s = &m->segments[i];
        s->number = take_u64(&c);
        s->len = take_u64(&c);
        s->checksum = take_u64(&c);
        s->n_records = take_varint(&c);
        s->n_docs = take_varint(&c);
        s->lexicon_hash = take_u64(&c);
        if (!take_deleted(&c, s, &deleted))
            return not_held(&c, err);
    }
    m->n_segments = (size_t)n;
    return c.at == c.end ? SY_OK : not_held(&c, err);
}

static sy_status read_slice(const sy_file *f, sy_section_kind kind, sy_slice *out, sy_error *err)
{
    cursor c;
    sy_status st = open_section(f, kind, &c, err);
    if (st == SY_OK)
        *out = (sy_slice){(const char *)c.at, (size_t)c.section->len};
    return st;
}

sy_status sy_manifest_read(const char *dir, sy_manifest *out, sy_error *err)
{
    *out = (sy_manifest){.schema = SY_SCHEMA_INIT};
    sy_buf path = SY_BUF_INIT;
    sy_file *f = NULL;
    sy_status st = sy_index_path(dir, "manifest", &path, err);
    if (st == SY_OK)
        st = sy_file_open(path.data, SY_FILE_MANIFEST, NULL, &f, err);
    out->file = f;
    if (st == SY_OK)
        st = read_info(f, &out->info, err);
    if (st == SY_OK)
        st = read_schema(f, &out->schema, err);
    if (st == SY_OK)
        st = read_slice(f, SY_SECTION_ALIASES, &out->aliases, err);
    if (st == SY_OK)
        st = read_slice(f, SY_SECTION_USER_WORDS, &out->user_words, err);
    if (st == SY_OK)
        st = read_slice(f, SY_SECTION_LEXICON, &out->lexicon, err);
    if (st == SY_OK)
        st = read_segments(f, out, err);
    if (st != SY_OK)
        sy_manifest_release(out);
    sy_buf_release(&path);
    return st;
}

void sy_manifest_release(sy_manifest *m)
{
    sy_schema_release(&m->schema);
    sy_free(m->segments);
    sy_free(m->deleted);
    sy_file_close(m->file);
    *m = (sy_manifest){.schema = SY_SCHEMA_INIT};
}

/* ---- writing ---- */

static void put_bytes(sy_buf *b, const char *data, size_t len)
{
    sy_buf_put_varint(b, len);
    sy_buf_append(b, data, len);
}

static void put_info(sy_buf *b, const sy_index_info *info)
{
    sy_buf_put_u64(b, info->generation);
    sy_buf_put_u64(b, (uint64_t)info->committed_ns);
    sy_buf_put_u32(b, info->norm_flags);
    sy_buf_put_u32(b, 0);
    char version[ICU_VERSION_LEN] = {0};
    memcpy(version, info->icu_version, strnlen(info->icu_version, ICU_VERSION_LEN - 1));
    sy_buf_append(b, version, sizeof version);
    sy_buf_put_u64(b, info->rules_hash);
    sy_buf_put_u64(b, info->lexicon_hash);
    sy_buf_put_u64(b, info->aliases_hash);
    sy_buf_put_u64(b, info->next_segment);
}

static void put_schema(sy_buf *b, const sy_schema *schema)
{
    sy_buf_put_varint(b, schema->n_fields);
    for (size_t i = 0; i < schema->n_fields; i++) {
        const sy_field *f = &schema->fields[i];
        sy_buf_putc(b, (char)(f->kind | (f->pinyin ? PINYIN : 0u)));
        sy_buf_putc(b, (char)f->weight);
        put_bytes(b, f->name, strlen(f->name));
        put_bytes(b, f->label, strlen(f->label));
        sy_buf_put_varint(b, f->n_aliases);
        for (size_t k = 0; k < f->n_aliases; k++)
            put_bytes(b, f->aliases[k], strlen(f->aliases[k]));
    }
}

static void put_segments(sy_buf *b, const sy_manifest *m)
{
    sy_buf_put_varint(b, m->n_segments);
    for (size_t i = 0; i < m->n_segments; i++) {
        const sy_segment_ref *s = &m->segments[i];
        sy_buf_put_u64(b, s->number);
        sy_buf_put_u64(b, s->len);
        sy_buf_put_u64(b, s->checksum);
        sy_buf_put_varint(b, s->n_records);
        sy_buf_put_varint(b, s->n_docs);
        sy_buf_put_u64(b, s->lexicon_hash);
        sy_buf_put_varint(b, s->n_deleted);
        for (size_t k = 0, next = 0; k < s->n_deleted; next = s->deleted[k++] + (size_t)1)
            sy_buf_put_varint(b, s->deleted[k] - next);
    }
}

static sy_status write_manifest(const char *path, const sy_manifest *m, sy_error *err)
{
    sy_file_writer w;
    sy_buf b = SY_BUF_INIT;
    sy_status st =
        sy_file_create(path, SY_FILE_MANIFEST, m->info.uuid, m->info.generation, &w, err);
    if (st != SY_OK)
        return st;
    put_info(&b, &m->info);
    sy_file_begin(&w, SY_SECTION_INFO);
    sy_file_put(&w, b.data, b.len);
    size_t done = b.len;
    put_schema(&b, &m->schema);
    sy_file_begin(&w, SY_SECTION_SCHEMA);
    sy_file_put(&w, sy_buf_cstr(&b) + done, b.len - done);
    done = b.len;
    put_segments(&b, m);
    sy_file_begin(&w, SY_SECTION_SEGMENTS);
    sy_file_put(&w, sy_buf_cstr(&b) + done, b.len - done);
    sy_file_begin(&w, SY_SECTION_ALIASES);
    sy_file_put(&w, m->aliases.data, m->aliases.len);
    sy_file_begin(&w, SY_SECTION_USER_WORDS);
    sy_file_put(&w, m->user_words.data, m->user_words.len);
    sy_file_begin(&w, SY_SECTION_LEXICON);
    sy_file_put(&w, m->lexicon.data, m->lexicon.len);
    st = sy_buf_status(&b, err);
    if (st == SY_OK)
        st = sy_file_finish(&w, NULL, NULL, err);
    sy_file_abandon(&w);
    sy_buf_release(&b);
    return st;
}

sy_status sy_manifest_commit(const char *dir, const sy_manifest *m, sy_error *err)
{
    sy_buf from = SY_BUF_INIT, to = SY_BUF_INIT;
    sy_status st = sy_index_path(dir, "tmp-manifest", &from, err);
    if (st == SY_OK)
        st = sy_index_path(dir, "manifest", &to, err);
    if (st == SY_OK)
        st = write_manifest(from.data, m, err);
    if (st == SY_OK)
        st = sy_fsync_dir(dir, err);
    if (st == SY_OK)
        st = sy_replace_file(dir, from.data, to.data, err);
    sy_buf_release(&from);
    sy_buf_release(&to);
    return st;
}

/* Only names that a writer gives: a user may keep other files in the folder. */
static bool is_scratch(const char *name)
{
    return strcmp(name, "tmp-manifest") == 0 || strcmp(name, "tmp-records") == 0 ||
           strcmp(name, "tmp-document") == 0 || strncmp(name, "tmp-run-", 8) == 0;
}

bool sy_segment_number(const char *name, uint64_t *number)
{
    *number = 0;
    if (strncmp(name, "seg-", 4) != 0 || strlen(name) != 20)
        return false;
    for (const char *p = name + 4; *p; p++) {
        if (!(*p >= '0' && *p <= '9') && !(*p >= 'a' && *p <= 'f'))
            return false;
        *number = *number << 4 | (unsigned)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
    }
    return true;
}

bool sy_index_owns(const char *name)
{
    uint64_t number;
    return strcmp(name, "lock") == 0 || strcmp(name, "manifest") == 0 || is_scratch(name) ||
           sy_segment_number(name, &number);
}

/* A segment that m does not name. */
static bool is_dead(const char *name, const sy_manifest *m)
{
    uint64_t number;
    if (!m || !sy_segment_number(name, &number))
        return false;
    for (size_t i = 0; i < m->n_segments; i++) {
        if (m->segments[i].number == number)
            return false;
    }
    return true;
}

void sy_index_sweep(const char *dir, const sy_manifest *m)
{
    sy_buf path = SY_BUF_INIT;
    sy_names names;
    if (sy_list_folder(dir, &names, NULL) != SY_OK)
        return;
    for (size_t i = 0; i < names.n; i++) {
        const char *name = names.items[i];
        if ((is_scratch(name) || is_dead(name, m)) &&
            sy_index_path(dir, name, &path, NULL) == SY_OK) {
            sy_status left = sy_remove_file(path.data, NULL);
            (void)left;
        }
    }
    sy_names_release(&names);
    sy_buf_release(&path);
}
