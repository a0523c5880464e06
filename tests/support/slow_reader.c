#include "tests/support/slow_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"

typedef struct part {
    const uint8_t *at;
    uint64_t len;
} part;

typedef struct slow {
    const uint8_t *file;
    size_t len;
    part sections[64]; /* by kind */
    uint32_t n_records;
    sy_buf *out;
} slow;

static bool no(const char *why)
{
    printf("slow reader: %s\n", why);
    return false;
}

void sy_dump_hex(sy_buf *out, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++)
        sy_buf_printf(out, "%02X", p[i]);
}

void sy_dump_doc(sy_buf *out, uint32_t first, uint32_t records, uint64_t size, int64_t mtime,
                 uint64_t hash, const void *path, size_t path_len, const void *reader,
                 size_t reader_len)
{
    sy_buf_printf(out, "doc %u %u %llu %lld %llX ", first, records, (unsigned long long)size,
                  (long long)mtime, (unsigned long long)hash);
    sy_dump_hex(out, path, path_len);
    sy_buf_putc(out, ' ');
    sy_dump_hex(out, reader, reader_len);
    sy_buf_putc(out, '\n');
}

void sy_dump_list(sy_buf *out, const uint32_t *docs, const uint32_t *tfs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        sy_buf_printf(out, " %u", docs[i]);
        if (tfs)
            sy_buf_printf(out, "*%u", tfs[i]);
    }
    sy_buf_putc(out, '\n');
}

/* Section 3.1. */
static bool read_envelope(slow *s)
{
    const uint8_t *f = s->file;
    if (s->len < 96 || memcmp(f, "SUOYIN\x1A\n", 8) != 0 || sy_get_u64(f + 40) != sy_hash64(f, 40))
        return no("header");
    if (sy_get_u32(f + 8) != 1 || sy_get_u32(f + 12) != 2)
        return no("version or kind");
    const uint8_t *foot = f + s->len - 48;
    uint64_t table = sy_get_u64(foot), n = sy_get_u32(foot + 8);
    if (memcmp(foot + 40, "\n\x1ANIYOUS", 8) != 0 || sy_get_u64(foot + 32) != sy_hash64(foot, 32) ||
        sy_get_u64(foot + 16) != s->len || sy_get_u32(foot + 12) != 0)
        return no("footer");
    if (n > 64 || table + n * 32 != s->len - 48 ||
        sy_get_u64(foot + 24) != sy_hash64(f + table, n * 32))
        return no("table");
    uint64_t next = 48;
    for (uint64_t i = 0; i < n; i++) {
        const uint8_t *e = f + table + i * 32;
        uint64_t at = sy_get_u64(e + 8), len = sy_get_u64(e + 16), end = (at + len + 7) / 8 * 8;
        if (at != next || sy_get_u32(e) >= 64 || sy_get_u32(e + 4) != 0 ||
            sy_get_u64(e + 24) != sy_hash64(f + at, end - at))
            return no("section");
        s->sections[sy_get_u32(e)] = (part){f + at, len};
        next = end;
    }
    return next == table || no("bytes that no section has");
}

static bool read_docs(slow *s)
{
    const uint8_t *strings = s->sections[17].at;
    for (uint64_t i = 0; i < s->sections[16].len / 56; i++) {
        const uint8_t *e = s->sections[16].at + i * 56;
        if (sy_get_u32(e) != s->n_records || sy_get_u64(e + 48) != 0)
            return no("document");
        s->n_records += sy_get_u32(e + 4);
        sy_dump_doc(s->out, sy_get_u32(e), sy_get_u32(e + 4), sy_get_u64(e + 8),
                    (int64_t)sy_get_u64(e + 16), sy_get_u64(e + 24), strings + sy_get_u32(e + 32),
                    sy_get_u32(e + 36), strings + sy_get_u32(e + 40), sy_get_u32(e + 44));
    }
    return s->sections[19].len == 4 * (uint64_t)s->n_records || no("record starts");
}

/* A varint as the loop of section 2 has it. */
static uint64_t varint(const uint8_t **p)
{
    uint64_t value = 0, b;
    unsigned shift = 0;
    do {
        b = *(*p)++;
        value |= (b & 127) << shift;
        shift += 7;
    } while (b >= 128);
    return value;
}

static bool read_records(slow *s)
{
    const uint8_t *bases = s->sections[18].at, *starts = s->sections[19].at;
    for (uint32_t d = 0; d < s->n_records; d++) {
        const uint8_t *p =
            s->sections[20].at + sy_get_u64(bases + d / 32 * 8) + sy_get_u32(starts + d * 4);
        unsigned long long line = varint(&p), row = varint(&p);
        uint64_t key_len = varint(&p), n = varint(&p);
        const uint8_t *heads = p;
        for (uint64_t i = 0; i < 2 * n; i++)
            varint(&p);
        sy_buf_printf(s->out, "record %u %llu %llu ", d, line, row);
        sy_dump_hex(s->out, p, key_len);
        p += key_len;
        for (uint64_t i = 0; i < n; i++) {
            unsigned long long field = varint(&heads) >> 1;
            uint64_t len = varint(&heads);
            sy_buf_printf(s->out, " %llu=", field);
            sy_dump_hex(s->out, p, len);
            p += len;
        }
        sy_buf_putc(s->out, '\n');
    }
    return true;
}

static uint32_t packed(const uint8_t *at, unsigned width, unsigned i)
{
    uint32_t v = 0;
    for (unsigned bit = 0; bit < width; bit++) {
        unsigned place = i / 4 * width + bit;
        uint32_t word = sy_get_u32(at + 16 * (place / 32) + 4 * (i % 4));
        v |= (word >> place % 32 & 1) << bit;
    }
    return v;
}

/* Section 5.5; the end of the list, for the caller to hold against its length. */
static const uint8_t *read_list(slow *s, const uint8_t *at, uint32_t df, bool with_tf)
{
    uint32_t *docs = calloc(df, sizeof *docs), *tfs = calloc(df, sizeof *tfs);
    uint32_t full = df / 128, n = 0;
    int64_t before = -1;
    const uint8_t *p = at + full * 8;
    for (uint32_t b = 0; docs && tfs && b < full; b++) {
        unsigned width = *p++, tf_width = with_tf ? *p++ : 0;
        for (unsigned i = 0; i < 128; i++, n++) {
            before = docs[n] = (uint32_t)(before + 1 + packed(p, width, i));
            tfs[n] = with_tf ? packed(p + 16 * width, tf_width, i) + 1 : 1;
        }
        p += 16 * (width + tf_width);
        if (sy_get_u32(at + b * 8) != docs[n - 1] ||
            sy_get_u32(at + b * 8 + 4) != (uint64_t)(p - at) - full * 8)
            p = NULL, full = 0;
    }
    for (; p && n < df; n++) {
        uint64_t gap = varint(&p);
        tfs[n] = with_tf && gap & 1 ? (uint32_t)varint(&p) + 2 : 1;
        before = docs[n] = (uint32_t)(before + 1 + (int64_t)(with_tf ? gap >> 1 : gap));
    }
    sy_dump_list(s->out, docs, with_tf ? tfs : NULL, n);
    free(docs);
    free(tfs);
    return p;
}

static bool read_bigrams(slow *s)
{
    const uint8_t *rows = s->sections[21].at, *lists = s->sections[23].at, *end = lists;
    for (; sy_get_u32(rows) != 0x110000; rows += 8) {
        for (uint32_t i = sy_get_u32(rows + 4); i < sy_get_u32(rows + 12); i++) {
            const uint8_t *e = s->sections[22].at + (size_t)i * 12;
            uint32_t second = sy_get_u32(e) & 0xFFFFFF, df = sy_get_u32(e + 3);
            uint64_t place = sy_get_u32(e + 7) | (uint64_t)e[11] << 32;
            sy_buf_printf(s->out, "bigram %u %u:", sy_get_u32(rows), second);
            if (df == 1) {
                sy_dump_list(s->out, (uint32_t[]){(uint32_t)place}, NULL, 1);
            } else {
                if (lists + place != end)
                    return no("bigram list");
                end = read_list(s, lists + place, df, false);
            }
        }
    }
    return (uint64_t)(end - lists) == s->sections[23].len || no("bytes that no bigram has");
}

static bool read_block(slow *s, const uint8_t *p, const uint8_t *end)
{
    uint8_t term[1024];
    const uint8_t *list = s->sections[26].at + varint(&p);
    int n = 0;
    for (; p < end; n++) {
        uint64_t shared = varint(&p), rest = varint(&p);
        if (shared + rest > sizeof term)
            return no("term");
        memcpy(term + shared, p, rest);
        p += rest;
        uint32_t df = (uint32_t)varint(&p);
        sy_buf_puts(s->out, "term ");
        sy_dump_hex(s->out, term, shared + rest);
        sy_buf_putc(s->out, ':');
        bool with_tf = term[0] == 'w';
        if (df == 1) {
            uint32_t doc = (uint32_t)varint(&p), tf = with_tf ? (uint32_t)varint(&p) : 1;
            sy_dump_list(s->out, &doc, with_tf ? &tf : NULL, 1);
        } else {
            uint64_t len = varint(&p);
            if (read_list(s, list, df, with_tf) != list + len)
                return no("term list");
            list += len;
        }
    }
    return (p == end && n <= 16) || no("term block");
}

static bool read_terms(slow *s)
{
    const uint8_t *index = s->sections[24].at, *blocks = s->sections[25].at;
    for (uint64_t i = 0; i + 1 < s->sections[24].len / 8; i++) {
        if (!read_block(s, blocks + sy_get_u64(index + i * 8),
                        blocks + sy_get_u64(index + i * 8 + 8)))
            return false;
    }
    return true;
}

bool sy_slow_dump(const uint8_t *file, size_t len, sy_buf *out)
{
    slow s = {.file = file, .len = len, .out = out};
    return read_envelope(&s) && read_docs(&s) && read_records(&s) && read_bigrams(&s) &&
           read_terms(&s);
}
