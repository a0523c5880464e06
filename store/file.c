#include "store/file.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/messages.h"

static const char *const kind_names[] = {
    [SY_FILE_MANIFEST] = N_("manifest"), [SY_FILE_SEGMENT] = N_("segment")};

const char *sy_section_name(sy_section_kind kind)
{
    switch (kind) {
    case SY_SECTION_INFO:
        return "info";
    case SY_SECTION_SCHEMA:
        return "schema";
    case SY_SECTION_ALIASES:
        return "aliases";
    case SY_SECTION_USER_WORDS:
        return "user words";
    case SY_SECTION_LEXICON:
        return "lexicon";
    case SY_SECTION_SEGMENTS:
        return "segments";
    case SY_SECTION_DOCUMENTS:
        return "documents";
    case SY_SECTION_DOCUMENT_STRINGS:
        return "document strings";
    case SY_SECTION_RECORD_BASES:
        return "record bases";
    case SY_SECTION_RECORD_STARTS:
        return "record starts";
    case SY_SECTION_RECORDS:
        return "records";
    case SY_SECTION_BIGRAM_ROWS:
        return "bigram rows";
    case SY_SECTION_BIGRAM_ENTRIES:
        return "bigram entries";
    case SY_SECTION_BIGRAM_LISTS:
        return "bigram lists";
    case SY_SECTION_TERM_INDEX:
        return "term index";
    case SY_SECTION_TERM_BLOCKS:
        return "term blocks";
    case SY_SECTION_TERM_LISTS:
        return "term lists";
    case SY_SECTION_PHRASES:
        return "phrases";
    case SY_SECTION_RECORD_FACTS:
        return "record facts";
    case SY_SECTION_FIELD_SETS:
        return "field sets";
    case SY_SECTION_BLOCK_SUMS:
        return "block sums";
    case SY_SECTION_KEYS:
        return "keys";
    case SY_SECTION_KEY_BASES:
        return "key bases";
    }
    return "unknown section";
}

static sy_status damaged(const sy_file *f, uint64_t offset, const char *what, sy_error *err)
{
    return sy_fail_at(err, SY_E_CORRUPT, f->path, offset, "damaged: %s", sy_tr(what));
}

static sy_status check_header(sy_file *f, sy_file_kind kind, const uint8_t *uuid, sy_error *err)
{
    const uint8_t *h = f->map.data;
    if (f->map.len < SY_HEADER_LEN || memcmp(h, SY_MAGIC_FRONT, 8) != 0)
        return sy_fail_at(err, SY_E_CORRUPT, f->path, 0, "not a suoyin %s",
                          sy_tr(kind_names[kind]));
    if (sy_hash64(h, 40) != sy_get_u64(h + 40))
        return damaged(f, 0, "the header's checksum does not fit", err);
    uint32_t version = sy_get_u32(h + 8);
    if (version != SY_FORMAT_VERSION)
        return sy_fail(
            err, SY_E_VERSION, f->path,
            "it is of format version %u, written by %s suoyin; this one reads version %u", version,
            version > SY_FORMAT_VERSION ? _("a newer") : _("an older"), SY_FORMAT_VERSION);
    if (sy_get_u32(h + 12) != (uint32_t)kind)
        return damaged(f, 12, "another kind of file stands here", err);
    if (uuid && memcmp(h + 16, uuid, 16) != 0)
        return damaged(f, 16, "the file belongs to another index", err);
    memcpy(f->uuid, h + 16, 16);
    f->number = sy_get_u64(h + 32);
    return SY_OK;
}

static sy_status check_footer(sy_file *f, uint64_t *table, uint32_t *n, sy_error *err)
{
    if (f->map.len < SY_HEADER_LEN + SY_FOOTER_LEN)
        return damaged(f, f->map.len, "the file was cut short", err);
    uint64_t at = f->map.len - SY_FOOTER_LEN;
    const uint8_t *foot = f->map.data + at;
    if (memcmp(foot + 40, SY_MAGIC_BACK, 8) != 0)
        return damaged(f, f->map.len, "the file was cut short or overwritten at its end", err);
    f->checksum = sy_get_u64(foot + 32);
    if (sy_hash64(foot, 32) != f->checksum)
        return damaged(f, at, "the footer's checksum does not fit", err);
    if (sy_get_u64(foot + 16) != f->map.len)
        return damaged(f, at + 16, "the file has another length than it says", err);
    *table = sy_get_u64(foot);
    *n = sy_get_u32(foot + 8);
    if (*n > SY_SECTIONS_MAX || sy_get_u32(foot + 12) != 0 || *table > at ||
        at - *table != (uint64_t)*n * SY_TABLE_ENTRY_LEN || *table < SY_HEADER_LEN)
        return damaged(f, at, "the section table lies outside the file", err);
    if (sy_hash64(f->map.data + *table, (size_t)(at - *table)) != sy_get_u64(foot + 24))
        return damaged(f, *table, "the section table's checksum does not fit", err);
    return SY_OK;
}

static sy_status read_table(sy_file *f, uint64_t table, uint32_t n, sy_error *err)
{
    uint64_t expected = SY_HEADER_LEN;
    f->sections = sy_alloc(n, sizeof *f->sections);
    if (!f->sections)
        return sy_fail_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *e = f->map.data + table + (uint64_t)i * SY_TABLE_ENTRY_LEN;
        sy_section *s = &f->sections[i];
        s->kind = (sy_section_kind)sy_get_u32(e);
        s->offset = sy_get_u64(e + 8);
        s->len = sy_get_u64(e + 16);
        s->checksum = sy_get_u64(e + 24);
        if (sy_get_u32(e + 4) != 0 || s->offset != expected || s->len > table - s->offset)
            return damaged(f, table + (uint64_t)i * SY_TABLE_ENTRY_LEN,
                           "a section lies outside its place", err);
        expected = (s->offset + s->len + 7) & ~(uint64_t)7;
        if (expected > table)
            return damaged(f, s->offset, "a section lies outside its place", err);
        s->end = expected;
        s->data = s->len > 0 ? f->map.data + s->offset : NULL;
    }
    f->n_sections = n;
    if (expected != table)
        return damaged(f, expected, "bytes that belong to no section", err);
    return SY_OK;
}

/* ---- sums of blocks ---- */

static uint32_t sum_of(const uint8_t *bytes, size_t len)
{
    return (uint32_t)sy_hash64(bytes, len);
}

/* The header has a checksum of its own, and the rest the same sums in every index. */
static uint64_t block_start(size_t b)
{
    return b == 0 ? SY_HEADER_LEN : (uint64_t)b * SY_SUM_BLOCK;
}

static size_t blocks_in(uint64_t len)
{
    return (size_t)((len + SY_SUM_BLOCK - 1) / SY_SUM_BLOCK);
}

/* The file before the section has a sum for each block, these have sums likewise, and those a
 * checksum: all that is checked here. */
static sy_status open_sums(sy_file *f, uint64_t table, sy_error *err)
{
    const sy_section *s = f->n_sections > 0 ? &f->sections[f->n_sections - 1] : NULL;
    if (!s || s->kind != SY_SECTION_BLOCK_SUMS)
        return damaged(f, table, "the sums of its blocks are missing", err);
    size_t n = blocks_in(s->offset), n_above = blocks_in((uint64_t)n * 4);
    if (s->len != ((uint64_t)n + n_above) * 4 + 8)
        return damaged(f, s->offset, "the sums of blocks have a broken length", err);
    if (sy_hash64(s->data + n * 4, n_above * 4) != sy_get_u64(s->data + (n + n_above) * 4))
        return damaged(f, s->offset + n * 4, "the sums of blocks do not fit their checksum", err);
    f->sound = sy_calloc((n + n_above + 7) / 8, sizeof *f->sound);
    if (!f->sound)
        return sy_fail_nomem(err);
    f->sums = s->data;
    f->n_sums = n;
    f->n_sum_sums = n_above;
    return SY_OK;
}

static const char *section_at(const sy_file *f, uint64_t offset)
{
    for (size_t i = f->n_sections; i > 0; i--) {
        if (f->sections[i - 1].len > 0 && f->sections[i - 1].offset <= offset)
            return sy_section_name(f->sections[i - 1].kind);
    }
    return "the header";
}

static void mark_sound(const sy_file *f, size_t sum)
{
    atomic_fetch_or_explicit(&f->sound[sum / 8], (unsigned char)(1u << sum % 8),
                             memory_order_relaxed);
}

/* Sum b lies in a block of sums itself. */
static sy_status check_sums(const sy_file *f, size_t b, sy_error *err)
{
    size_t above = b * 4 / SY_SUM_BLOCK, start = above * SY_SUM_BLOCK;
    if (sy_file_is_sound(f, f->n_sums + above))
        return SY_OK;
    size_t len = f->n_sums * 4 - start < SY_SUM_BLOCK ? f->n_sums * 4 - start : SY_SUM_BLOCK;
    if (sum_of(f->sums + start, len) != sy_get_u32(f->sums + (f->n_sums + above) * 4))
        return damaged(f, (uint64_t)(f->sums - f->map.data) + start,
                       "the sums of blocks do not fit theirs", err);
    mark_sound(f, f->n_sums + above);
    return SY_OK;
}

sy_status sy_file_check_blocks(const sy_file *f, size_t first, size_t last, sy_error *err)
{
    uint64_t end = (uint64_t)(f->sums - f->map.data);
    for (size_t b = first; b <= last && b < f->n_sums; b++) {
        if (sy_file_is_sound(f, b))
            continue;
        uint64_t start = block_start(b), next = block_start(b + 1);
        uint64_t len = (next < end ? next : end) - start;
        sy_status st = check_sums(f, b, err);
        if (st != SY_OK)
            return st;
        if (sum_of(f->map.data + start, (size_t)len) != sy_get_u32(f->sums + b * 4))
            return sy_fail_at(err, SY_E_CORRUPT, f->path, start,
                              "damaged: the sum of a block of '%s' does not fit",
                              section_at(f, start));
        mark_sound(f, b);
    }
    return SY_OK;
}

sy_status sy_file_open(const char *path, sy_file_kind kind, const uint8_t *uuid, sy_file **out,
                       sy_error *err)
{
    *out = NULL;
    sy_file *f = sy_calloc(1, sizeof *f);
    if (!f)
        return sy_fail_nomem(err);
    uint64_t table = 0;
    uint32_t n = 0;
    sy_status st;
    f->path = sy_strndup(path, strlen(path));
    st = f->path ? sy_map_load(path, &f->map, err) : sy_fail_nomem(err);
    if (st == SY_OK)
        st = check_header(f, kind, uuid, err);
    if (st == SY_OK)
        st = check_footer(f, &table, &n, err);
    if (st == SY_OK)
        st = read_table(f, table, n, err);
    if (st == SY_OK && kind == SY_FILE_SEGMENT)
        st = open_sums(f, table, err);
    if (st != SY_OK) {
        sy_file_close(f);
        return st;
    }
    *out = f;
    return SY_OK;
}

void sy_file_close(sy_file *f)
{
    if (!f)
        return;
    sy_map_close(&f->map);
    sy_free(f->sound);
    sy_free(f->sections);
    sy_free(f->path);
    sy_free(f);
}

sy_status sy_file_section(const sy_file *f, sy_section_kind kind, const sy_section **out,
                          sy_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < f->n_sections; i++) {
        if (f->sections[i].kind == kind) {
            *out = &f->sections[i];
            return SY_OK;
        }
    }
    return sy_fail(err, SY_E_CORRUPT, f->path, "damaged: the section '%s' is missing",
                   sy_section_name(kind));
}

sy_status sy_file_check(const sy_file *f, const sy_section *section, sy_error *err)
{
    if (sy_hash64(f->map.data + section->offset, (size_t)(section->end - section->offset)) ==
        section->checksum)
        return SY_OK;
    return sy_fail_at(err, SY_E_CORRUPT, f->path, section->offset,
                      "damaged: the checksum of '%s' does not fit", sy_section_name(section->kind));
}

static void put_sum(sy_file_writer *w)
{
    size_t skip = w->sums.len == 0 ? SY_HEADER_LEN : 0;
    if (w->sums.status == SY_OK) /* else it is empty, and this need not be the first block */
        sy_buf_put_u32(&w->sums, sum_of(w->block + skip, w->n_in_block - skip));
    w->n_in_block = 0;
}

/* All bytes of the file go this way. */
static void put(sy_file_writer *w, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;
    sy_writer_put(w->out, bytes, len);
    while (w->has_sums && len > 0) {
        size_t n = SY_SUM_BLOCK - w->n_in_block < len ? SY_SUM_BLOCK - w->n_in_block : len;
        memcpy(w->block + w->n_in_block, from, n);
        w->n_in_block += (uint32_t)n;
        from += n;
        len -= n;
        if (w->n_in_block == SY_SUM_BLOCK) {
            put_sum(w);
        }
    }
}

sy_status sy_file_create(const char *path, sy_file_kind kind, const uint8_t uuid[16],
                         uint64_t number, sy_file_writer *w, sy_error *err)
{
    *w = (sy_file_writer){.path = path, .has_sums = kind == SY_FILE_SEGMENT};
    sy_status st = sy_writer_open(path, &w->out, err);
    if (st != SY_OK)
        return st;
    uint8_t h[SY_HEADER_LEN] = {0};
    memcpy(h, SY_MAGIC_FRONT, 8);
    sy_put_u32(h + 8, SY_FORMAT_VERSION);
    sy_put_u32(h + 12, (uint32_t)kind);
    memcpy(h + 16, uuid, 16);
    sy_put_u64(h + 32, number);
    sy_put_u64(h + 40, sy_hash64(h, 40));
    put(w, h, sizeof h);
    sy_writer_checksum(w->out);
    return SY_OK;
}

static void end_section(sy_file_writer *w)
{
    if (!w->in_section)
        return;
    sy_section *s = &w->sections[w->n_sections - 1];
    s->len = sy_writer_offset(w->out) - s->offset;
    static const uint8_t zeros[8] = {0};
    put(w, zeros, (size_t)(-s->len & 7));
    s->checksum = sy_writer_checksum(w->out);
    w->in_section = false;
}

void sy_file_begin(sy_file_writer *w, sy_section_kind kind)
{
    end_section(w);
    w->sections[w->n_sections++] = (sy_section){.kind = kind, .offset = sy_writer_offset(w->out)};
    w->in_section = true;
}

void sy_file_put(sy_file_writer *w, const void *bytes, size_t len)
{
    put(w, bytes, len);
}

sy_status sy_file_flush(sy_file_writer *w, sy_error *err)
{
    return sy_writer_flush(w->out, err);
}

uint64_t sy_file_section_len(const sy_file_writer *w)
{
    return sy_writer_offset(w->out) - w->sections[w->n_sections - 1].offset;
}

static void put_sums(sy_file_writer *w)
{
    w->has_sums = false;
    if (w->n_in_block > 0)
        put_sum(w);
    size_t len = w->sums.len;
    for (size_t at = 0; at < len && w->sums.status == SY_OK; at += SY_SUM_BLOCK)
        sy_buf_put_u32(&w->sums, sum_of((const uint8_t *)w->sums.data + at,
                                        len - at < SY_SUM_BLOCK ? len - at : SY_SUM_BLOCK));
    if (w->sums.status == SY_OK)
        sy_buf_put_u64(&w->sums, sy_hash64(w->sums.data + len, w->sums.len - len));
    sy_file_begin(w, SY_SECTION_BLOCK_SUMS);
    put(w, w->sums.data, w->sums.len);
}

sy_status sy_file_finish(sy_file_writer *w, uint64_t *len, uint64_t *checksum, sy_error *err)
{
    end_section(w);
    if (w->has_sums)
        put_sums(w);
    end_section(w);
    if (w->sums.status != SY_OK) {
        sy_file_abandon(w);
        return sy_fail_nomem(err);
    }
    sy_buf_release(&w->sums);
    uint64_t table = sy_writer_offset(w->out);
    for (size_t i = 0; i < w->n_sections; i++) {
        uint8_t e[SY_TABLE_ENTRY_LEN] = {0};
        sy_put_u32(e, (uint32_t)w->sections[i].kind);
        sy_put_u64(e + 8, w->sections[i].offset);
        sy_put_u64(e + 16, w->sections[i].len);
        sy_put_u64(e + 24, w->sections[i].checksum);
        sy_writer_put(w->out, e, sizeof e);
    }
    uint8_t foot[SY_FOOTER_LEN] = {0};
    sy_put_u64(foot, table);
    sy_put_u32(foot + 8, (uint32_t)w->n_sections);
    sy_put_u64(foot + 16, sy_writer_offset(w->out) + SY_FOOTER_LEN);
    sy_put_u64(foot + 24, sy_writer_checksum(w->out));
    sy_put_u64(foot + 32, sy_hash64(foot, 32));
    memcpy(foot + 40, SY_MAGIC_BACK, 8);
    sy_writer_put(w->out, foot, sizeof foot);
    if (len)
        *len = sy_writer_offset(w->out);
    if (checksum)
        *checksum = sy_get_u64(foot + 32);
    sy_writer *out = w->out;
    w->out = NULL;
    return sy_writer_close(out, err);
}

void sy_file_abandon(sy_file_writer *w)
{
    sy_writer_abandon(w->out);
    sy_buf_release(&w->sums);
    w->out = NULL;
}
