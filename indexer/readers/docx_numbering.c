#include "indexer/readers/docx_numbering.h"

#include "base/alloc.h"
#include "indexer/readers/list_numerals.h"
#include "indexer/readers/xml_stream.h"

enum { LISTS_MAX = 100000 };

enum name {
    ABSTRACT_NUM,
    ABSTRACT_NUM_ID,
    IS_LGL,
    LVL,
    LVL_OVERRIDE,
    LVL_RESTART,
    LVL_TEXT,
    NUM,
    NUM_FMT,
    NUM_STYLE_LINK,
    START,
    START_OVERRIDE,
    SUFF
};

static const char *const names[] = {"abstractNum", "abstractNumId", "isLgl",   "lvl",
                                    "lvlOverride", "lvlRestart",    "lvlText", "num",
                                    "numFmt",      "numStyleLink",  "start",   "startOverride",
                                    "suff"};

typedef struct reading {
    sy_numbering *n;
    sy_list_kind *kind; /* that is being read, or NULL */
    sy_list *list;
    size_t level; /* SY_LIST_LEVELS: none */
} reading;

static size_t add_string(sy_numbering *n, const sy_xml_element *e)
{
    size_t off = n->strings.len;
    sy_xml_attr_append(e, "val", &n->strings);
    if (n->strings.len - off > SY_LIST_LABEL_MAX)
        n->strings.len = off;
    sy_buf_putc(&n->strings, '\0');
    return off;
}

static sy_slice key_of(const uint32_t *id)
{
    return (sy_slice){(const char *)id, sizeof *id};
}

/* Of several things with one id the first counts. False: no memory. */
static bool note_place(sy_string_table *places, uint32_t id, size_t place)
{
    uint32_t *at = sy_string_table_at(places, key_of(&id));
    if (at && *at == 0)
        *at = (uint32_t)place + 1;
    return at != NULL;
}

static sy_status begin_kind(reading *r, const sy_xml_element *e, sy_error *err)
{
    sy_numbering *n = r->n;
    if (n->n_kinds == LISTS_MAX)
        return SY_OK;
    uint32_t id = (uint32_t)sy_xml_attr_number(e, "abstractNumId", UINT32_MAX);
    if (!note_place(&n->kind_places, id, n->n_kinds) ||
        !sy_grow((void **)&n->kinds, n->n_kinds, &n->cap_kinds, sizeof *n->kinds))
        return sy_fail_nomem(err);
    r->kind = &n->kinds[n->n_kinds++];
    r->list = NULL;
    r->level = SY_LIST_LEVELS;
    *r->kind = (sy_list_kind){0};
    return SY_OK;
}

static sy_status begin_list(reading *r, const sy_xml_element *e, sy_error *err)
{
    sy_numbering *n = r->n;
    if (n->n_lists == LISTS_MAX)
        return SY_OK;
    uint32_t id = (uint32_t)sy_xml_attr_number(e, "numId", UINT32_MAX);
    if (!note_place(&n->list_places, id, n->n_lists) ||
        !sy_grow((void **)&n->lists, n->n_lists, &n->cap_lists, sizeof *n->lists))
        return sy_fail_nomem(err);
    r->list = &n->lists[n->n_lists++];
    r->kind = NULL;
    r->level = SY_LIST_LEVELS;
    *r->list = (sy_list){.kind = UINT32_MAX};
    return SY_OK;
}

static void read_level(reading *r, const sy_xml_element *e)
{
    sy_list_level *l = &r->kind->levels[r->level];
    sy_slice value;
    switch (e->name) {
    case START:
        l->start = (uint32_t)sy_xml_attr_number(e, "val", 1);
        break;
    case NUM_FMT:
        l->format = add_string(r->n, e);
        break;
    case LVL_TEXT:
        l->text = add_string(r->n, e);
        break;
    case IS_LGL:
        l->legal = sy_xml_attr_on(e);
        break;
    case LVL_RESTART:
        l->keeps = sy_xml_attr_number(e, "val", 1) == 0;
        break;
    case SUFF:
        sy_xml_attr(e, "val", &value);
        l->space = !sy_slice_equal(value, sy_slice_of("nothing"));
        break;
    default:
        break;
    }
}

static sy_status on_start(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    reading *r = ctx;
    (void)line;
    if (e->name == ABSTRACT_NUM)
        return begin_kind(r, e, err);
    if (e->name == NUM)
        return begin_list(r, e, err);
    if (e->name == LVL || e->name == LVL_OVERRIDE) {
        uint64_t level = sy_xml_attr_number(e, "ilvl", SY_LIST_LEVELS);
        r->level = level < SY_LIST_LEVELS ? (size_t)level : SY_LIST_LEVELS;
        if (r->kind && r->level < SY_LIST_LEVELS)
            r->kind->levels[r->level] = (sy_list_level){.start = 1, .space = true};
    } else if (e->name == NUM_STYLE_LINK && r->kind) {
        r->kind->style_link = add_string(r->n, e);
    } else if (e->name == ABSTRACT_NUM_ID && r->list) {
        r->list->kind = (uint32_t)sy_xml_attr_number(e, "val", UINT32_MAX);
    } else if (e->name == START_OVERRIDE && r->list && r->level < SY_LIST_LEVELS) {
        r->list->overrides[r->level] = true;
        r->list->starts[r->level] = (uint32_t)sy_xml_attr_number(e, "val", 1);
    } else if (e->name >= 0 && r->kind && r->level < SY_LIST_LEVELS) {
        read_level(r, e);
    }
    return sy_buf_status(&r->n->strings, err);
}

sy_status sy_numbering_read(sy_zip *z, const char *part, sy_numbering *out, sy_error *err)
{
    *out = (sy_numbering)SY_NUMBERING_INIT;
    sy_buf_putc(&out->strings, '\0');
    reading r = {.n = out, .level = SY_LIST_LEVELS};
    sy_xml_events events = {
        .ctx = &r, .names = names, .n_names = sizeof names / sizeof *names, .start = on_start};
    sy_status st = sy_xml_read_part(z, part, &events, err);
    if (st != SY_OK)
        sy_numbering_release(out);
    return st;
}

void sy_numbering_release(sy_numbering *n)
{
    sy_buf_release(&n->strings);
    sy_free(n->kinds);
    sy_free(n->lists);
    sy_string_table_release(&n->kind_places);
    sy_string_table_release(&n->list_places);
    *n = (sy_numbering)SY_NUMBERING_INIT;
}

static sy_list *find_list(const sy_numbering *n, uint32_t id)
{
    const uint32_t *place = sy_string_table_find(&n->list_places, key_of(&id));
    return place ? &n->lists[*place - 1] : NULL;
}

static sy_list_kind *find_kind(const sy_numbering *n, const sy_list *list)
{
    const uint32_t *place =
        list ? sy_string_table_find(&n->kind_places, key_of(&list->kind)) : NULL;
    return place ? &n->kinds[*place - 1] : NULL;
}

const char *sy_numbering_style(const sy_numbering *n, uint32_t list)
{
    const sy_list_kind *kind = find_kind(n, find_list(n, list));
    return kind ? n->strings.data + kind->style_link : "";
}

/* Counts on a level; the levels below start again. */
static void count(sy_list_kind *k, sy_list *list, uint32_t level)
{
    if (list->overrides[level] && !list->used[level])
        k->counters[level] = list->starts[level];
    else if (!k->started[level])
        k->counters[level] = k->levels[level].start;
    else if (k->counters[level] < UINT32_MAX)
        k->counters[level]++;
    list->used[level] = k->started[level] = true;
    for (uint32_t below = level + 1; below < SY_LIST_LEVELS; below++) {
        if (!k->levels[below].keeps)
            k->started[below] = false;
    }
}

static void put_number(const sy_numbering *n, const sy_list_kind *k, uint32_t at, bool legal,
                       sy_buf *out)
{
    const sy_list_level *l = &k->levels[at];
    const char *format = n->strings.data + l->format;
    sy_numeral_put(out, legal || !*format ? "decimal" : format,
                   k->started[at] ? k->counters[at] : l->start);
}

void sy_numbering_next(sy_numbering *n, uint32_t id, uint32_t level, sy_buf *out)
{
    sy_list *list = find_list(n, id);
    sy_list_kind *k = find_kind(n, list);
    if (!k || level >= SY_LIST_LEVELS)
        return;
    const sy_list_level *l = &k->levels[level];
    const char *text = n->strings.data + l->text, *format = n->strings.data + l->format;
    size_t before = out->len;
    count(k, list, level);
    if (strcmp(format, "bullet") == 0) {
        sy_bullet_put(out, text);
    } else if (strcmp(format, "none") != 0 || strchr(text, '%') == NULL) {
        for (const char *c = text; *c; c++) {
            if (*c == '%' && c[1] >= '1' && c[1] <= '9') {
                c++;
                put_number(n, k, (uint32_t)(*c - '1'), l->legal && *c - '1' != (int)level, out);
            } else {
                sy_buf_putc(out, *c);
            }
        }
    }
    if (out->len > before && l->space)
        sy_buf_putc(out, ' ');
}
