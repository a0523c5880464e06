#include "tests/support/plain_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
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

/* ---- sums of blocks: 3.2 ---- */

static void check_sums(const plain_file *f)
{
    sy_slice s = f->sections[30];
    assert_non_null(s.data);
    const uint8_t *sums = (const uint8_t *)s.data;
    size_t end = (size_t)(sums - f->bytes), n = (end + 4095) / 4096,
           n_above = (n * 4 + 4095) / 4096;
    assert_int_equal(s.len, n * 4 + n_above * 4 + 8);
    for (size_t i = 0; i < n; i++) {
        size_t from = i == 0 ? 48 : i * 4096, to = i + 1 == n ? end : (i + 1) * 4096;
        assert_true((uint32_t)sy_hash64(f->bytes + from, to - from) == number(sums + i * 4, 4));
    }
    for (size_t i = 0; i < n_above; i++) {
        size_t from = i * 4096, to = i + 1 == n_above ? n * 4 : (i + 1) * 4096;
        assert_true((uint32_t)sy_hash64(sums + from, to - from) == number(sums + (n + i) * 4, 4));
    }
    assert_true(sy_hash64(sums + n * 4, n_above * 4) == number(sums + (n + n_above) * 4, 8));
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
    if (kind == 2)
        check_sums(out);
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
        f->pinyin = f->kind >= 128;
        f->kind -= f->pinyin ? 128 : 0;
        f->weight = *take(&s, 1);
        assert_true(f->kind <= 4 && (!f->pinyin || f->kind == 1 || f->kind == 4));
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
        r->lexicon_hash = take_number(&s, 8);
        r->n_deleted = take_varint(&s);
        assert_true(r->n_deleted <= r->n_docs);
        r->deleted = calloc((size_t)r->n_deleted + 1, sizeof *r->deleted);
        assert_non_null(r->deleted);
        for (uint64_t k = 0, next = 0; k < r->n_deleted; k++) {
            r->deleted[k] = next + take_varint(&s);
            assert_true(r->deleted[k] < r->n_docs);
            next = r->deleted[k] + 1;
        }
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
    for (uint64_t i = 0; i < m->n_segments; i++)
        free(m->segments[i].deleted);
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

static unsigned bit_of(const uint8_t *bits, uint64_t i)
{
    return bits[i / 8] >> i % 8 & 1;
}

/* The i-th number of `width` bits in a string of bits. */
static uint64_t bits_of(const uint8_t *bits, uint64_t i, unsigned width)
{
    uint64_t v = 0;
    for (unsigned k = 0; k < width; k++)
        v |= (uint64_t)bit_of(bits, i * width + k) << k;
    return v;
}

static unsigned width_of(uint64_t most)
{
    unsigned width = 0;
    while (most >> width != 0)
        width++;
    return width;
}

/* Ones of a string of bits that starts s, up to the n-th: their places. The bytes up
 * to the last are taken. */
static void take_ones(sy_slice *s, uint32_t n, uint64_t *places)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < n; bits++) {
        assert_true(bits / 8 < s->len);
        if (bit_of((const uint8_t *)s->data, bits))
            places[i++] = bits;
    }
    take(s, (bits + 7) / 8);
}

static void read_docs_of_block(sy_slice *s, sy_docid *docs, uint32_t n, int64_t *before)
{
    unsigned kind = *take(s, 1);
    if (kind <= 32) {
        assert_int_equal(n, 128);
        const uint8_t *gaps = take(s, 16 * kind);
        for (unsigned i = 0; i < 128; i++) {
            *before += (int64_t)unpack_one(gaps, kind, i) + 1;
            docs[i] = (sy_docid)*before;
        }
        return;
    }
    assert_in_range(kind, 64, 95);
    unsigned low = kind - 64;
    uint64_t highs[128];
    const uint8_t *lows = take(s, ((uint64_t)n * low + 7) / 8);
    take_ones(s, n, highs);
    int64_t first = *before + 1;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t rest = n == 128 ? unpack_one(lows, low, i) : bits_of(lows, i, low);
        *before = first + (int64_t)((highs[i] - i) << low | rest) + i;
        docs[i] = (sy_docid)*before;
    }
}

static uint64_t set_of(const plain_file *f, const sy_model *m, sy_docid doc, unsigned code)
{
    sy_slice sets = section(f, 29);
    assert_true(doc < m->n_records);
    if (code == 255)
        return UINT64_MAX;
    assert_true(code <= (sets.len - 72) / 8);
    return code == 0 ? UINT64_C(1) << m->facts[doc].longest
                     : number(sets.data + 72 + (code - 1) * 8, 8);
}

static void read_places(sy_slice *s, uint32_t m, uint32_t n, uint32_t *places)
{
    unsigned l = 0;
    assert_in_range(m, 1, n);
    while (n / (2u << l) >= m)
        l++;
    uint32_t b = m * l + m + (n - 1) / (1u << l), found = 0;
    bool bitmap = b >= n;
    const uint8_t *bits = take(s, ((bitmap ? n : b) + 7) / 8);
    for (uint32_t i = bitmap ? 0 : m * l; i < (bitmap ? n : b); i++) {
        if (!bit_of(bits, i))
            continue;
        assert_true(found < m);
        places[found] = bitmap ? i : (i - m * l - found) << l | (uint32_t)bits_of(bits, found, l);
        assert_true(places[found] < n && (found == 0 || places[found] > places[found - 1]));
        found++;
    }
    assert_int_equal(found, m);
}

/* The code of each posting. */
static void read_codes(sy_slice *s, unsigned form, uint32_t n, unsigned *codes)
{
    if (form == 0)
        return;
    if (form == 1) {
        unsigned all = *take(s, 1);
        for (uint32_t i = 0; i < n; i++)
            codes[i] = all;
        return;
    }
    uint32_t places[128], n_places = *take(s, 1);
    unsigned n_codes = *take(s, 1);
    const uint8_t *palette = take(s, n_codes);
    assert_in_range(n_codes, 1, 128);
    read_places(s, n_places, n, places);
    unsigned width = width_of(n_codes - 1);
    const uint8_t *numbers = take(s, ((uint64_t)n_places * width + 7) / 8);
    for (uint32_t i = 0; i < n_places; i++) {
        uint64_t k = bits_of(numbers, i, width);
        assert_true(places[i] < n && k < n_codes);
        codes[places[i]] = palette[k];
    }
}

static const uint32_t frequencies[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 255};

static void read_marks(const plain_file *f, const sy_model *m, sy_slice *s, sy_model_list *l,
                       uint32_t first, uint32_t n)
{
    unsigned form = *take(s, 1), codes[128] = {0};
    uint32_t tfs[128] = {0}, places[128];
    uint64_t ones[128];
    assert_true(form < 8 && (form & 3) < 3);
    read_codes(s, form & 3, n, codes);
    if (form & 4) {
        uint32_t m_frequent = *take(s, 1);
        read_places(s, m_frequent, n, places);
        take_ones(s, m_frequent, ones);
        for (uint32_t i = 0; i < m_frequent; i++)
            tfs[places[i]] = (uint32_t)(ones[i] - (i > 0 ? ones[i - 1] + 1 : 0)) + 1;
    }
    for (uint32_t i = 0; i < n; i++) {
        assert_true(tfs[i] < 16);
        l->tfs[first + i] = frequencies[tfs[i]];
        l->fields[first + i] = set_of(f, m, l->docs[first + i], codes[i]);
    }
}

static sy_model_list new_list(sy_model *m, uint32_t df, bool marked)
{
    sy_model_list l = {.n = df};
    assert_true(df > 0 && df <= m->n_records);
    l.docs = sy_model_alloc(m, df * sizeof *l.docs);
    l.tfs = marked ? sy_model_alloc(m, df * sizeof *l.tfs) : NULL;
    l.fields = marked ? sy_model_alloc(m, df * sizeof *l.fields) : NULL;
    return l;
}

/* The share of the weight of a term that a posting gets: 5.7. */
static double share(const sy_model *m, const sy_model_list *l, uint32_t i)
{
    double quarters = 4.0 * l->tfs[i];
    for (unsigned bit = 0; bit < 64; bit++) {
        if (l->fields[i] != UINT64_MAX && l->fields[i] >> bit & 1)
            quarters += (double)m->weights[bit] - 4;
    }
    double tf = quarters < 1 ? .25 : quarters / 4;
    double length = m->facts[l->docs[i]].length;
    double average = m->n_records > 0 ? (double)m->total_length / m->n_records : 0;
    return tf / (tf + .8 * (average > 0 ? .25 + .75 * length / average : 1));
}

/* Reads a list of df >= 1 from the front of s. */
static sy_model_list read_list(const plain_file *f, sy_model *m, sy_slice *s, uint32_t df,
                               bool marked)
{
    sy_model_list l = new_list(m, df, marked);
    uint32_t full = df / 128, blocks = (df + 127) / 128;
    sy_slice skips = take_slice(s, (uint64_t)full * 8);
    const uint8_t *bounds = take(s, marked ? blocks : 0);
    sy_slice counts = {"", 0};
    bool counted = marked && full >= 4;
    if (counted)
        counts = take_slice(s, take_number(s, 1));
    bool said = counts.len > 0;
    const char *start = s->data;
    int64_t before = -1;
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t first = b * 128, n = b < full ? 128 : df % 128;
        read_docs_of_block(s, l.docs + first, n, &before);
        if (marked)
            read_marks(f, m, s, &l, first, n);
        for (uint32_t i = first; marked && i < first + n; i++)
            assert_true(bounds[b] >= share(m, &l, i) * 255 - 1e-6);
        if (b == full)
            break;
        assert_int_equal(take_number(&skips, 4), before);
        assert_int_equal(take_number(&skips, 4), s->data - start);
    }
    assert_true(before < m->n_records);
    for (unsigned bit = 0; bit < 64 && said; bit++) {
        uint64_t n = 0;
        for (uint32_t i = 0; i < l.n; i++)
            n += l.fields[i] >> bit & 1;
        if (n > 0) {
            assert_int_equal(take_number(&counts, 1), bit);
            assert_int_equal(take_varint(&counts), n);
        }
    }
    assert_int_equal(counts.len, 0);
    return l;
}

/* ---- documents and records: 5.1, 5.2 ---- */

/* Appends the phrase of a code, or its normal form: 5.6. */
static size_t put_phrase(sy_slice phrases, uint64_t code, bool normal, char *out)
{
    if (code < 256) {
        *out = (char)(normal && code >= 'A' && code <= 'Z' ? code + 32 : code);
        return 1;
    }
    uint64_t n = number(phrases.data, 4), pool_len = phrases.len - 4 - n * 4;
    assert_true(code - 256 < n);
    const char *pool = phrases.data + 4 + n * 4;
    uint64_t place = number(phrases.data + 4 + (code - 256) * 4, 4);
    uint64_t len = place % 128, at = place / 256;
    assert_true(len <= 40 && at + 40 <= pool_len);
    if (place & 128 && !normal) {
        at += len + 1;
        assert_true(at + 40 <= pool_len);
        len = number(pool + at - 1, 1);
        assert_true(len >= 1 && len <= 40 && at + len + 40 <= pool_len);
    }
    memcpy(out, pool + at, (size_t)len);
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
    sy_slice spelt = spell(f, m, value->coded, true);
    char *out = sy_model_alloc(m, spelt.len + 1);
    size_t n = 0;
    bool after_han = false;
    for (size_t i = 0; i < spelt.len;) {
        uint32_t cp, next = 0;
        size_t spaces = 0, len = sy_utf8_decode(spelt.data + i, spelt.len - i, &cp);
        while (i + spaces < spelt.len && spelt.data[i + spaces] == ' ')
            spaces++;
        if (spaces > 0) {
            i += spaces;
            if (i < spelt.len)
                sy_utf8_decode(spelt.data + i, spelt.len - i, &next);
            if (!(after_han && sy_cp_is_han(next)))
                out[n++] = ' ';
            continue;
        }
        memcpy(out + n, spelt.data + i, len);
        n += len;
        i += len;
        after_han = sy_cp_is_han(cp);
    }
    return (sy_slice){out, n};
}

static void check_phrases(const plain_file *f)
{
    sy_slice s = section(f, 27);
    if (s.len == 0)
        return;
    uint64_t n = number(s.data, 4);
    assert_true(n >= 1 && n <= 65280 && s.len >= 4 + n * 4 + 40);
    for (size_t i = s.len - 40; i < s.len; i++)
        assert_int_equal(s.data[i], 0);
}

static void read_record(const plain_file *f, sy_model *m, sy_slice s, sy_stored *r)
{
    unsigned unit = section(f, 27).len > 0 ? 2 : 1;
    r->line = (uint32_t)take_varint(&s);
    uint64_t step = take_varint(&s);
    r->row = (uint32_t)(step % 2 ? r->line - (step + 1) / 2 : r->line + step / 2);
    uint64_t n = take_varint(&s), texts = 0;
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
    assert_int_equal(s.len, texts);
    for (uint64_t i = 0; i < n; i++) {
        sy_stored_value *v = &r->values[i];
        v->coded = take_slice(&s, v->coded.len);
        v->text = spell(f, m, v->coded, false);
    }
}

static void read_keys(const plain_file *f, sy_model *m)
{
    sy_slice keys = section(f, 31), bases = section(f, 32);
    assert_int_equal(bases.len, ((m->n_records + 31) / 32 + 1) * 8);
    size_t all = keys.len;
    for (uint32_t first = 0; first < m->n_records; first += 32) {
        uint32_t n = m->n_records - first < 32 ? m->n_records - first : 32;
        assert_int_equal(number(bases.data + first / 32 * 8, 8), all - keys.len);
        for (uint32_t i = 0; i < n; i++)
            m->records[first + i].key.len = (size_t)take_varint(&keys);
        for (uint32_t i = 0; i < n; i++)
            m->records[first + i].key = take_slice(&keys, m->records[first + i].key.len);
    }
    assert_int_equal(keys.len, 0);
    assert_int_equal(number(bases.data + bases.len - 8, 8), all);
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
    assert_int_equal(s.len % 64, 0);
    m->n_docs = s.len / 64;
    m->docs = sy_model_alloc(m, m->n_docs * sizeof *m->docs);
    uint64_t next = 0, place = 0, length = 0;
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
        d->place = take_number(&s, 8);
        d->length = take_number(&s, 8);
        assert_true(i == 0 || d->place > place);
        place = d->place;
        length += d->length;
    }
    assert_int_equal(next, m->n_records);
    assert_true(length == m->total_length);
}

/* ---- facts of records and field sets: 5.7 ---- */

static uint32_t length_of(unsigned code)
{
    if (code < 32)
        return code;
    unsigned e = (code - 32) / 8 + 5;
    assert_true(e <= 31);
    return (8 + (code - 32) % 8) << (e - 3);
}

static void read_facts(const plain_file *f, sy_model *m)
{
    sy_slice s = section(f, 28), sets = section(f, 29);
    m->total_length = take_number(&sets, 8);
    memcpy(m->weights, take(&sets, 64), 64);
    m->facts = sy_model_alloc(m, m->n_records * sizeof *m->facts);
    const uint8_t *lengths = take(&s, m->n_records), *longest = take(&s, m->n_records);
    assert_int_equal(s.len, 0);
    for (uint32_t d = 0; d < m->n_records; d++) {
        assert_true(longest[d] < 64);
        m->facts[d] = (sy_record_facts){length_of(lengths[d]), longest[d]};
    }
    assert_true(sets.len % 8 == 0 && sets.len / 8 <= 254);
    for (m->n_sets = 0; sets.len > 0; m->n_sets++) {
        m->sets[m->n_sets] = take_number(&sets, 8);
        assert_true(m->sets[m->n_sets] != 0);
        for (size_t i = 0; i < m->n_sets; i++)
            assert_true(m->sets[i] != m->sets[m->n_sets]);
    }
}

/* ---- character layer: 5.3 ---- */

static sy_model_bigram *new_bigram(sy_model *m, uint32_t a, uint32_t b)
{
    m->bigrams[m->n_bigrams] = (sy_model_bigram){.a = a, .b = b};
    return &m->bigrams[m->n_bigrams++];
}

/* Each bigram of a merged list, whose n postings and least second character are given, as if it had
 * a list of its own. */
static uint32_t read_merged(sy_model *m, sy_slice *s, uint32_t a, uint32_t first, uint32_t n)
{
    uint32_t numbers[128], seconds[127] = {first};
    assert_in_range(n, 1, 127);
    uint32_t n_seconds = (uint32_t)take_varint(s);
    int64_t before = first, number = -1;
    assert_in_range(n_seconds, 1, n);
    if (n_seconds > 1)
        read_docs_of_block(s, seconds + 1, n_seconds - 1, &before);
    read_docs_of_block(s, numbers, n, &number);
    assert_true(before <= 0x10FFFF && number < (int64_t)n_seconds * m->n_records);
    for (uint32_t j = 0, i = 0; j < n_seconds; j++) {
        sy_model_bigram *b = new_bigram(m, a, seconds[j]);
        b->merged = true;
        b->list.docs = sy_model_alloc(m, n * sizeof *b->list.docs);
        for (; i < n && numbers[i] / m->n_records == j; i++)
            b->list.docs[b->list.n++] = numbers[i] % m->n_records;
        assert_true(b->list.n > 0);
    }
    return (uint32_t)before;
}

static int by_second(const void *x, const void *y)
{
    const sy_model_bigram *a = x, *b = y;
    return (a->b > b->b) - (a->b < b->b);
}

/* The bigrams of a row in order, wherever their lists are. */
static void sort_row(sy_model *m, size_t from, uint64_t df)
{
    uint8_t *has = calloc(m->n_records, 1);
    qsort(m->bigrams + from, m->n_bigrams - from, sizeof *m->bigrams, by_second);
    for (size_t i = from; i < m->n_bigrams; i++) {
        const sy_model_bigram *b = &m->bigrams[i];
        assert_true(i == from || b->b > b[-1].b);
        for (uint32_t k = 0; k < b->list.n; k++) {
            df -= !has[b->list.docs[k]];
            has[b->list.docs[k]] = 1;
        }
    }
    assert_int_equal(df, 0);
    free(has);
}

static void read_row(const plain_file *f, sy_model *m, const char *row, uint64_t *n_entries,
                     sy_slice *lists, const char *lists_start)
{
    sy_slice entries = section(f, 22);
    uint64_t first = number(row + 4, 4), end = number(row + 24, 4), df = number(row + 16, 4);
    uint64_t base = number(row + 8, 5), n_merged = number(row + 13, 3);
    size_t from = m->n_bigrams;
    uint32_t a = (uint32_t)number(row, 4), last = 0;
    assert_true(first == *n_entries && end > first && n_merged <= end - first);
    assert_int_equal(base, lists->data - lists_start);
    for (uint64_t i = first; i < end; i++) {
        const char *e = entries.data + i * 7;
        uint32_t b = (uint32_t)number(e, 3) & 0x7FFFFF; /* above it: watched */
        assert_true(i < end - n_merged || b == number(e, 3));
        assert_int_equal(base + number(e + 3, 4), lists->data - lists_start);
        uint64_t len = take_varint(lists);
        assert_true(i == first || i == end - n_merged || b > last);
        last = b;
        if (i >= end - n_merged) {
            last = read_merged(m, lists, a, b, (uint32_t)len);
            continue;
        }
        assert_true(len <= m->n_records);
        sy_model_list list = read_list(f, m, lists, (uint32_t)len, true);
        new_bigram(m, a, b)->list = list;
    }
    *n_entries = end;
    sort_row(m, from, df);
}

static void read_bigrams(const plain_file *f, sy_model *m)
{
    sy_slice rows = section(f, 21), entries = section(f, 22), lists = section(f, 23);
    const char *lists_start = lists.data;
    assert_true(rows.len % 20 == 0 && rows.len > 0 && entries.len % 7 == 0);
    uint64_t n_rows = rows.len / 20 - 1, n_entries = 0;
    m->bigrams = sy_model_alloc(m, lists.len * sizeof *m->bigrams); /* each takes a byte at least */
    for (uint64_t r = 0; r < n_rows; r++) {
        const char *row = rows.data + r * 20;
        assert_true(number(row + 20, 4) > number(row, 4));
        assert_true(number(row + 24, 4) <= entries.len / 7);
        read_row(f, m, row, &n_entries, &lists, lists_start);
    }
    const char *last = rows.data + n_rows * 20;
    assert_int_equal(number(last, 4), 0x110000);
    assert_int_equal(number(last + 4, 4), entries.len / 7);
    assert_int_equal(number(last + 8, 5), lists.data - lists_start);
    assert_int_equal(number(last + 13, 3), 0);
    assert_int_equal(number(last + 16, 4), 0);
    assert_int_equal(n_entries, entries.len / 7);
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

static sy_model_list read_gram(const plain_file *f, sy_model *m, sy_slice key, sy_slice s,
                               uint32_t df)
{
    unsigned kind = *take(&s, 1);
    if (kind == 2) {
        sy_model_list own = read_list(f, m, &s, df, false);
        assert_int_equal(s.len, 0);
        return own;
    }
    const sy_model_list *parent = find_parent(m, key);
    sy_model_list l = {.docs = sy_model_alloc(m, parent->n * sizeof *l.docs)};
    if (kind == 3) {
        sy_model_list places = read_list(f, m, &s, df, false);
        assert_int_equal(s.len, 0);
        for (l.n = 0; l.n < df; l.n++) {
            assert_true(places.docs[l.n] < parent->n);
            l.docs[l.n] = parent->docs[places.docs[l.n]];
        }
        return l;
    }
    assert_true(kind <= 1);
    assert_int_equal(s.len, kind == 0 ? 0 : (parent->n + 7) / 8);
    for (uint32_t i = 0; i < parent->n; i++) {
        if (kind == 0 || ((unsigned char)s.data[i / 8] >> i % 8 & 1))
            l.docs[l.n++] = parent->docs[i];
    }
    assert_int_equal(l.n, df);
    return l;
}

static void read_term(const plain_file *f, sy_model *m, sy_slice *block, sy_slice before,
                      sy_slice *lists, sy_model_term *out)
{
    uint64_t shared = take_varint(block);
    sy_slice rest = take_bytes(block);
    assert_true(shared <= before.len && shared + rest.len <= 1024 && rest.len > 0);
    char *key = sy_model_alloc(m, (size_t)shared + rest.len);
    if (shared > 0)
        memcpy(key, before.data, (size_t)shared);
    memcpy(key + shared, rest.data, rest.len);
    out->key = (sy_slice){key, (size_t)shared + rest.len};
    bool marked = key[0] == 'w';
    uint64_t df = take_varint(block);
    if (df == 1) {
        out->list = new_list(m, 1, marked);
        uint64_t docid = take_varint(block);
        assert_true(docid < m->n_records);
        out->list.docs[0] = (sy_docid)docid;
        if (marked) {
            unsigned tf = *take(block, 1), set = *take(block, 1);
            assert_true(tf < 16);
            out->list.tfs[0] = frequencies[tf];
            out->list.fields[0] = set_of(f, m, (sy_docid)docid, set);
        }
        return;
    }
    sy_slice list = take_slice(lists, take_varint(block));
    if (key[0] == 'g') {
        out->list = read_gram(f, m, out->key, list, (uint32_t)df);
        return;
    }
    out->list = read_list(f, m, &list, (uint32_t)df, marked);
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
            read_term(f, m, &block, before, &lists, t);
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
    read_keys(f, out);
    read_facts(f, out);
    read_docs(f, out);
    read_bigrams(f, out);
    read_terms(f, out);
}
