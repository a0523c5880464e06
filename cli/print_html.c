#include "cli/print_html.h"

#include "base/utf8.h"
#include "cli/term.h"

enum { BARS_MOST = 30 };

static const char style[] =
    "body{font-family:system-ui,\"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif;"
    "max-width:60em;margin:1em auto;padding:0 1em;line-height:1.6;color:#222}"
    "h1{font-size:1.3em}"
    "h1,h2{overflow-wrap:anywhere}"
    "code{background:#eee;padding:.1em .4em}"
    "table.chart{border-collapse:collapse;width:100%;max-width:36em}"
    "caption{text-align:left;color:#777}"
    "table.chart td{padding:.1em 0 .1em .7em}"
    "table.chart td:first-child{padding-left:0;max-width:14em;word-break:keep-all;"
    "overflow-wrap:break-word}"
    "table.chart td.n{text-align:right}"
    "table.chart td:last-child{width:70%}"
    "div.bar{background:#4a78b0;height:.9em;min-width:1px}"
    "article{border-top:1px solid #ccc;margin-top:1em;padding-top:.5em}"
    "h2{font-size:1em;margin:0}"
    "h2 span{color:#777;font-weight:normal}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em;margin:.3em 0}"
    "dt{color:#777}"
    "dd{margin:0;overflow-wrap:anywhere}"
    "mark{background:#ffe38a}";

/* Appends the bytes [from, to) of a text as the page shows it; what matches is marked. */
static void put_part(sy_buf *out, sy_slice text, size_t from, size_t to, sy_marker *marker)
{
    bool marked = false;
    for (size_t i = from; i < to;) {
        uint32_t cp;
        size_t len = sy_utf8_decode(text.data + i, text.len - i, &cp);
        bool mark = marker && sy_marker_at(marker, i);
        if (mark != marked)
            sy_buf_puts(out, mark ? "<mark>" : "</mark>");
        marked = mark;
        i += len;
        if (cp == '\r' && i < text.len && text.data[i] == '\n')
            continue;
        if (cp == '\n' || cp == '\r' || cp == 0x85 || cp == 0x2028 || cp == 0x2029)
            sy_buf_puts(out, "<br>");
        else if (cp == '&')
            sy_buf_puts(out, "&amp;");
        else if (cp == '<')
            sy_buf_puts(out, "&lt;");
        else if (cp == '>')
            sy_buf_puts(out, "&gt;");
        else if (cp == '"')
            sy_buf_puts(out, "&quot;");
        else
            sy_buf_put_cp(out, cp == '\t' ? ' ' : sy_visible_cp(cp));
    }
    sy_buf_puts(out, marked ? "</mark>" : "");
}

static void put_text(sy_buf *out, sy_slice text)
{
    put_part(out, text, 0, text.len, NULL);
}

/* Each value by itself, so that what is written from right to left stays in its place. */
static void put_value(const sy_printer *p, sy_slice text, const sy_match *matches, size_t n)
{
    sy_marker marker = {matches, matches ? matches + n : NULL, 0};
    sy_excerpts e;
    size_t start, stop = 0;
    sy_excerpts_init(&e, p, text, matches, n);
    sy_buf_puts(p->out, "<bdi>");
    while (sy_excerpts_next(&e, &start, &stop)) {
        sy_buf_puts(p->out, start > 0 ? "…" : "");
        put_part(p->out, text, start, stop, &marker);
    }
    sy_buf_puts(p->out, stop < e.text.len ? "…" : "");
    sy_buf_puts(p->out, "</bdi>");
}

static void put_cell(const sy_printer *p, const sy_shown *hit, sy_field_id field)
{
    const char *joint = sy_value_joint(p->schema, field);
    bool names = strcmp(joint, "、") == 0, any = false;
    sy_cell cell;
    sy_cell_get(hit, field, &cell);
    for (size_t i = 0; i < cell.n; i++) {
        size_t n;
        const sy_match *matches = sy_cell_matches(hit, field, i, &n);
        if (p->excerpts && !p->chosen && n == 0)
            continue;
        sy_buf_puts(p->out, !any ? "" : names ? joint : "<br>");
        put_value(p, sy_cell_at(&cell, i), matches, n);
        any = true;
    }
}

static void put_fields(const sy_printer *p, const sy_shown *hits, size_t n, const sy_shown *hit,
                       bool shared)
{
    sy_buf_puts(p->out, "<dl>\n");
    for (size_t f = 0; f < p->n_fields; f++) {
        sy_field_id field = p->fields[f];
        sy_cell cell;
        sy_cell_get(hit, field, &cell);
        if (cell.n == 0 || sy_cell_shared(hits, n, field) != shared ||
            !sy_field_shown(p, shared ? hits : hit, shared ? n : 1, field))
            continue;
        sy_buf_puts(p->out, "<dt>");
        put_text(p->out, sy_slice_of(sy_schema_label(p->schema, field)));
        sy_buf_puts(p->out, "</dt><dd>");
        put_cell(p, hit, field);
        sy_buf_puts(p->out, "</dd>\n");
    }
    sy_buf_puts(p->out, "</dl>\n");
}

static void put_chart(const sy_printer *p, const sy_html_head *head)
{
    const sy_facets *f = head->facets;
    size_t shown = f->n < BARS_MOST ? f->n : BARS_MOST;
    sy_buf_puts(p->out, "<table class=\"chart\">\n<caption>");
    put_text(p->out, sy_slice_of(head->label));
    sy_buf_puts(p->out, "</caption>\n");
    for (size_t i = 0; i < shown; i++) {
        sy_buf_puts(p->out, "<tr><td><bdi>");
        put_text(p->out, f->items[i].value);
        sy_buf_printf(p->out,
                      "</bdi></td><td class=\"n\">%llu</td><td><div class=\"bar\" "
                      "style=\"width:%.1f%%\"></div></td></tr>\n",
                      (unsigned long long)f->items[i].count,
                      100.0 * (double)f->items[i].count / (double)f->items[0].count);
    }
    sy_buf_puts(p->out, "</table>\n");
    if (shown < f->n)
        sy_buf_printf(p->out, "<p>+ %zu</p>\n", f->n - shown);
}

void sy_print_html_head(const sy_printer *p, const sy_html_head *head)
{
    sy_buf_puts(p->out, "<!DOCTYPE html>\n<html lang=\"zh\">\n<head>\n<meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    for (size_t i = 0; i < head->n_exprs; i++) {
        sy_buf_puts(p->out, i > 0 ? " " : "");
        put_text(p->out, sy_slice_of(head->exprs[i]));
    }
    sy_buf_printf(p->out, " - suoyin</title>\n<style>%s</style>\n</head>\n<body>\n<h1>", style);
    for (size_t i = 0; i < head->n_exprs; i++) {
        sy_buf_puts(p->out, i > 0 ? " <code>" : "<code>");
        put_text(p->out, sy_slice_of(head->exprs[i]));
        sy_buf_puts(p->out, "</code>");
    }
    sy_buf_printf(p->out, " %llu</h1>\n", (unsigned long long)head->count);
    if (head->facets && head->facets->n > 0)
        put_chart(p, head);
}

void sy_print_html(const sy_printer *p, const sy_shown *hits, size_t n)
{
    sy_slice place;
    sy_buf_puts(p->out, "<article>\n<h2>");
    for (size_t h = 0; h < n; h++) {
        sy_buf_puts(p->out, h > 0 ? " <bdi>" : "<bdi>");
        put_text(p->out, hits[h].record->key);
        sy_buf_puts(p->out, "</bdi>");
    }
    sy_buf_puts(p->out, " <span>");
    put_text(p->out, hits[0].source);
    if (sy_shown_place(p->schema, &hits[0], &place)) {
        sy_buf_putc(p->out, '#');
        put_text(p->out, place);
    } else {
        sy_buf_printf(p->out, ":%u", hits[0].record->line);
    }
    sy_buf_puts(p->out, "</span></h2>\n");
    put_fields(p, hits, n, &hits[0], true);
    for (size_t h = 0; h < n && n > 1; h++) {
        sy_buf_puts(p->out, "<h2><bdi>");
        put_text(p->out, hits[h].record->key);
        sy_buf_puts(p->out, "</bdi></h2>\n");
        put_fields(p, hits, n, &hits[h], false);
    }
    sy_buf_puts(p->out, "</article>\n");
}

void sy_print_html_foot(const sy_printer *p)
{
    sy_buf_puts(p->out, "</body>\n</html>\n");
}
