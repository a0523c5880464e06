#include "indexer/readers/field_name.h"

#include "segmenter/normal.h"

/* Drops barriers and outer spaces in place. */
static void tidy(sy_buf *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->len; i++) {
        char c = b->data[i];
        if (c == SY_BARRIER || c == '\0' || (c == ' ' && n == 0))
            continue;
        b->data[n++] = c;
    }
    while (n > 0 && b->data[n - 1] == ' ')
        n--;
    b->len = n;
    if (b->data)
        b->data[n] = '\0';
}

sy_status sy_field_normal(sy_slice name, sy_buf *out, sy_error *err)
{
    sy_buf_reset(out);
    sy_status st = sy_normalize(0, name.data, name.len, out, NULL, err);
    if (st != SY_OK)
        return st;
    tidy(out);
    return sy_buf_status(out, err);
}

/* What people read: the name as it stands, without line breaks. */
static sy_status make_label(sy_slice name, sy_buf *label, sy_error *err)
{
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.data[i] >= ' ')
            sy_buf_putc(label, name.data[i]);
    }
    return sy_buf_status(label, err);
}

sy_status sy_field_of(sy_schema *schema, sy_slice name, sy_buf *scratch, sy_field_id *id,
                      bool *renamed, sy_error *err)
{
    sy_buf label = SY_BUF_INIT;
    if (renamed)
        *renamed = false;
    sy_status st = sy_field_normal(name, scratch, err);
    if (st != SY_OK)
        goto done;
    bool found = sy_schema_find(schema, sy_buf_cstr(scratch), scratch->len, id);
    if (found && *id < SY_FIELDS_MAX)
        goto done;
    bool special = found || scratch->len == 0;
    if (renamed)
        *renamed = special;
    if (special) {
        sy_buf_putc(&label, '_');
        sy_buf_append(&label, scratch->data, scratch->len);
        sy_buf_reset(scratch);
        sy_buf_append(scratch, label.data, label.len);
        st = sy_buf_status(scratch, err);
    } else {
        st = make_label(name, &label, err);
    }
    if (st == SY_OK)
        st = sy_schema_add(schema, sy_buf_cstr(scratch), scratch->len, sy_buf_cstr(&label),
                           SY_FIELD_TEXT, id, err);
done:
    sy_buf_release(&label);
    return st;
}
