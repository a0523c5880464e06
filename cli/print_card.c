/* The form for people: a heading, then a row a field, folded to the terminal.
 *
 * A row's value is first laid out as glyphs (a code point, its columns, its
 * style), then folded at places where Chinese and Latin text may break, so that
 * colour and width never get into each other's way. */
#include "base/alloc.h"
#include "base/messages.h"
#include "base/utf8.h"
#include "cli/fold.h"
#include "cli/print.h"
#include "cli/term.h"
#include "segmenter/width.h"

enum { INDENT = 2, GAP = 2, VALUE_LEAST = 10 };

typedef struct glyph {
    uint32_t cp;
    uint8_t width;
    uint8_t style;
} glyph;

typedef struct glyphs {
    glyph *items;
    size_t n, cap;
    bool failed;
} glyphs;

static void add(glyphs *g, uint32_t cp, sy_style style)
{
    if (g->failed || !sy_grow((void **)&g->items, g->n, &g->cap, sizeof *g->items)) {
        g->failed = true;
        return;
    }
    unsigned width = cp == '\n' ? 0 : (unsigned)sy_cp_width(cp);
    g->items[g->n++] = (glyph){cp, (uint8_t)width, (uint8_t)style};
}

static void add_text(glyphs *g, const char *text, sy_style style)
{
    for (size_t i = 0, len = strlen(text); i < len;) {
        uint32_t cp;
        i += sy_utf8_decode(text + i, len - i, &cp);
        add(g, sy_visible_cp(cp), style);
    }
}

/* Bytes [from, to) of a value; paragraph ends stay line ends, a tab is a space. */
static void add_part(glyphs *g, sy_slice text, size_t from, size_t to, sy_marker *marker,
                     sy_style style)
{
    for (size_t i = from; i < to;) {
        uint32_t cp;
        size_t len = sy_utf8_decode(text.data + i, text.len - i, &cp);
        bool mark = sy_marker_at(marker, i);
        i += len;
        if (cp == '\r' && i < text.len && text.data[i] == '\n')
            continue;
        if (cp == '\n' || cp == '\r' || cp == 0x0B || cp == 0x0C || cp == 0x85 || cp == 0x2028 ||
            cp == 0x2029)
            cp = '\n';
        else
            cp = cp == '\t' ? ' ' : sy_visible_cp(cp);
        add(g, cp, mark ? SY_STYLE_MATCH : style);
    }
}

/* A value, its matches marked. */
static void add_value(glyphs *g, sy_slice text, const sy_match *matches, size_t n, sy_style style)
{
    sy_marker marker = {matches, matches ? matches + n : NULL, 0};
    add_part(g, text, 0, text.len, &marker, style);
}

/* The same, or what is around its matches. */
static void add_excerpts(const sy_printer *p, glyphs *g, sy_slice text, const sy_match *matches,
                         size_t n)
{
    sy_marker marker = {matches, matches ? matches + n : NULL, 0};
    sy_excerpts e;
    size_t start, stop = 0;
    sy_excerpts_init(&e, p, text, matches, n);
    while (sy_excerpts_next(&e, &start, &stop)) {
        add_text(g, start > 0 ? "…" : "", SY_STYLE_DIM);
        add_part(g, text, start, stop, &marker, SY_STYLE_PLAIN);
    }
    add_text(g, stop < e.text.len ? "…" : "", SY_STYLE_DIM);
}

static bool may_break(const glyphs *g, size_t i)
{
    const glyph *a = &g->items[i - 1], *b = &g->items[i];
    return sy_line_may_end(a->cp, a->width, b->cp, b->width);
}

/* Where the line that starts at `from` ends when it has `room` columns. A line
 * without a good place is cut between two characters. */
static size_t line_end(const glyphs *g, size_t from, unsigned room)
{
    size_t good = 0;
    unsigned used = 0;
    for (size_t i = from; i < g->n; i++) {
        const glyph *c = &g->items[i];
        if (c->cp == '\n')
            return i;
        if (i > from && may_break(g, i))
            good = i;
        used += c->width;
        /* A space may hang over the edge: it shows nothing. */
        if (used > room && i > from && c->width > 0 && c->cp != ' ')
            return good > from ? good : i;
    }
    return g->n;
}

static void put_run(const sy_printer *p, const glyphs *g, size_t from, size_t to)
{
    uint8_t style = SY_STYLE_PLAIN;
    while (to > from && g->items[to - 1].cp == ' ')
        to--;
    for (size_t i = from; i < to; i++) {
        if (g->items[i].style != style) {
            if (style != SY_STYLE_PLAIN)
                sy_put_style(p->out, p->color, SY_STYLE_PLAIN);
            style = g->items[i].style;
            if (style != SY_STYLE_PLAIN)
                sy_put_style(p->out, p->color, (sy_style)style);
        }
        sy_buf_put_cp(p->out, g->items[i].cp);
    }
    if (style != SY_STYLE_PLAIN)
        sy_put_style(p->out, p->color, SY_STYLE_PLAIN);
}

/* Writes the glyphs folded to the width; the first line's indent is there, and
 * the others get it as spaces. Ends with a line feed and empties g. */
static void put_folded(const sy_printer *p, glyphs *g, unsigned indent)
{
    unsigned room = p->width > indent + VALUE_LEAST ? p->width - indent : VALUE_LEAST;
    for (size_t from = 0;;) {
        size_t to = line_end(g, from, room);
        put_run(p, g, from, to);
        sy_buf_putc(p->out, '\n');
        from = to < g->n && g->items[to].cp == '\n' ? to + 1 : to;
        if (from >= g->n)
            break;
        if (g->items[from].cp != '\n') /* no blanks at the end of an empty line */
            sy_buf_printf(p->out, "%*s", (int)indent, "");
    }
    if (g->failed)
        p->out->status = SY_E_NOMEM;
    g->n = 0;
}

/* `whole`: without leaving anything out. */
static void add_cell(const sy_printer *p, glyphs *g, const sy_shown *hit, sy_field_id field,
                     sy_style style, bool whole)
{
    sy_cell cell;
    sy_cell_get(hit, field, &cell);
    bool names = strcmp(sy_value_joint(p->schema, field), "、") == 0;
    bool any = false;
    for (size_t i = 0; i < cell.n; i++) {
        sy_slice text = sy_cell_at(&cell, i);
        size_t n;
        const sy_match *matches = sy_cell_matches(hit, field, i, &n);
        if (!whole && p->excerpts && !p->chosen && n == 0)
            continue;
        if (any)
            add_text(g, names ? "、" : "", style);
        if (any && !names)
            add(g, '\n', style); /* values of other fields are paragraphs */
        if (text.len == 0)
            add_text(g, "（空）", SY_STYLE_DIM);
        const sy_match *via = sy_cell_via_group(matches, n);
        if (via) { /* the name that was asked for is in the group */
            add_value(g, p->query->leaves[via->leaf]->text, NULL, 0, SY_STYLE_DIM);
            add_text(g, _(" via "), SY_STYLE_DIM);
        }
        if (whole)
            add_value(g, text, matches, n, style);
        else
            add_excerpts(p, g, text, matches, n);
        any = true;
    }
}

/* True if the field stands in the heading, where it needs no row of its own. */
static bool in_heading(const sy_printer *p, const sy_shown *hits, size_t n, sy_field_id field)
{
    if (p->chosen || field >= p->schema->n_fields || !sy_cell_shared(hits, n, field))
        return false;
    const char *name = p->schema->fields[field].name;
    if (strcmp(name, "section") != 0 && strcmp(name, "item") != 0)
        return false;
    sy_cell cell;
    sy_cell_get(&hits[0], field, &cell);
    for (size_t i = 0; i < cell.n; i++)
        if (sy_cell_at(&cell, i).len == 0)
            return false;
    return cell.n > 0;
}

/* True if the field only repeats a part of the key, which stands in the heading. */
static bool in_key(const sy_printer *p, const sy_shown *hit, sy_field_id field)
{
    if (p->chosen || field >= p->schema->n_fields)
        return false;
    const char *name = p->schema->fields[field].name;
    if (strcmp(name, "no") != 0 && strcmp(name, "mark") != 0)
        return false;
    sy_cell cell;
    sy_cell_get(hit, field, &cell);
    sy_slice key = hit->record->key;
    if (cell.n != 1)
        return false;
    sy_slice text = sy_cell_at(&cell, 0);
    return text.len > 0 && key.len > 0 && memmem(key.data, key.len, text.data, text.len) != NULL;
}

/* Key, section and item, place: "4⑦  主要经济指标  社会消费品  a.txt:38". */
static void put_heading(const sy_printer *p, const sy_shown *hits, size_t n, glyphs *g)
{
    for (size_t h = 0; h < n; h++) {
        if (h > 0)
            add_text(g, " ", SY_STYLE_PLAIN);
        add_cell(p, g, &hits[h], SY_FIELD_KEY, SY_STYLE_BOLD, true);
    }
    for (size_t f = 0; f < p->n_fields; f++) {
        if (!in_heading(p, hits, n, p->fields[f]))
            continue;
        add_text(g, "  ", SY_STYLE_PLAIN);
        add_cell(p, g, &hits[0], p->fields[f], SY_STYLE_PLAIN, true);
    }
    add_text(g, "  ", SY_STYLE_PLAIN);
    add_cell(p, g, &hits[0], SY_FIELD_SOURCE, SY_STYLE_DIM, true);
    sy_cell line;
    sy_cell_get(&hits[0], SY_FIELD_LINE, &line);
    sy_slice place = sy_cell_at(&line, 0);
    add_text(g, sy_shown_place(p->schema, &hits[0], &place) ? "#" : ":", SY_STYLE_DIM);
    add_value(g, place, NULL, 0, SY_STYLE_DIM);
    for (size_t i = 0; i < g->n; i++) /* a heading is one paragraph */
        if (g->items[i].cp == '\n')
            g->items[i] = (glyph){' ', 1, g->items[i].style};
    put_folded(p, g, INDENT);
}

static void put_label(const sy_printer *p, const char *label, unsigned width)
{
    sy_buf_printf(p->out, "%*s", INDENT, "");
    sy_put_style(p->out, p->color, SY_STYLE_DIM);
    sy_put_visible(p->out, label, strlen(label));
    sy_put_style(p->out, p->color, SY_STYLE_PLAIN);
    unsigned own = (unsigned)sy_text_width(label, strlen(label));
    sy_buf_printf(p->out, "%*s", (int)(width - own) + GAP, "");
}

static void put_rows(const sy_printer *p, const sy_shown *hits, size_t n, const sy_shown *hit,
                     bool shared, unsigned label_width, glyphs *g)
{
    for (size_t f = 0; f < p->n_fields; f++) {
        sy_field_id field = p->fields[f];
        sy_cell cell;
        sy_cell_get(hit, field, &cell);
        if (cell.n == 0 || in_heading(p, hits, n, field) || in_key(p, hit, field) ||
            sy_cell_shared(hits, n, field) != shared ||
            !sy_field_shown(p, shared ? hits : hit, shared ? n : 1, field))
            continue;
        put_label(p, sy_schema_label(p->schema, field), label_width);
        add_cell(p, g, hit, field, SY_STYLE_PLAIN, false);
        put_folded(p, g, INDENT + label_width + GAP);
    }
}

/* Columns of the widest label that this entry shows. */
static unsigned widest_label(const sy_printer *p, const sy_shown *hits, size_t n)
{
    unsigned widest = 0;
    for (size_t f = 0; f < p->n_fields; f++) {
        bool shown = false;
        for (size_t h = 0; h < n && !shown; h++) {
            sy_cell cell;
            sy_cell_get(&hits[h], p->fields[f], &cell);
            shown = cell.n > 0 && !in_key(p, &hits[h], p->fields[f]) &&
                    sy_field_shown(p, &hits[h], 1, p->fields[f]);
        }
        if (!shown || in_heading(p, hits, n, p->fields[f]))
            continue;
        const char *label = sy_schema_label(p->schema, p->fields[f]);
        unsigned width = (unsigned)sy_text_width(label, strlen(label));
        if (width > widest)
            widest = width;
    }
    return widest;
}

void sy_print_card(const sy_printer *p, const sy_shown *hits, size_t n)
{
    glyphs g = {NULL, 0, 0, false};
    unsigned label_width = widest_label(p, hits, n);
    put_heading(p, hits, n, &g);
    put_rows(p, hits, n, &hits[0], true, label_width, &g);
    for (size_t h = 0; h < n && n > 1; h++) {
        sy_buf_printf(p->out, "%*s", INDENT, "");
        add_cell(p, &g, &hits[h], SY_FIELD_KEY, SY_STYLE_BOLD, true);
        put_folded(p, &g, INDENT);
        put_rows(p, hits, n, &hits[h], false, label_width, &g);
    }
    sy_free(g.items);
}
