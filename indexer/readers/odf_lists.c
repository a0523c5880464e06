#include "indexer/readers/odf_lists.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "indexer/readers/list_numerals.h"

enum { HEADINGS = 0 }; /* the place of their style and counters */

enum name {
    AUTOMATIC_STYLES,
    BODY,
    LABEL_ALIGNMENT,
    LEVEL_BULLET,
    LEVEL_IMAGE,
    LEVEL_NUMBER,
    LIST_STYLE,
    OUTLINE_LEVEL,
    OUTLINE_STYLE
};

static const char *const names[] = {"automatic-styles",
                                    "body",
                                    "list-level-label-alignment",
                                    "list-level-style-bullet",
                                    "list-level-style-image",
                                    "list-level-style-number",
                                    "list-style",
                                    "outline-level-style",
                                    "outline-style"};

/* ---- styles ---- */

typedef struct reading {
    sy_odf_lists *l;
    size_t style;        /* that is read, or n_styles: none */
    sy_odf_level *level; /* of it, or NULL */
    bool content;        /* of content.xml, whose automatic styles are those of the text */
    bool automatic;
    bool enough;
} reading;

static sy_status add_style(sy_odf_lists *l, sy_error *err)
{
    if (!sy_grow((void **)&l->styles, l->n_styles, &l->cap_styles, sizeof *l->styles))
        return sy_fail_nomem(err);
    l->styles[l->n_styles++] = (sy_odf_style){.last = 0};
    return SY_OK;
}

/* Of several styles of one name the first counts. */
static sy_status begin_style(reading *r, const sy_xml_element *e, sy_error *err)
{
    sy_odf_lists *l = r->l;
    sy_slice name;
    r->level = NULL;
    r->style = SIZE_MAX;
    if (l->n_styles >= SY_ODF_LISTS_MAX)
        return SY_OK;
    sy_xml_attr(e, "name", &name);
    uint32_t *place = sy_string_table_at(&l->style_names, name);
    if (!place)
        return sy_fail_nomem(err);
    bool outline = e->name == OUTLINE_STYLE;
    if (outline)
        r->style = HEADINGS;
    if (*place > 0)
        return SY_OK;
    *place = outline ? HEADINGS + 1 : (uint32_t)l->n_styles + 1;
    if (outline)
        return SY_OK;
    r->style = l->n_styles;
    return add_style(l, err);
}

static size_t add_string(sy_odf_lists *l, const sy_xml_element *e, const char *attr)
{
    size_t off = l->strings.len;
    sy_xml_attr_append(e, attr, &l->strings);
    if (l->strings.len == off || l->strings.len - off > SY_LIST_LABEL_MAX) {
        l->strings.len = off;
        return 0;
    }
    sy_buf_putc(&l->strings, '\0');
    return off;
}

static void read_level(reading *r, const sy_xml_element *e)
{
    uint64_t level = sy_xml_attr_number(e, "level", 0);
    sy_slice sync;
    r->level = NULL;
    if (r->style >= r->l->n_styles || level < 1 || level > SY_ODF_LEVELS)
        return;
    sy_odf_level *out = r->level = &r->l->styles[r->style].levels[level - 1];
    uint64_t start = sy_xml_attr_number(e, "start-value", 1);
    uint64_t shown = sy_xml_attr_number(e, "display-levels", 1);
    *out = (sy_odf_level){.before = add_string(r->l, e, "num-prefix"),
                          .after = add_string(r->l, e, "num-suffix"),
                          .start = start < UINT32_MAX ? (uint32_t)start : UINT32_MAX,
                          .shown = shown < level ? (uint32_t)shown : (uint32_t)level};
    if (e->name == LEVEL_BULLET) {
        out->bullet = add_string(r->l, e, "bullet-char");
        return;
    }
    out->format = add_string(r->l, e, "num-format");
    out->pattern = add_string(r->l, e, "num-list-format");
    sy_xml_attr(e, "num-letter-sync", &sync);
    out->letters_repeat = sy_slice_equal(sync, sy_slice_of("true"));
}

static sy_status on_start(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    reading *r = ctx;
    sy_slice follows;
    (void)line;
    if (r->automatic && !r->content)
        return SY_OK; /* those of page headers and footers */
    switch (e->name) {
    case AUTOMATIC_STYLES:
        r->automatic = true;
        return SY_OK;
    case BODY:
        r->enough = true;
        return SY_OK;
    case LIST_STYLE:
    case OUTLINE_STYLE:
        return begin_style(r, e, err);
    case LEVEL_NUMBER:
    case LEVEL_BULLET:
    case OUTLINE_LEVEL:
        read_level(r, e);
        return sy_buf_status(&r->l->strings, err);
    case LEVEL_IMAGE: /* no text stands for a picture */
        r->level = NULL;
        return SY_OK;
    case LABEL_ALIGNMENT:
        if (r->level && sy_xml_attr(e, "label-followed-by", &follows))
            r->level->joined = sy_slice_equal(follows, sy_slice_of("nothing"));
        return SY_OK;
    default:
        return SY_OK;
    }
}

static sy_status on_end(void *ctx, int name, uint32_t line, sy_error *err)
{
    reading *r = ctx;
    (void)line, (void)err;
    if (name == AUTOMATIC_STYLES)
        r->automatic = false;
    return SY_OK;
}

static sy_status add_counters(sy_odf_lists *l, uint32_t *place, sy_error *err)
{
    if (l->n_counters >= SY_ODF_LISTS_MAX) {
        l->counters[l->n_counters - 1] = (sy_odf_counters){0};
    } else {
        if (!sy_grow((void **)&l->counters, l->n_counters, &l->cap_counters, sizeof *l->counters))
            return sy_fail_nomem(err);
        l->counters[l->n_counters++] = (sy_odf_counters){0};
    }
    *place = (uint32_t)l->n_counters - 1;
    return SY_OK;
}

sy_status sy_odf_lists_read(sy_zip *z, sy_odf_lists *out, sy_error *err)
{
    static const char *const parts[] = {"styles.xml", "content.xml"};
    uint32_t headings;
    *out = (sy_odf_lists)SY_ODF_LISTS_INIT;
    sy_buf_putc(&out->strings, '\0');
    sy_status st = add_style(out, err);
    if (st == SY_OK)
        st = add_counters(out, &headings, err);
    for (size_t i = 0; st == SY_OK && i < 2; i++) {
        reading r = {.l = out, .style = SIZE_MAX, .content = i == 1};
        sy_xml_events events = {.ctx = &r,
                                .names = names,
                                .n_names = sizeof names / sizeof *names,
                                .start = on_start,
                                .end = on_end,
                                .enough = &r.enough};
        if (i == 1 || sy_zip_has(z, parts[i]))
            st = sy_xml_read_part(z, parts[i], &events, err);
    }
    if (st != SY_OK)
        sy_odf_lists_release(out);
    return st;
}

void sy_odf_lists_release(sy_odf_lists *l)
{
    sy_buf_release(&l->strings);
    sy_free(l->styles);
    sy_free(l->counters);
    sy_string_table_release(&l->style_names);
    sy_string_table_release(&l->ids);
    *l = (sy_odf_lists)SY_ODF_LISTS_INIT;
}

/* ---- lists ---- */

static bool is_true(const sy_xml_element *e, const char *attr)
{
    sy_slice value;
    return sy_xml_attr(e, attr, &value) && sy_slice_equal(value, sy_slice_of("true"));
}

/* The list style that an attribute names, place + 1, or 0. */
static uint32_t style_of(const sy_odf_lists *l, const sy_xml_element *e, const char *attr)
{
    sy_slice name;
    const uint32_t *place =
        sy_xml_attr(e, attr, &name) ? sy_string_table_find(&l->style_names, name) : NULL;
    return place ? *place : 0;
}

/* The counters of an outermost list: those of the list that it continues, or new ones. */
static sy_status find_counters(sy_odf_lists *l, const sy_xml_element *e, uint32_t style,
                               uint32_t *place, sy_error *err)
{
    sy_slice id;
    const uint32_t *other =
        sy_xml_attr(e, "continue-list", &id) ? sy_string_table_find(&l->ids, id) : NULL;
    sy_status st = SY_OK;
    if (other && *other > 0)
        *place = *other - 1;
    else if (style > 0 && l->styles[style - 1].last > 0 && is_true(e, "continue-numbering"))
        *place = l->styles[style - 1].last - 1;
    else
        st = add_counters(l, place, err);
    if (st == SY_OK && style > 0)
        l->styles[style - 1].last = *place + 1;
    if (st == SY_OK && sy_xml_attr(e, "id", &id)) {
        uint32_t *its = sy_string_table_at(&l->ids, id);
        if (!its)
            return sy_fail_nomem(err);
        *its = *place + 1;
    }
    return st;
}

sy_status sy_odf_list_begin(sy_odf_lists *l, const sy_xml_element *e, sy_error *err)
{
    sy_odf_open_list *outer = l->n_open > l->base ? &l->open[l->n_open - 1] : NULL;
    sy_odf_open_list list = {.style = style_of(l, e, "style-name"), .start = -1};
    sy_status st = SY_OK;
    if (l->n_open == SY_XML_DEPTH_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "lists are nested more than %d deep",
                       SY_XML_DEPTH_MAX);
    if (outer) {
        list.counters = outer->counters;
        list.style = list.style > 0 ? list.style : outer->style;
        list.level = outer->level + 1;
        outer->fresh = false;
        if (outer->sublists++ > 0 && list.level < SY_ODF_LEVELS &&
            !is_true(e, "continue-numbering"))
            l->counters[list.counters].started[list.level] = false;
    } else {
        st = find_counters(l, e, list.style, &list.counters, err);
    }
    if (st == SY_OK)
        l->open[l->n_open++] = list;
    return st;
}

void sy_odf_list_end(sy_odf_lists *l)
{
    l->n_open -= l->n_open > l->base;
}

void sy_odf_list_item(sy_odf_lists *l, const sy_xml_element *e, bool header)
{
    if (l->n_open == l->base)
        return;
    sy_odf_open_list *list = &l->open[l->n_open - 1];
    uint64_t start = sy_xml_attr_number(e, "start-value", UINT64_MAX);
    list->start = start <= UINT32_MAX ? (int64_t)start : -1;
    list->of_item = style_of(l, e, "style-override");
    list->fresh = !header;
    list->sublists = 0;
}

size_t sy_odf_lists_enter(sy_odf_lists *l)
{
    size_t before = l->base;
    l->base = l->n_open;
    return before;
}

void sy_odf_lists_leave(sy_odf_lists *l, size_t before)
{
    l->n_open = l->base;
    l->base = before;
}

/* ---- numbers ---- */

/* a … z, aa, ab. */
static void put_letters(sy_buf *out, uint32_t v, char first)
{
    char text[8];
    size_t at = sizeof text;
    for (; v > 0; v = (v - 1) / 26)
        text[--at] = (char)(first + (char)((v - 1) % 26));
    sy_buf_append(out, text + at, sizeof text - at);
}

/* A format is a numeral, or begins a list of the first ones: 一, 二, 三, ... */
static void put_number(const sy_odf_level *l, const char *format, uint32_t v, sy_buf *out)
{
    static const char *const known[][2] = {{"1", "decimal"},
                                           {"01", "decimalZero"},
                                           {"i", "lowerRoman"},
                                           {"I", "upperRoman"},
                                           {"a", "lowerLetter"},
                                           {"A", "upperLetter"},
                                           {"①", "decimalEnclosedCircle"},
                                           {"⑴", "decimalEnclosedParen"},
                                           {"⒈", "decimalEnclosedFullstop"},
                                           {"㊀", "ideographEnclosedCircle"},
                                           {"一", "chineseCountingThousand"},
                                           {"壹", "chineseLegalSimplified"},
                                           {"甲", "ideographTraditional"},
                                           {"子", "ideographZodiac"},
                                           {"１", "decimalFullWidth"}};
    size_t len = strcspn(format, ",");
    bool letter = len == 1 && (*format == 'a' || *format == 'A');
    if (letter && v > 0 && !l->letters_repeat) {
        put_letters(out, v, *format);
        return;
    }
    const char *as = len > 0 ? "decimal" : "none";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i][0]) == len && memcmp(known[i][0], format, len) == 0)
            as = known[i][1];
    }
    sy_numeral_put(out, as, v);
}

/* Counts on a level. Levels above that have no number yet get their first one. */
static void count(const sy_odf_style *s, sy_odf_counters *c, uint32_t level, int64_t start)
{
    for (uint32_t above = 0; above < level; above++) {
        if (!c->started[above])
            c->at[above] = s->levels[above].start;
        c->started[above] = true;
    }
    if (start >= 0)
        c->at[level] = (uint32_t)start;
    else if (!c->started[level])
        c->at[level] = s->levels[level].start;
    else if (c->at[level] < UINT32_MAX)
        c->at[level]++;
    c->started[level] = true;
    for (uint32_t below = level + 1; below < SY_ODF_LEVELS; below++)
        c->started[below] = false;
}

static void put_level(const sy_odf_lists *l, const sy_odf_style *s, const sy_odf_counters *c,
                      uint32_t level, sy_buf *out)
{
    put_number(&s->levels[level], l->strings.data + s->levels[level].format, c->at[level], out);
}

static void put_pattern(const sy_odf_lists *l, const sy_odf_style *s, const sy_odf_counters *c,
                        const char *pattern, uint32_t level, sy_buf *out)
{
    while (*pattern) {
        char *end;
        unsigned long n = *pattern == '%' ? strtoul(pattern + 1, &end, 10) : 0;
        if (n >= 1 && n <= level + 1 && *end == '%') {
            put_level(l, s, c, (uint32_t)n - 1, out);
            pattern = end + 1;
        } else {
            sy_buf_putc(out, *pattern++);
        }
    }
}

static void put_label(const sy_odf_lists *l, const sy_odf_style *s, const sy_odf_counters *c,
                      uint32_t level, sy_buf *out)
{
    const sy_odf_level *at = &s->levels[level];
    const char *strings = l->strings.data;
    size_t before = out->len;
    if (at->pattern > 0) {
        put_pattern(l, s, c, strings + at->pattern, level, out);
    } else {
        sy_buf_puts(out, strings + at->before);
        if (at->bullet > 0)
            sy_bullet_put(out, strings + at->bullet);
        size_t from = out->len;
        for (uint32_t i = level + 1 - at->shown; at->bullet == 0 && i <= level; i++) {
            if (out->len > from && s->levels[i].format > 0)
                sy_buf_putc(out, '.');
            put_level(l, s, c, i, out);
        }
        sy_buf_puts(out, strings + at->after);
    }
    if (out->len > before && !at->joined)
        sy_buf_putc(out, ' ');
}

static void heading_label(sy_odf_lists *l, const sy_xml_element *e, sy_buf *out)
{
    uint64_t level = sy_xml_attr_number(e, "outline-level", 1);
    if (level < 1 || level > SY_ODF_LEVELS || is_true(e, "is-list-header"))
        return;
    const sy_odf_style *s = &l->styles[HEADINGS];
    uint32_t at = (uint32_t)level - 1;
    uint64_t start = sy_xml_attr_number(e, "start-value", UINT64_MAX);
    if (start > UINT32_MAX)
        start = s->levels[at].start;
    bool anew = is_true(e, "restart-numbering");
    count(s, &l->counters[HEADINGS], at, anew ? (int64_t)start : -1);
    put_label(l, s, &l->counters[HEADINGS], at, out);
}

void sy_odf_list_label(sy_odf_lists *l, const sy_xml_element *e, bool heading, sy_buf *out)
{
    sy_odf_open_list *list = l->n_open > l->base ? &l->open[l->n_open - 1] : NULL;
    if (!list && heading && l->n_styles > 0)
        heading_label(l, e, out);
    if (!list || !list->fresh)
        return;
    list->fresh = false;
    uint32_t style = list->of_item > 0 ? list->of_item : list->style;
    if (style == 0 || list->level >= SY_ODF_LEVELS)
        return;
    sy_odf_counters *c = &l->counters[list->counters];
    count(&l->styles[style - 1], c, list->level, list->start);
    put_label(l, &l->styles[style - 1], c, list->level, out);
}
