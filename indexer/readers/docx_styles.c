#include "indexer/readers/docx_styles.h"

#include <strings.h>

#include "base/alloc.h"
#include "indexer/readers/blocks.h"
#include "indexer/readers/xml_stream.h"

enum { STYLES_MAX = 100000, INHERIT_MAX = 20 };

enum name { BASED_ON, ILVL, NAME, NUM_ID, OUTLINE_LVL, STYLE };
static const char *const names[] = {"basedOn", "ilvl", "name", "numId", "outlineLvl", "style"};

typedef struct reading {
    sy_docx_styles *s;
    sy_docx_style *style; /* that is being read, or NULL */
} reading;

static sy_status style_at(sy_docx_styles *s, sy_slice id, uint32_t *place, sy_error *err)
{
    uint32_t *at = sy_string_table_at(&s->ids, id);
    if (!at || (*at == 0 && !sy_grow((void **)&s->styles, s->n, &s->cap, sizeof *s->styles)))
        return sy_fail_nomem(err);
    if (*at == 0) {
        s->styles[s->n++] = (sy_docx_style){SY_UNSET, SY_UNSET, SY_UNSET, 0};
        *at = (uint32_t)s->n;
    }
    *place = *at;
    return SY_OK;
}

static sy_status begin_style(reading *r, const sy_xml_element *e, sy_error *err)
{
    sy_slice id, type, standard;
    uint32_t place;
    r->style = NULL;
    sy_xml_attr(e, "styleId", &id);
    sy_xml_attr(e, "type", &type);
    sy_xml_attr(e, "default", &standard);
    if (r->s->n >= STYLES_MAX)
        return SY_OK;
    sy_status st = style_at(r->s, id, &place, err);
    if (st != SY_OK)
        return st;
    r->style = &r->s->styles[place - 1];
    if (sy_slice_equal(type, sy_slice_of("paragraph")) && standard.len > 0 &&
        (standard.data[0] == '1' || standard.data[0] == 't'))
        r->s->standard = place;
    return SY_OK;
}

static void name_style(sy_docx_style *style, sy_slice name)
{
    static const char heading[] = "heading ";
    enum { LEN = sizeof heading - 1 };
    if (name.len == 5 && (memcmp(name.data, "Title", 5) == 0 || memcmp(name.data, "title", 5) == 0))
        style->level = SY_LEVEL_TITLE;
    else if (name.len == LEN + 1 && strncasecmp(name.data, heading, LEN) == 0 &&
             name.data[LEN] >= '1' && name.data[LEN] <= '9')
        style->level = name.data[LEN] - '0';
}

static sy_status on_start(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    reading *r = ctx;
    sy_slice value;
    (void)line;
    if (e->name == STYLE)
        return begin_style(r, e, err);
    if (e->name < 0 || !r->style)
        return SY_OK;
    sy_xml_attr(e, "val", &value);
    if (e->name == BASED_ON && r->s->n < STYLES_MAX) {
        uint32_t parent;
        size_t self = (size_t)(r->style - r->s->styles);
        sy_status st = style_at(r->s, value, &parent, err);
        if (st != SY_OK)
            return st;
        r->style = &r->s->styles[self];
        r->style->parent = parent;
    } else if (e->name == NAME) {
        name_style(r->style, value);
    } else if (e->name == OUTLINE_LVL && r->style->level == SY_UNSET) {
        uint64_t level = sy_xml_attr_number(e, "val", 9);
        r->style->level = level < 9 ? (int)level + 1 : SY_LEVEL_TEXT;
    } else if (e->name == NUM_ID) {
        r->style->list = (int64_t)sy_xml_attr_number(e, "val", 0);
    } else if (e->name == ILVL) {
        r->style->list_level = (int64_t)sy_xml_attr_number(e, "val", 0);
    }
    return SY_OK;
}

sy_status sy_docx_styles_read(sy_zip *z, const char *part, sy_docx_styles *out, sy_error *err)
{
    *out = (sy_docx_styles){.ids = SY_STRING_TABLE_INIT};
    reading r = {.s = out};
    sy_xml_events events = {
        .ctx = &r, .names = names, .n_names = sizeof names / sizeof *names, .start = on_start};
    sy_status st = sy_xml_read_part(z, part, &events, err);
    if (st != SY_OK)
        sy_docx_styles_release(out);
    return st;
}

void sy_docx_styles_release(sy_docx_styles *s)
{
    sy_string_table_release(&s->ids);
    sy_free(s->styles);
    *s = (sy_docx_styles){.ids = SY_STRING_TABLE_INIT};
}

sy_docx_style sy_docx_style_get(const sy_docx_styles *s, sy_slice id)
{
    sy_docx_style out = {SY_UNSET, SY_UNSET, SY_UNSET, 0};
    const uint32_t *at = id.len > 0 && s->n > 0 ? sy_string_table_find(&s->ids, id) : NULL;
    uint32_t place = at ? *at : s->standard;
    for (int i = 0; place > 0 && i < INHERIT_MAX; i++) {
        const sy_docx_style *style = &s->styles[place - 1];
        if (out.level == SY_UNSET)
            out.level = style->level;
        if (out.list == SY_UNSET)
            out.list = style->list;
        if (out.list_level == SY_UNSET)
            out.list_level = style->list_level;
        place = style->parent;
    }
    return out;
}
