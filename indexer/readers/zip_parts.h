/* indexer/readers/zip_parts.h - the parts of a document that is a zip archive, read
 * as a stream and within limits. */
#ifndef SY_INDEXER_READERS_ZIP_PARTS_H
#define SY_INDEXER_READERS_ZIP_PARTS_H

#include "base/buf.h"
#include "base/slice.h"

enum {
    SY_ZIP_ENTRIES_MAX = 20000,
    SY_ZIP_RATIO_MAX = 400,        /* unpacked to packed, in an archive ... */
    SY_ZIP_RATIO_FROM = 256 << 20, /* ... of which this much was unpacked   */
    SY_ZIP_CHUNK = 64 << 10
};
#define SY_ZIP_TOTAL_MAX ((uint64_t)8 << 30) /* bytes unpacked of one archive */

typedef struct sy_zip sy_zip;

/* True if bytes[len] begin as a zip archive does. */
bool sy_zip_looks_like(const char *bytes, size_t len);
/* Borrows bytes until close. INPUT on a damaged archive, LIMIT past the limits. */
SY_CHECKED sy_status sy_zip_open(const char *bytes, size_t len, sy_zip **out, sy_error *err);
bool sy_zip_has(const sy_zip *z, const char *part);
/* Calls fn with the content of a part, in chunks of at most SY_ZIP_CHUNK bytes; *more
 * false ends the reading early. INPUT if it is not there, there twice, damaged or
 * encrypted. */
typedef sy_status sy_zip_chunk_fn(void *ctx, const char *bytes, size_t len, bool *more,
                                  sy_error *err);
SY_CHECKED sy_status sy_zip_read(sy_zip *z, const char *part, sy_zip_chunk_fn *fn, void *ctx,
                                 sy_error *err);
void sy_zip_close(sy_zip *z); /* NULL is a no-op */

#endif
