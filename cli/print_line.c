/* The form for pipes: one entry, one line. */
#include "base/utf8.h"
#include "cli/print.h"
#include "cli/term.h"

/* Ends a paragraph or moves the cursor: shown as one space, like a tab. */
static bool is_break(uint32_t cp)
{
    return (cp >= 0x09 && cp <= 0x0D) || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

/* Appends the bytes [from, to) of a value on one line. */
static void put_part(const sy_printer *p, sy_slice text, size_t from, size_t to, sy_marker *marker)
{
    bool marked = false;
    for (size_t i = from; i < to;) {
        uint32_t cp;
        size_t len = sy_utf8_decode(text.data + i, text.len - i, &cp);
        bool mark = p->color && sy_marker_at(marker, i);
        if (mark != marked)
            sy_put_style(p->out, p->color, mark ? SY_STYLE_MATCH : SY_STYLE_PLAIN);
        marked = mark;
        bool pair = cp == '\r' && i + 1 < text.len && text.data[i + 1] == '\n';
        if (!pair) /* CR LF is one break */
            sy_buf_put_cp(p->out, is_break(cp) ? ' ' : sy_visible_cp(cp));
        i += len;
    }
    if (marked)
        sy_put_style(p->out, p->color, SY_STYLE_PLAIN);
}

/* A value on one line, its matches coloured. */
static void put_value(const sy_printer *p, sy_slice text, const sy_match *matches, size_t n)
{
    sy_marker marker = {matches, matches ? matches + n : NULL, 0};
    put_part(p, text, 0, text.len, &marker);
}

/* The same, or what is around its matches. */
static void put_excerpts(const sy_printer *p, sy_slice text, const sy_match *matches, size_t n)
{
    sy_marker marker = {matches, matches ? matches + n : NULL, 0};
    sy_excerpts e;
    size_t start, stop = 0;
    sy_excerpts_init(&e, p, text, matches, n);
    while (sy_excerpts_next(&e, &start, &stop)) {
        sy_buf_puts(p->out, start > 0 ? "…" : "");
        put_part(p, text, start, stop, &marker);
    }
    sy_buf_puts(p->out, stop < e.text.len ? "…" : "");
}

static void put_shown_cell(const sy_printer *p, const sy_shown *hit, sy_field_id field)
{
    sy_cell cell;
    sy_cell_get(hit, field, &cell);
    bool any = false;
    for (size_t i = 0; i < cell.n; i++) {
        size_t n;
        const sy_match *matches = sy_cell_matches(hit, field, i, &n);
        if (p->excerpts && !p->chosen && n == 0)
            continue;
        sy_buf_puts(p->out, any ? sy_value_joint(p->schema, field) : "");
        put_excerpts(p, sy_cell_at(&cell, i), matches, n);
        any = true;
    }
}

void sy_print_cell(const sy_printer *p, const sy_shown *hit, sy_field_id field)
{
    sy_cell cell;
    sy_cell_get(hit, field, &cell);
    for (size_t i = 0; i < cell.n; i++) {
        if (i > 0)
            sy_buf_puts(p->out, sy_value_joint(p->schema, field));
        size_t n;
        const sy_match *matches = sy_cell_matches(hit, field, i, &n);
        put_value(p, sy_cell_at(&cell, i), matches, n);
    }
}

static void put_fields(const sy_printer *p, const sy_shown *hits, size_t n, const sy_shown *hit,
                       bool shared, const char *joint)
{
    for (size_t f = 0; f < p->n_fields; f++) {
        sy_field_id field = p->fields[f];
        sy_cell cell;
        sy_cell_get(hit, field, &cell);
        if (cell.n == 0 || sy_cell_shared(hits, n, field) != shared ||
            !sy_field_shown(p, shared ? hits : hit, shared ? n : 1, field))
            continue;
        sy_buf_puts(p->out, joint);
        joint = " | ";
        const char *name = sy_schema_name(p->schema, field);
        sy_put_style(p->out, p->color, SY_STYLE_DIM);
        sy_put_visible(p->out, name, strlen(name));
        sy_buf_putc(p->out, '=');
        sy_put_style(p->out, p->color, SY_STYLE_PLAIN);
        put_shown_cell(p, hit, field);
    }
}

void sy_print_line(const sy_printer *p, const sy_shown *hits, size_t n)
{
    sy_print_cell(p, &hits[0], SY_FIELD_SOURCE);
    sy_slice place;
    if (sy_shown_place(p->schema, &hits[0], &place)) {
        sy_buf_putc(p->out, '#');
        put_value(p, place, NULL, 0);
        sy_buf_putc(p->out, ':');
    } else {
        sy_buf_printf(p->out, ":%u:", hits[0].record->line);
    }
    for (size_t h = 0; h < n; h++) {
        if (h > 0)
            sy_buf_putc(p->out, ',');
        sy_print_cell(p, &hits[h], SY_FIELD_KEY);
    }
    sy_buf_putc(p->out, ':');
    put_fields(p, hits, n, &hits[0], true, " ");
    for (size_t h = 0; h < n && n > 1; h++) {
        sy_buf_puts(p->out, " | [");
        sy_print_cell(p, &hits[h], SY_FIELD_KEY);
        sy_buf_putc(p->out, ']');
        put_fields(p, hits, n, &hits[h], false, " ");
    }
    sy_buf_putc(p->out, p->end);
}
