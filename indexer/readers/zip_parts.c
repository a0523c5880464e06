#include "indexer/readers/zip_parts.h"

#include <strings.h>
#include <zip.h>

#include "base/alloc.h"

struct sy_zip {
    zip_t *archive;
    uint64_t packed, unpacked; /* bytes of the archive; read of its parts so far */
};

bool sy_zip_looks_like(const char *bytes, size_t len)
{
    return len >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
}

static sy_status damaged(const zip_error_t *e, sy_error *err)
{
    zip_error_t copy = *e;
    if (zip_error_code_zip(e) == ZIP_ER_MEMORY)
        return sy_fail_nomem(err);
    return sy_fail(err, SY_E_INPUT, NULL, "the archive is damaged: %s", zip_error_strerror(&copy));
}

static sy_status open_archive(sy_zip *z, const char *bytes, size_t len, zip_error_t *e,
                              sy_error *err)
{
    zip_source_t *source = zip_source_buffer_create(bytes, len, 0, e);
    if (!source)
        return sy_fail_nomem(err);
    z->packed = len;
    z->archive = zip_open_from_source(source, ZIP_RDONLY, e);
    if (!z->archive) {
        zip_source_free(source);
        return damaged(e, err);
    }
    if (zip_get_num_entries(z->archive, 0) > SY_ZIP_ENTRIES_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "the archive has more than %d entries",
                       SY_ZIP_ENTRIES_MAX);
    return SY_OK;
}

sy_status sy_zip_open(const char *bytes, size_t len, sy_zip **out, sy_error *err)
{
    *out = NULL;
    sy_zip *z = sy_calloc(1, sizeof *z);
    if (!z)
        return sy_fail_nomem(err);
    zip_error_t e;
    zip_error_init(&e);
    sy_status st = open_archive(z, bytes, len, &e, err);
    zip_error_fini(&e);
    if (st == SY_OK)
        *out = z;
    else
        sy_zip_close(z);
    return st;
}

bool sy_zip_has(const sy_zip *z, const char *part)
{
    return zip_name_locate(z->archive, part, ZIP_FL_NOCASE) >= 0;
}

static sy_status check_limits(const sy_zip *z, sy_error *err)
{
    if (z->unpacked > SY_ZIP_TOTAL_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "more than 8 GiB are packed in the archive");
    if (z->unpacked > SY_ZIP_RATIO_FROM && z->unpacked / z->packed > SY_ZIP_RATIO_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "the archive unpacks to more than %d times its size",
                       SY_ZIP_RATIO_MAX);
    return SY_OK;
}

static sy_status read_chunks(sy_zip *z, zip_file_t *file, const char *part, sy_zip_chunk_fn *fn,
                             void *ctx, sy_error *err)
{
    char *chunk = sy_alloc(SY_ZIP_CHUNK, 1);
    sy_status st = chunk ? SY_OK : sy_fail_nomem(err);
    bool more = true;
    while (st == SY_OK && more) {
        zip_int64_t n = zip_fread(file, chunk, SY_ZIP_CHUNK);
        if (n < 0)
            st = sy_fail(err, SY_E_INPUT, NULL, "%s in the archive is damaged: %s", part,
                         zip_file_strerror(file));
        if (n <= 0)
            break;
        z->unpacked += (uint64_t)n;
        st = check_limits(z, err);
        if (st == SY_OK)
            st = fn(ctx, chunk, (size_t)n, &more, err);
    }
    sy_free(chunk);
    return st;
}

/* Whether another entry has the name too: programs then differ in which they read, and
 * what a person has seen may not be what is found. */
static bool is_there_again(zip_t *archive, const char *part, zip_int64_t at)
{
    zip_int64_t n = zip_get_num_entries(archive, 0);
    for (zip_int64_t i = at + 1; i < n; i++) {
        const char *name = zip_get_name(archive, (zip_uint64_t)i, 0);
        if (name && strcasecmp(name, part) == 0)
            return true;
    }
    return false;
}

sy_status sy_zip_read(sy_zip *z, const char *part, sy_zip_chunk_fn *fn, void *ctx, sy_error *err)
{
    zip_int64_t at = zip_name_locate(z->archive, part, ZIP_FL_NOCASE);
    if (at < 0)
        return sy_fail(err, SY_E_INPUT, NULL, "there is no %s in the archive", part);
    if (is_there_again(z->archive, part, at))
        return sy_fail(err, SY_E_INPUT, NULL, "there are two %s in the archive", part);
    zip_file_t *file = zip_fopen_index(z->archive, (zip_uint64_t)at, 0);
    if (!file) {
        zip_error_t *e = zip_get_error(z->archive);
        int code = zip_error_code_zip(e);
        if (code == ZIP_ER_NOPASSWD || code == ZIP_ER_ENCRNOTSUPP)
            return sy_fail(err, SY_E_INPUT, NULL, "it is encrypted");
        return damaged(e, err);
    }
    sy_status st = read_chunks(z, file, part, fn, ctx, err);
    zip_fclose(file);
    return st;
}

void sy_zip_close(sy_zip *z)
{
    if (!z)
        return;
    if (z->archive)
        zip_discard(z->archive);
    sy_free(z);
}
