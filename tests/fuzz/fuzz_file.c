/* The bytes of a manifest, checksums made to fit: the envelope and what is behind it. */
#include <stdlib.h>
#include <string.h>

#include "store/format.h"
#include "store/manifest.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *dir;
    if (!dir)
        dir = sy_files_folder("fuzz");
    uint8_t *copy = (uint8_t *)sy_fuzz_copy(data, size);
    if (size > SY_HEADER_LEN) {
        memcpy(copy, SY_MAGIC_FRONT, 8);
        memcpy(copy + size - 8, SY_MAGIC_BACK, 8);
    }
    sy_files_reseal(copy, size);
    sy_files_write(sy_files_join(dir, "manifest"), copy, size);
    free(copy);
    sy_manifest m;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = sy_manifest_read(dir, &m, &err);
    sy_fuzz_status(st, &err);
    sy_manifest_release(&m);
    return 0;
}
