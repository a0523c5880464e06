/* store/file.h - the envelope that every file of an index has: header, sections
 * under checksums, section table, footer. Bytes: docs/format.md, 3.1 and 3.2.
 *
 * An open file is immutable and may be shared between threads. Whoever reads a part of a
 * segment asks for it first (sy_file_need), so that no damaged byte becomes an answer. */
#ifndef SY_STORE_FILE_H
#define SY_STORE_FILE_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/slice.h"
#include "store/format.h"

typedef struct sy_section {
    sy_section_kind kind;
    const uint8_t *data; /* NULL when len is 0 */
    uint64_t len;
    uint64_t offset;   /* in the file */
    uint64_t end;      /* where the checksummed bytes end: the next section */
    uint64_t checksum; /* as the table has it */
} sy_section;

typedef struct sy_file {
    sy_map map;
    char *path;
    uint8_t uuid[16];
    uint64_t number;
    uint64_t checksum;    /* the footer's: names this very content */
    sy_section *sections; /* sections[n_sections] */
    size_t n_sections;
    const uint8_t *sums; /* of blocks, then the sums of the sums; NULL: the file has none */
    size_t n_sums, n_sum_sums;
    atomic_uchar *sound; /* a bit for each of those: it was held against its sum */
} sy_file;

/* Maps `path` and checks the envelope, in the order that docs/format.md gives;
 * uuid NULL: any. Sections are not read, but for the sums of the sums of blocks. *out is given:
 * sy_file_close. IO, VERSION, CORRUPT, NOMEM. */
SY_CHECKED sy_status sy_file_open(const char *path, sy_file_kind kind, const uint8_t *uuid,
                                  sy_file **out, sy_error *err);
void sy_file_close(sy_file *f); /* NULL is a no-op */

/* The section of a kind; CORRUPT if the file has none. Borrowed from f. */
SY_CHECKED sy_status sy_file_section(const sy_file *f, sy_section_kind kind, const sy_section **out,
                                     sy_error *err);
/* Reads a section whole and compares its checksum: CORRUPT with its offset. */
SY_CHECKED sy_status sy_file_check(const sy_file *f, const sy_section *section, sy_error *err);
/* The blocks from `first` to `last` of the file, whatever is known of them. */
SY_CHECKED sy_status sy_file_check_blocks(const sy_file *f, size_t first, size_t last,
                                          sy_error *err);
static inline bool sy_file_is_sound(const sy_file *f, size_t sum)
{
    return atomic_load_explicit(&f->sound[sum / 8], memory_order_relaxed) >> sum % 8 & 1;
}
/* Before bytes at[len], a part of a section, are read: holds the blocks they lie in against their
 * sums, each once. CORRUPT with the block's offset and the section's name. A file without sums
 * needs none. Cost: a load for each block that was asked for before. */
SY_CHECKED static inline sy_status sy_file_need(const sy_file *f, const void *at, uint64_t len,
                                                sy_error *err)
{
    if (!f->sums || len == 0)
        return SY_OK;
    size_t offset = (size_t)((const uint8_t *)at - f->map.data);
    size_t last = (offset + (size_t)len - 1) / SY_SUM_BLOCK;
    for (size_t b = offset / SY_SUM_BLOCK; b <= last; b++) {
        if (!sy_file_is_sound(f, b))
            return sy_file_check_blocks(f, b, last, err);
    }
    return SY_OK;
}
/* "bigram lists", for messages. */
const char *sy_section_name(sy_section_kind kind);

/* Writes a file front to back: open, then begin, put…, for each section, then
 * close. Sticky like sy_writer: close reports the first failure. */
typedef struct sy_file_writer {
    sy_writer *out;
    const char *path; /* borrowed until close */
    sy_section sections[SY_SECTIONS_MAX];
    size_t n_sections;
    bool in_section, has_sums;
    sy_buf sums;         /* u32 for each whole block so far */
    uint32_t n_in_block; /* bytes of the next one */
    uint8_t block[SY_SUM_BLOCK];
} sy_file_writer;

SY_CHECKED sy_status sy_file_create(const char *path, sy_file_kind kind, const uint8_t uuid[16],
                                    uint64_t number, sy_file_writer *w, sy_error *err);
/* Ends the section before, if any, and starts one. */
void sy_file_begin(sy_file_writer *w, sy_section_kind kind);
void sy_file_put(sy_file_writer *w, const void *bytes, size_t len);
/* Sees to it that whoever maps the file has all that was put so far. IO. */
SY_CHECKED sy_status sy_file_flush(sy_file_writer *w, sy_error *err);
/* Bytes of the section that is being written. */
uint64_t sy_file_section_len(const sy_file_writer *w);
/* Writes the sums of a segment's blocks, table and footer, fsyncs and closes; on failure the file
 * is removed. *len and *checksum (the footer's) may be NULL. */
SY_CHECKED sy_status sy_file_finish(sy_file_writer *w, uint64_t *len, uint64_t *checksum,
                                    sy_error *err);
/* Removes the file; a no-op after finish or when zeroed. */
void sy_file_abandon(sy_file_writer *w);

#endif
