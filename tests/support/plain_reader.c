#include "tests/support/plain_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

/* ---- integers: docs/format.md, 2 ---- */

static uint64_t number(const void *at, unsigned n)
{
    const uint8_t *p = at;
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

/* Takes bytes from the front of a slice. */
static const uint8_t *take(sy_slice *s, uint64_t n)
{
    if (n > s->len)
        fail_msg("%llu bytes wanted, %zu are left", (unsigned long long)n, s->len);
    const char *at = s->data;
    s->data += n;
    s->len -= (size_t)n;
    return (const uint8_t *)at;
}

static uint64_t take_number(sy_slice *s, unsigned n)
{
    return number(take(s, n), n);
}

static uint64_t take_varint(sy_slice *s)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint64_t b = *take(s, 1);
        assert_true(shift < 63 || b <= 1);
        value |= (b & 127) << shift;
        if (b < 128)
            return value;
    }
}

static sy_slice take_slice(sy_slice *s, uint64_t len)
{
    const uint8_t *at = take(s, len);
    return (sy_slice){(const char *)at, (size_t)len};
}

static sy_slice take_bytes(sy_slice *s)
{
    return take_slice(s, take_varint(s));
}

/* ---- envelope: 3.1 ---- */

static void read_entry(plain_file *f, uint64_t at, uint64_t from, uint64_t to)
{
    const uint8_t *e = f->bytes + at;
    uint64_t kind = number(e, 4), offset = number(e + 8, 8), len = number(e + 16, 8);
    assert_true(kind < PLAIN_KINDS);
    assert_null(f->sections[kind].data);
    assert_int_equal(number(e + 4, 4), 0);
    assert_int_equal(offset, from);
    assert_true(offset % 8 == 0 && len <= to - from && to - from - len < 8);
    for (uint64_t i = offset + len; i < to; i++)
        assert_int_equal(f->bytes[i], 0);
    assert_true(sy_hash64(f->bytes + from, (size_t)(to - from)) == number(e + 24, 8));
    f->sections[kind] = (sy_slice){(const char *)f->bytes + offset, (size_t)len};
}

void plain_file_open(uint8_t *bytes, size_t len, uint32_t kind, const uint8_t *uuid,
                     plain_file *out)
{
    *out = (plain_file){.bytes = bytes, .len = len};
    assert_true(len >= 96);
    assert_memory_equal(bytes, "\x53\x55\x4F\x59\x49\x4E\x1A\x0A", 8);
    assert_true(sy_hash64(bytes, 40) == number(bytes + 40, 8));
    assert_int_equal(number(bytes + 8, 4), 1);
    assert_int_equal(number(bytes + 12, 4), kind);
    if (uuid)
        assert_memory_equal(bytes + 16, uuid, 16);
    memcpy(out->uuid, bytes + 16, 16);
    out->number = number(bytes + 32, 8);
    const uint8_t *foot = bytes + len - 48;
    assert_memory_equal(foot + 40, "\x0A\x1A\x4E\x49\x59\x4F\x55\x53", 8);
    out->checksum = number(foot + 32, 8);
    assert_true(sy_hash64(foot, 32) == out->checksum);
    assert_int_equal(number(foot + 16, 8), len);
    uint64_t table = number(foot, 8), n = number(foot + 8, 4);
    assert_true(n <= 64 && table >= 48 && table + n * 32 == len - 48);
    assert_int_equal(number(foot + 12, 4), 0);
    assert_true(sy_hash64(bytes + table, (size_t)(n * 32)) == number(foot + 24, 8));
    for (uint64_t i = 0; i < n; i++) {
        uint64_t at = table + i * 32, from = number(bytes + at + 8, 8);
        uint64_t to = i + 1 < n ? number(bytes + at + 32 + 8, 8) : table;
        assert_true(i > 0 || from == 48);
        assert_true(from <= to && to <= table);
        read_entry(out, at, from, to);
    }
    assert_true(n > 0 || table == 48);
}

void plain_file_close(plain_file *f)
{
    free(f->bytes);
    *f = (plain_file){0};
}

static sy_slice section(const plain_file *f, unsigned kind)
{
    if (!f->sections[kind].data)
        fail_msg("section %u is missing", kind);
    return f->sections[kind];
}

/* ---- manifest: 4 ---- */

static void read_fields(plain_manifest *m)
{
    sy_slice s = section(&m->file, 2);
    m->n_fields = take_varint(&s);
    m->fields = calloc(m->n_fields + 1, sizeof *m->fields);
    assert_non_null(m->fields);
    for (uint64_t i = 0; i < m->n_fields; i++) {
        plain_field *f = &m->fields[i];
        f->kind = *take(&s, 1);
        assert_true(f->kind <= 4);
        f->name = take_bytes(&s);
        f->label = take_bytes(&s);
        f->n_aliases = take_varint(&s);
        f->aliases = calloc(f->n_aliases + 1, sizeof *f->aliases);
        assert_non_null(f->aliases);
        for (uint64_t k = 0; k < f->n_aliases; k++)
            f->aliases[k] = take_bytes(&s);
    }
    assert_int_equal(s.len, 0);
}

static void read_segment_refs(plain_manifest *m)
{
    sy_slice s = section(&m->file, 6);
    m->n_segments = take_varint(&s);
    m->segments = calloc(m->n_segments + 1, sizeof *m->segments);
    assert_non_null(m->segments);
    for (uint64_t i = 0; i < m->n_segments; i++) {
        plain_segment_ref *r = &m->segments[i];
        r->number = take_number(&s, 8);
        r->len = take_number(&s, 8);
        r->checksum = take_number(&s, 8);
        r->n_records = take_varint(&s);
        r->n_docs = take_varint(&s);
    }
    assert_int_equal(s.len, 0);
}

void plain_manifest_read(const char *path, plain_manifest *m)
{
    size_t len;
    uint8_t *bytes = sy_files_read(path, &len);
    *m = (plain_manifest){0};
    plain_file_open(bytes, len, 1, NULL, &m->file);
    sy_slice s = section(&m->file, 1);
    m->generation = take_number(&s, 8);
    assert_int_equal(m->generation, m->file.number);
    m->committed_ns = (int64_t)take_number(&s, 8);
    m->norm_flags = (uint32_t)take_number(&s, 4);
    assert_int_equal(take_number(&s, 4), 0);
    memcpy(m->icu_version, take(&s, 32), 32);
    assert_non_null(memchr(m->icu_version, 0, 32));
    m->rules_hash = take_number(&s, 8);
    m->lexicon_hash = take_number(&s, 8);
    m->aliases_hash = take_number(&s, 8);
    m->next_segment = take_number(&s, 8);
    assert_int_equal(s.len, 0);
    read_fields(m);
    m->aliases = section(&m->file, 3);
    m->user_words = section(&m->file, 4);
    m->lexicon = section(&m->file, 5);
    assert_true(sy_hash64(m->lexicon.data, m->lexicon.len) == m->lexicon_hash);
    assert_true(sy_hash64(m->aliases.data, m->aliases.len) == m->aliases_hash);
    read_segment_refs(m);
}

void plain_manifest_free(plain_manifest *m)
{
    for (uint64_t i = 0; i < m->n_fields; i++)
        free(m->fields[i].aliases);
    free(m->fields);
    free(m->segments);
    plain_file_close(&m->file);
    *m = (plain_manifest){0};
}

/* ---- posting lists: 5.5 ---- */

static uint32_t unpack_one(const uint8_t *lanes, unsigned width, unsigned i)
{
    uint32_t v = 0;
    for (unsigned b = 0; b < width; b++) {
        unsigned bit = i / 4 * width + b;
        uint64_t word = number(lanes + 16 * (bit / 32) + 4 * (i % 4), 4);
        v |= (uint32_t)(word >> bit % 32 & 1) << b;
    }
    return v;
}

static void read_full(sy_slice *s, bool with_tf, sy_model_list *l, uint32_t first, int64_t *before)
{
    unsigned width = *take(s, 1), tf_width = with_tf ? *take(s, 1) : 0;
    assert_true(width <= 32 && tf_width <= 32);
    const uint8_t *gaps = take(s, 16 * width), *less = take(s, 16 * tf_width);
    for (unsigned i = 0; i < 128; i++) {
        *before += (int64_t)unpack_one(gaps, width, i) + 1;
        l->docs[first + i] = (sy_docid)*before;
        if (with_tf)
            l->tfs[first + i] = unpack_one(less, tf_width, i) + 1;
    }
}

static void read_rest(sy_slice *s, bool with_tf, sy_model_list *l, uint32_t i, int64_t *before)
{
    uint64_t gap = take_varint(s), tf = 1;
    if (with_tf) {
        if (gap & 1)
            tf = take_varint(s) + 2;
        gap >>= 1;
        l->tfs[i] = (uint32_t)tf;
    }
    *before += (int64_t)gap + 1;
    l->docs[i] = (sy_docid)*before;
}

/* Reads a list of df > 1 from the front of s. */
static sy_model_list read_list(sy_model *m, sy_slice *s, uint32_t df, bool with_tf)
{
    sy_model_list l = {.n = df};
    uint32_t full = df / 128;
    assert_true(df > 1 && df <= m->n_records);
    l.docs = sy_model_alloc(m, df * sizeof *l.docs);
    l.tfs = with_tf ? sy_model_alloc(m, df * sizeof *l.tfs) : NULL;
    sy_slice skips = take_slice(s, (uint64_t)full * 8);
    const char *blocks = s->data;
    int64_t before = -1;
    for (uint32_t b = 0; b < full; b++) {
        read_full(s, with_tf, &l, b * 128, &before);
        assert_int_equal(take_number(&skips, 4), before);
        assert_int_equal(take_number(&skips, 4), s->data - blocks);
    }
    for (uint32_t i = full * 128; i < df; i++)
        read_rest(s, with_tf, &l, i, &before);
    assert_true(before < m->n_records);
    return l;
}

static sy_model_list list_of_one(sy_model *m, uint64_t docid, uint64_t tf, bool with_tf)
{
    sy_model_list l = {.n = 1};
    assert_true(docid < m->n_records && tf > 0 && tf <= UINT32_MAX);
    l.docs = sy_model_alloc(m, sizeof *l.docs);
    l.docs[0] = (sy_docid)docid;
    if (with_tf) {
        l.tfs = sy_model_alloc(m, sizeof *l.tfs);
        l.tfs[0] = (uint32_t)tf;
    }
    return l;
}

/* ---- documents and records: 5.1, 5.2 ---- */

/* Appends the phrase of a code, or its normal form: 5.6. */
static size_t put_phrase(sy_slice phrases, uint64_t code, bool normal, char *out)
{
    if (code < 256) {
        *out = (char)code;
        return 1;
    }
    uint64_t n = number(phrases.data, 4), pool_len = phrases.len - 4 - n * 8;
    assert_true(code - 256 < n);
    uint64_t place = number(phrases.data + 4 + (code - 256) * 8 + (normal ? 4 : 0), 4);
    uint64_t len = place % 256, at = place / 256;
    assert_true(len <= 40 && at + 40 <= pool_len);
    memcpy(out, phrases.data + 4 + n * 8 + at, (size_t)len);
    return (size_t)len;
}

static sy_slice spell(const plain_file *f, sy_model *m, sy_slice units, bool normal)
{
    sy_slice phrases = section(f, 27);
    if (phrases.len == 0)
        return units;
    char *text = sy_model_alloc(m, units.len / 2 * 40 + 1);
    size_t len = 0;
    for (size_t i = 0; i < units.len; i += 2)
        len += put_phrase(phrases, number(units.data + i, 2), normal, text + len);
    return (sy_slice){text, len};
}

sy_slice plain_normal(const plain_file *f, sy_model *m, const sy_stored_value *value)
{
    return spell(f, m, value->coded, true);
}

static void check_phrases(const plain_file *f)
{
    sy_slice s = section(f, 27);
    if (s.len == 0)
        return;
    uint64_t n = number(s.data, 4);
    assert_true(n >= 1 && n <= 65280 && s.len >= 4 + n * 8 + 40);
    for (size_t i = s.len - 40; i < s.len; i++)
        assert_int_equal(s.data[i], 0);
}

static void read_record(const plain_file *f, sy_model *m, sy_slice s, sy_stored *r)
{
    unsigned unit = section(f, 27).len > 0 ? 2 : 1;
    r->line = (uint32_t)take_varint(&s);
    r->row = (uint32_t)take_varint(&s);
    uint64_t key_len = take_varint(&s), n = take_varint(&s), texts = 0;
    assert_true(n <= s.len);
    r->values = sy_model_alloc(m, (size_t)n * sizeof *r->values);
    r->n_values = (size_t)n;
    for (uint64_t i = 0; i < n; i++) {
        sy_stored_value *v = &r->values[i];
        uint64_t head = take_varint(&s);
        v->field = (sy_field_id)(head / 2);
        v->simple = head % 2;
        v->coded.len = (size_t)take_varint(&s) * unit;
        texts += v->coded.len;
        bool again = i > 0 && v->field == v[-1].field;
        assert_true(i == 0 || v->field >= v[-1].field);
        v->ordinal = again ? v[-1].ordinal + 1 : 0;
    }
    r->key = take_slice(&s, key_len);
    assert_int_equal(s.len, texts);
    for (uint64_t i = 0; i < n; i++) {
        sy_stored_value *v = &r->values[i];
        v->coded = take_slice(&s, v->coded.len);
        v->text = spell(f, m, v->coded, false);
    }
}

static void read_records(const plain_file *f, sy_model *m)
{
    sy_slice bases = section(f, 18), starts = section(f, 19), records = section(f, 20);
    assert_int_equal(starts.len % 4, 0);
    m->n_records = (uint32_t)(starts.len / 4);
    m->records = sy_model_alloc(m, m->n_records * sizeof *m->records);
    assert_int_equal(bases.len, ((m->n_records + 31) / 32 + 1) * 8);
    assert_int_equal(number(bases.data + bases.len - 8, 8), records.len);
    uint64_t at = 0;
    for (uint32_t d = 0; d < m->n_records; d++) {
        uint64_t base = number(bases.data + d / 32 * 8, 8);
        assert_int_equal(base + number(starts.data + d * 4, 4), at);
        assert_true(d % 32 != 0 || base == at);
        uint64_t end = records.len;
        if (d + 1 < m->n_records)
            end = number(bases.data + (d + 1) / 32 * 8, 8) + number(starts.data + (d + 1) * 4, 4);
        assert_true(at <= end && end <= records.len);
        read_record(f, m, (sy_slice){records.data + at, (size_t)(end - at)}, &m->records[d]);
        at = end;
    }
    assert_int_equal(at, records.len);
}

static sy_slice part(sy_slice strings, uint64_t offset, uint64_t len)
{
    assert_true(offset + len <= strings.len);
    return (sy_slice){strings.data + offset, (size_t)len};
}

static void read_docs(const plain_file *f, sy_model *m)
{
    sy_slice s = section(f, 16), strings = section(f, 17);
    assert_int_equal(s.len % 56, 0);
    m->n_docs = s.len / 56;
    m->docs = sy_model_alloc(m, m->n_docs * sizeof *m->docs);
    uint64_t next = 0;
    for (size_t i = 0; i < m->n_docs; i++) {
        sy_segment_doc *d = &m->docs[i];
        d->first = (sy_docid)take_number(&s, 4);
        assert_int_equal(d->first, next);
        d->n_records = (uint32_t)take_number(&s, 4);
        next += d->n_records;
        d->size = take_number(&s, 8);
        d->mtime_ns = (int64_t)take_number(&s, 8);
        d->hash = take_number(&s, 8);
        uint64_t path = take_number(&s, 4);
        d->source = part(strings, path, take_number(&s, 4));
        uint64_t reader = take_number(&s, 4);
        d->reader = part(strings, reader, take_number(&s, 4));
        assert_int_equal(take_number(&s, 8), 0);
    }
    assert_int_equal(next, m->n_records);
}

/* ---- character layer: 5.3 ---- */

static void read_bigram(sy_model *m, const uint8_t *e, sy_slice *lists, sy_model_bigram *out)
{
    uint64_t df = number(e + 3, 4), place = number(e + 7, 5);
    out->b = (uint32_t)number(e, 3);
    if (df == 1) {
        out->list = list_of_one(m, place, 1, false);
        return;
    }
    out->list = read_list(m, lists, (uint32_t)df, false);
}

static void read_bigrams(const plain_file *f, sy_model *m)
{
    sy_slice rows = section(f, 21), entries = section(f, 22), lists = section(f, 23);
    const char *lists_start = lists.data;
    assert_true(rows.len % 8 == 0 && rows.len > 0 && entries.len % 12 == 0);
    uint64_t n_rows = rows.len / 8 - 1;
    m->n_bigrams = entries.len / 12;
    m->bigrams = sy_model_alloc(m, m->n_bigrams * sizeof *m->bigrams);
    uint64_t next = 0;
    for (uint64_t r = 0; r < n_rows; r++) {
        const char *row = rows.data + r * 8;
        uint32_t a = (uint32_t)number(row, 4);
        assert_int_equal(number(row + 4, 4), next);
        assert_true(number(row + 8, 4) > a);
        uint64_t end = number(row + 12, 4);
        assert_true(end > next && end <= m->n_bigrams);
        for (uint64_t first = next; next < end; next++) {
            const uint8_t *e = (const uint8_t *)entries.data + next * 12;
            sy_model_bigram *b = &m->bigrams[next];
            b->a = a;
            if (number(e + 3, 4) > 1) /* lists follow each other in the order of entries */
                assert_int_equal(number(e + 7, 5), lists.data - lists_start);
            read_bigram(m, e, &lists, b);
            assert_true(next == first || b->b > b[-1].b);
        }
    }
    assert_int_equal(number(rows.data + n_rows * 8, 4), 0x110000);
    assert_int_equal(number(rows.data + n_rows * 8 + 4, 4), m->n_bigrams);
    assert_int_equal(next, m->n_bigrams);
    assert_int_equal(lists.len, 0);
}

/* ---- term dictionary: 5.4 ---- */

static const sy_model_list *find_term(const sy_model *m, sy_slice key)
{
    for (size_t i = 0; i < m->n_terms; i++) {
        if (sy_slice_equal(m->terms[i].key, key))
            return &m->terms[i].list;
    }
    fail_msg("a gram without the one that it begins with");
    return NULL;
}

/* The rarest bigram of three characters, or the gram without its last character. */
static const sy_model_list *find_parent(const sy_model *m, sy_slice key)
{
    uint32_t cps[1024];
    size_t n = 0, last = 1;
    for (size_t at = 1; at < key.len; n++) {
        last = at;
        at += sy_utf8_decode(key.data + at, key.len - at, &cps[n]);
    }
    assert_true(n >= 3);
    if (n > 3)
        return find_term(m, (sy_slice){key.data, last});
    const sy_model_bigram *a = sy_model_find_bigram(m, cps[0], cps[1]),
                          *b = sy_model_find_bigram(m, cps[1], cps[2]);
    assert_true(a && b);
    return b->list.n < a->list.n ? &b->list : &a->list;
}

static sy_model_list read_gram(sy_model *m, sy_slice key, sy_slice s, uint32_t df)
{
    unsigned kind = *take(&s, 1);
    if (kind == 2) {
        sy_model_list own = read_list(m, &s, df, false);
        assert_int_equal(s.len, 0);
        return own;
    }
    const sy_model_list *parent = find_parent(m, key);
    sy_model_list l = {.docs = sy_model_alloc(m, parent->n * sizeof *l.docs)};
    assert_true(kind <= 1);
    assert_int_equal(s.len, kind == 0 ? 0 : (parent->n + 7) / 8);
    for (uint32_t i = 0; i < parent->n; i++) {
        if (kind == 0 || ((unsigned char)s.data[i / 8] >> i % 8 & 1))
            l.docs[l.n++] = parent->docs[i];
    }
    assert_int_equal(l.n, df);
    return l;
}

static void read_term(sy_model *m, sy_slice *block, sy_slice before, sy_slice *lists,
                      sy_model_term *out)
{
    uint64_t shared = take_varint(block);
    sy_slice rest = take_bytes(block);
    assert_true(shared <= before.len && shared + rest.len <= 1024 && rest.len > 0);
    char *key = sy_model_alloc(m, (size_t)shared + rest.len);
    if (shared > 0)
        memcpy(key, before.data, (size_t)shared);
    memcpy(key + shared, rest.data, rest.len);
    out->key = (sy_slice){key, (size_t)shared + rest.len};
    bool with_tf = key[0] == 'w';
    uint64_t df = take_varint(block);
    if (df == 1) {
        uint64_t docid = take_varint(block);
        out->list = list_of_one(m, docid, with_tf ? take_varint(block) : 1, with_tf);
        return;
    }
    sy_slice list = take_slice(lists, take_varint(block));
    if (key[0] == 'g') {
        out->list = read_gram(m, out->key, list, (uint32_t)df);
        return;
    }
    out->list = read_list(m, &list, (uint32_t)df, with_tf);
    assert_int_equal(list.len, 0);
}

static void read_terms(const plain_file *f, sy_model *m)
{
    sy_slice index = section(f, 24), blocks = section(f, 25), lists = section(f, 26);
    const char *lists_start = lists.data;
    assert_true(index.len % 8 == 0 && index.len > 0);
    uint64_t n_blocks = index.len / 8 - 1;
    m->terms = sy_model_alloc(m, (size_t)n_blocks * 16 * sizeof *m->terms);
    assert_int_equal(number(index.data, 8), 0);
    for (uint64_t b = 0; b < n_blocks; b++) {
        uint64_t from = number(index.data + b * 8, 8), to = number(index.data + b * 8 + 8, 8);
        assert_true(from < to && to <= blocks.len);
        sy_slice block = {blocks.data + from, (size_t)(to - from)}, before = {NULL, 0};
        assert_int_equal(take_varint(&block), lists.data - lists_start);
        size_t first = m->n_terms;
        while (block.len > 0) {
            sy_model_term *t = &m->terms[m->n_terms];
            assert_true(m->n_terms - first < 16);
            read_term(m, &block, before, &lists, t);
            assert_true(m->n_terms == 0 || sy_slice_compare(t[-1].key, t->key) < 0);
            before = t->key;
            m->n_terms++;
        }
        assert_true(b + 1 == n_blocks || m->n_terms - first == 16);
    }
    assert_int_equal(number(index.data + n_blocks * 8, 8), blocks.len);
    assert_int_equal(lists.len, 0);
}

void plain_segment_read(const plain_file *f, sy_model *out)
{
    *out = (sy_model){0};
    check_phrases(f);
    read_records(f, out);
    read_docs(f, out);
    read_bigrams(f, out);
    read_terms(f, out);
}
