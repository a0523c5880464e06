#include <string.h>

#include "query/nearness.h"
#include "query/query_internal.h"
#include "segmenter/normal.h"

/* What the pinyin of fields is called where no field has the name. */
static bool is_pinyin(const sy_buf *normal)
{
    static const char *const names[] = {"py", "pinyin", "拼音"};
    bool yes = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        yes |= sy_slice_equal((sy_slice){normal->data, normal->len}, sy_slice_of(names[i]));
    return yes;
}

sy_status sy_field_lookup(const sy_schema *schema, const char *name, size_t len, sy_buf *scratch,
                          bool *found, sy_field_id *id, sy_error *err)
{
    /* An index that keeps variants has names with Traditional characters; the
     * schema does not say which kind it is, so both normal forms are tried. */
    static const unsigned flags[] = {SY_NORM_KEEP_VARIANTS, 0};
    *found = false;
    *id = SY_FIELD_ANY;
    for (size_t i = 0; i < 2 && !*found; i++) {
        sy_buf_reset(scratch);
        sy_status status = sy_normalize(flags[i], name, len, scratch, NULL, err);
        if (status != SY_OK)
            return status;
        *found = sy_schema_find(schema, sy_buf_cstr(scratch), scratch->len, id);
    }
    if (!*found && is_pinyin(scratch)) {
        *found = true;
        *id = SY_FIELD_PINYIN;
    }
    return SY_OK;
}

void sy_field_suggest(const sy_schema *schema, const char *name, size_t len, sy_buf *out)
{
    static const char *const reserved[] = {"key", "source", "line"};
    sy_nearest nearest = {.typed = sy_near_read((sy_slice){name, len})};
    for (size_t i = 0; i < schema->n_fields; i++) {
        const sy_field *f = &schema->fields[i];
        sy_nearest_offer(&nearest, sy_slice_of(f->name), 0);
        for (size_t k = 0; k < f->n_aliases; k++)
            sy_nearest_offer(&nearest, sy_slice_of(f->aliases[k]), 0);
    }
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        sy_nearest_offer(&nearest, sy_slice_of(reserved[i]), 0);
    if (sy_schema_has_pinyin(schema))
        sy_nearest_offer(&nearest, sy_slice_of("py"), 0);
    sy_nearest_put(&nearest, out);
}
