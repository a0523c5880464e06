#include "indexer/readers/ooxml_rels.h"

#include "base/alloc.h"
#include "indexer/readers/xml_stream.h"

enum { RELS_MAX = 100000 };

typedef struct reading {
    sy_rels *rels;
    const char *folder;
    size_t folder_len;
} reading;

static size_t add_string(sy_buf *text, const char *s, size_t len)
{
    size_t off = text->len;
    sy_buf_append(text, s, len);
    sy_buf_putc(text, '\0');
    return off;
}

/* Appends the name of a part that is given relative to a folder. */
static size_t add_part(reading *r, sy_slice target)
{
    sy_buf *text = &r->rels->text;
    size_t off = text->len, folder = r->folder_len;
    if (target.len > 0 && target.data[0] == '/') {
        target.data++;
        target.len--;
        folder = 0;
    }
    while (target.len >= 3 && memcmp(target.data, "../", 3) == 0) {
        target.data += 3;
        target.len -= 3;
        if (folder > 0)
            folder--; /* its slash */
        while (folder > 0 && r->folder[folder - 1] != '/')
            folder--;
    }
    sy_buf_append(text, r->folder, folder);
    sy_buf_append(text, target.data, target.len);
    sy_buf_putc(text, '\0');
    return off;
}

static sy_status on_start(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    reading *r = ctx;
    sy_rels *rels = r->rels;
    sy_slice id, type, target, mode;
    (void)line;
    sy_xml_attr(e, "TargetMode", &mode);
    if (e->name < 0 || !sy_xml_attr(e, "Target", &target) || rels->n == RELS_MAX ||
        sy_slice_equal(mode, sy_slice_of("External")))
        return SY_OK;
    sy_xml_attr(e, "Id", &id);
    sy_xml_attr(e, "Type", &type);
    size_t word = type.len;
    while (word > 0 && type.data[word - 1] != '/')
        word--;
    if (!sy_grow((void **)&rels->items, rels->n, &rels->cap, sizeof *rels->items))
        return sy_fail_nomem(err);
    sy_rel *rel = &rels->items[rels->n++];
    rel->id = add_string(&rels->text, id.data, id.len);
    rel->type = add_string(&rels->text, type.data + word, type.len - word);
    rel->part = add_part(r, target);
    return sy_buf_status(&rels->text, err);
}

sy_status sy_rels_read(sy_zip *z, const char *part, sy_rels *rels, sy_error *err)
{
    static const char *const names[] = {"Relationship"};
    sy_buf path = SY_BUF_INIT;
    const char *slash = strrchr(part, '/');
    size_t folder = slash ? (size_t)(slash - part) + 1 : 0;
    *rels = (sy_rels){0};
    sy_buf_append(&path, part, folder);
    sy_buf_printf(&path, "_rels/%s.rels", part + folder);
    reading r = {rels, part, folder};
    sy_xml_events events = {.ctx = &r, .names = names, .n_names = 1, .start = on_start};
    sy_status st = sy_buf_status(&path, err);
    if (st == SY_OK && sy_zip_has(z, path.data))
        st = sy_xml_read_part(z, path.data, &events, err);
    sy_buf_release(&path);
    if (st != SY_OK)
        sy_rels_release(rels);
    return st;
}

void sy_rels_release(sy_rels *rels)
{
    sy_buf_release(&rels->text);
    sy_free(rels->items);
    *rels = (sy_rels){0};
}

const char *sy_rels_by_type(const sy_rels *rels, const char *type)
{
    for (size_t i = 0; i < rels->n; i++) {
        if (strcmp(rels->text.data + rels->items[i].type, type) == 0)
            return rels->text.data + rels->items[i].part;
    }
    return NULL;
}

const char *sy_rels_by_id(const sy_rels *rels, sy_slice id)
{
    for (size_t i = 0; i < rels->n; i++) {
        const char *have = rels->text.data + rels->items[i].id;
        if (strlen(have) == id.len && memcmp(have, id.data, id.len) == 0)
            return rels->text.data + rels->items[i].part;
    }
    return NULL;
}
