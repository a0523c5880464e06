/* A schema file. */
#include <string.h>

#include "base/utf8.h"
#include "indexer/reader.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sy_schema schema = SY_SCHEMA_INIT;
    sy_error err;
    bool is_schema;
    sy_error_clear(&err);
    const char *path = sy_files_path("schema.json");
    sy_files_write(path, data, size);
    sy_status st = sy_schema_load(path, &schema, &err);
    sy_fuzz_status(st, &err);
    for (size_t i = 0; i < schema.n_fields; i++) {
        sy_field_id id;
        const char *name = schema.fields[i].name;
        assert_true(sy_schema_find(&schema, name, strlen(name), &id) && id == i);
    }
    sy_schema_release(&schema);
    sy_buf text = SY_BUF_INIT;
    size_t first;
    sy_utf8_repair((const char *)data, size, &text, &first);
    check_ok(sy_schema_recognise(sy_buf_cstr(&text), text.len, &is_schema, NULL), NULL);
    sy_buf_release(&text);
    return 0;
}
