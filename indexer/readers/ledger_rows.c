#include "indexer/readers/ledger_rows.h"

#include "base/alloc.h"
#include "indexer/readers/ledger_header.h"
#include "indexer/readers/ledger_lines.h"
#include "indexer/readers/reader_text.h"

/* The walk keeps one row open and reads on until the next cell shows where it
 * ends. Text without a tab is a paragraph of the last cell, unless the row is
 * filled and a blank line stood before it, or it has the form of a heading: such
 * lines are held back, as a range of the document, until what follows decides. */
typedef struct walker {
    const sy_document *doc;
    const sy_ledger_events *events;
    sy_lines lines;

    size_t n_columns;               /* 0 before the first header */
    sy_ledger_header header, above; /* the last one read, the one before */
    bool fresh;                     /* no row since the header */

    bool open;   /* a row is being read */
    size_t room; /* cells it takes: the columns, or more if it is too long */
    uint32_t row_line;
    sy_buf text; /* its cells, each from off[i] to the next */
    size_t *off;
    size_t n_cells, cap_off;
    sy_slice *cells; /* scratch for the event */
    size_t cap_cells;

    sy_buf clean;       /* a line without debris */
    bool blank;         /* a blank line since the last text */
    bool held;          /* lines are held back: [held_from, held_to) */
    bool held_detached; /* the first of them is no paragraph of the open row */
    sy_lines held_from, held_to;

    size_t n_orphans; /* cells before any header */
    uint32_t orphan_line;
} walker;

typedef enum follower { FOLLOWS_ROW, FOLLOWS_HEADER, FOLLOWS_END } follower;

static bool is_filled(const walker *w)
{
    return w->open && w->n_cells >= w->room;
}

/* ---- rows ---- */

static void append_paragraph(walker *w, sy_slice text)
{
    if (w->text.len > w->off[w->n_cells - 1])
        sy_buf_putc(&w->text, '\n');
    sy_line_append(&w->text, text);
}

static sy_status add_cell(walker *w, const sy_line *line, sy_error *err)
{
    if (!sy_grow((void **)&w->off, w->n_cells, &w->cap_off, sizeof *w->off))
        return sy_fail_nomem(err);
    w->off[w->n_cells++] = w->text.len;
    sy_line_append(&w->text, line->text);
    return sy_buf_status(&w->text, err);
}

/* A heading that stands in a cell across all columns: 一、主要经济指标（共14项）. */
static bool is_section_row(const walker *w, sy_heading *heading)
{
    size_t filled = 0, at = 0;
    for (size_t i = 0; i < w->n_cells; i++) {
        if (w->cells[i].len > 0) {
            filled++;
            at = i;
        }
    }
    return filled == 1 && at == 0 && sy_heading_parse(w->cells[at], heading) &&
           heading->form == SY_HEADING_HAN;
}

static sy_status close_row(walker *w, sy_error *err)
{
    if (!w->open)
        return SY_OK;
    w->open = false;
    sy_status st = sy_buf_status(&w->text, err);
    if (st != SY_OK)
        return st;
    while (w->cap_cells < w->n_cells) {
        if (!sy_grow((void **)&w->cells, w->cap_cells, &w->cap_cells, sizeof *w->cells))
            return sy_fail_nomem(err);
    }
    for (size_t i = 0; i < w->n_cells; i++) {
        size_t end = i + 1 < w->n_cells ? w->off[i + 1] : w->text.len;
        size_t len = end - w->off[i];
        w->cells[i] = len ? sy_trim((sy_slice){w->text.data + w->off[i], len}) : (sy_slice){"", 0};
    }
    const sy_ledger_events *e = w->events;
    sy_heading heading;
    if (is_section_row(w, &heading))
        return e->section(e->ctx, &heading, w->row_line, err);
    return e->row(e->ctx, w->cells, w->n_cells, w->row_line, err);
}

/* What stands in the lines up to the next blank one, or in the first cells of them. */
typedef struct block {
    size_t n_cells;
    sy_slice first, behind; /* the first cell, and the one after n_columns cells */
    bool ends;              /* the document ends with it */
} block;

static block look_at_block(const walker *w, sy_lines from, size_t max_cells)
{
    block b = {.ends = true};
    sy_line line;
    while (b.n_cells < max_cells && sy_lines_next(&from, &line)) {
        if (line.kind == SY_LINE_BLANK) {
            b.ends = false;
            break;
        }
        if (line.kind != SY_LINE_CELL)
            continue;
        if (b.n_cells == 0)
            b.first = line.text;
        else if (b.n_cells == w->n_columns)
            b.behind = line.text;
        b.n_cells++;
    }
    return b;
}

static bool is_number(sy_slice cell)
{
    sy_buf number = SY_BUF_INIT;
    sy_slice rest;
    bool yes = sy_row_number(cell, &number, &rest) && rest.len == 0;
    sy_buf_release(&number);
    return yes;
}

/* An open row is not filled, and after a blank line more cells come. They are the
 * rest of it (an empty paragraph stood in a cell), unless they make rows by
 * themselves: then cells of the open row are missing. */
static bool is_new_row(const walker *w, sy_lines from)
{
    block b = look_at_block(w, from, SIZE_MAX);
    size_t missing = w->room - w->n_cells, over = b.n_cells % w->n_columns;
    if (over == 0)
        return true;
    if (b.ends || over == missing)
        return false;
    return is_number(b.first);
}

/* Opens a row at a cell. A block that has more cells than columns, but not those
 * of a second row, is one row that is too long. */
static void open_row(walker *w, sy_lines from, uint32_t line)
{
    block b = look_at_block(w, from, 2 * w->n_columns);
    w->open = true;
    w->fresh = false;
    w->room = w->n_columns;
    if (b.n_cells > w->n_columns && b.n_cells < 2 * w->n_columns && !b.ends && b.behind.len > 0 &&
        !is_number(b.behind))
        w->room = b.n_cells;
    w->row_line = line;
    w->n_cells = 0;
    sy_buf_reset(&w->text);
}

/* ---- lines that were held back ---- */

/* The text of a line without debris; good until the next call. */
static sy_slice cleaned(walker *w, const sy_line *line)
{
    if (line->text.len == 0 || !memchr(line->text.data, '[', line->text.len))
        return line->text;
    sy_buf_reset(&w->clean);
    sy_line_append(&w->clean, line->text);
    return (sy_slice){sy_buf_cstr(&w->clean), w->clean.len};
}

/* Whether a paragraph near the end of the open row's last cell starts with a
 * numeral of this form too: then 二、… is an entry of a list and no heading. */
static bool is_list(const walker *w, const sy_heading *heading)
{
    enum { NEAR = 4096 };
    if (!w->open)
        return false;
    size_t from = w->off[w->n_cells - 1];
    if (w->text.len - from > NEAR)
        from = w->text.len - NEAR;
    sy_lines cell = sy_lines_of(w->text.data + from, w->text.len - from);
    sy_line line;
    sy_heading_form form;
    while (sy_lines_next(&cell, &line)) {
        if (sy_heading_lead(line.text, &form) && form == heading->form)
            return true;
    }
    return false;
}

static bool is_section(const walker *w, const sy_heading *h, bool detached, follower follows)
{
    if (h->counted)
        return detached || follows != FOLLOWS_ROW;
    if (detached && follows == FOLLOWS_HEADER)
        return true; /* whatever list the cell above it holds */
    if (is_list(w, h))
        return false;
    if (detached)
        return follows == FOLLOWS_ROW && h->form == SY_HEADING_HAN;
    return h->form == SY_HEADING_HAN &&
           (follows == FOLLOWS_HEADER || (h->indented && follows == FOLLOWS_END));
}

/* Finds the last heading among the lines held back: the number of its line, or 0. */
static uint32_t find_section(walker *w, follower follows)
{
    sy_lines at = w->held_from;
    sy_line line;
    uint32_t found = 0;
    bool detached = w->held_detached, list = false;
    while (at.at < w->held_to.at && sy_lines_next(&at, &line)) {
        sy_heading h;
        if (line.kind == SY_LINE_BLANK) {
            detached |= !w->open || is_filled(w);
        } else if (sy_heading_parse(cleaned(w, &line), &h)) {
            /* 一、… and 二、… one below the other at the end of a cell are a list. */
            bool entry = !detached && !h.counted && !h.indented;
            if (entry && list)
                found = 0;
            else if (is_section(w, &h, detached, follows))
                found = line.number;
            list |= entry;
        }
    }
    return found;
}

/* A run of lines outside the tables, reported as one. */
typedef struct loose {
    sy_slice first;
    size_t n;
    uint32_t line;
} loose;

static sy_status report_loose(walker *w, loose *run, sy_error *err)
{
    if (run->n == 0)
        return SY_OK;
    sy_status st = w->events->outside(w->events->ctx, run->first, run->n, run->line, err);
    run->n = 0;
    return st;
}

static sy_status open_section(walker *w, const sy_line *line, sy_error *err)
{
    sy_heading heading;
    sy_status st = close_row(w, err);
    if (st == SY_OK && sy_heading_parse(cleaned(w, line), &heading))
        st = w->events->section(w->events->ctx, &heading, line->number, err);
    return st;
}

/* Says what the lines held back are, now that it is known what follows them. */
static sy_status settle(walker *w, follower follows, sy_error *err)
{
    if (!w->held)
        return SY_OK;
    w->held = false;
    uint32_t section = find_section(w, follows);
    bool detached = w->held_detached;
    /* Between two rows of a table there is no text but that of its cells. */
    bool all_in_cell = follows == FOLLOWS_ROW && section == 0 && w->open;
    loose run = {.n = 0};
    sy_line line;
    sy_status st = SY_OK;
    sy_lines at = w->held_from;
    while (st == SY_OK && at.at < w->held_to.at && sy_lines_next(&at, &line)) {
        if (line.kind == SY_LINE_BLANK) {
            detached |= !w->open || is_filled(w);
        } else if (line.number == section) {
            st = report_loose(w, &run, err);
            if (st == SY_OK)
                st = open_section(w, &line, err);
            detached = true;
        } else if (w->open && (!detached || all_in_cell)) {
            append_paragraph(w, line.text);
        } else if (run.n++ == 0) {
            run.first = line.text;
            run.line = line.number;
        }
    }
    return st == SY_OK ? report_loose(w, &run, err) : st;
}

static void hold(walker *w, const sy_lines *before)
{
    if (!w->held) {
        w->held = true;
        w->held_from = *before;
        w->held_detached = !w->open || (w->blank && is_filled(w));
    }
    w->held_to = w->lines;
}

/* ---- the walk ---- */

static sy_status report_orphans(walker *w, sy_error *err)
{
    size_t n = w->n_orphans;
    w->n_orphans = 0;
    return n > 0 ? w->events->orphans(w->events->ctx, n, w->orphan_line, err) : SY_OK;
}

static sy_status take_header(walker *w, const sy_lines *next, uint32_t line, sy_error *err)
{
    sy_status st = report_orphans(w, err);
    if (st == SY_OK)
        st = settle(w, FOLLOWS_HEADER, err);
    if (st == SY_OK)
        st = close_row(w, err);
    if (st != SY_OK)
        return st;
    w->lines = *next;
    w->n_columns = w->header.n;
    w->blank = false;
    if (w->fresh)
        sy_ledger_header_merge(&w->above, &w->header);
    st = w->events->header(w->events->ctx, w->header.cells, w->header.n, line, err);
    sy_ledger_header last = w->above;
    w->above = w->header;
    w->header = last;
    w->fresh = true;
    return st;
}

static sy_status take_cell(walker *w, const sy_lines *before, const sy_line *line, sy_error *err)
{
    bool may_start = !w->open || is_filled(w) || w->blank || w->held;
    bool header = false;
    sy_lines next;
    sy_status st = SY_OK;
    if (may_start)
        st = sy_ledger_header_read(&w->header, before, w->doc->schema, &header, &next, err);
    if (st != SY_OK || header)
        return st == SY_OK ? take_header(w, &next, line->number, err) : st;
    if (w->n_columns == 0) {
        if (w->n_orphans++ == 0)
            w->orphan_line = line->number;
        return settle(w, FOLLOWS_END, err);
    }
    st = settle(w, FOLLOWS_ROW, err);
    if (st == SY_OK && w->open && (is_filled(w) || (w->blank && is_new_row(w, *before))))
        st = close_row(w, err);
    if (st != SY_OK)
        return st;
    if (!w->open)
        open_row(w, *before, line->number);
    w->blank = false;
    return add_cell(w, line, err);
}

static void take_text(walker *w, const sy_lines *before, const sy_line *line)
{
    sy_heading heading;
    bool in_cell = w->open && !w->held && !(w->blank && is_filled(w)) &&
                   !sy_heading_parse(cleaned(w, line), &heading);
    if (in_cell) {
        append_paragraph(w, line->text);
        w->blank = false;
    } else {
        hold(w, before);
    }
}

static sy_status walk(walker *w, sy_error *err)
{
    sy_line line;
    sy_lines before = w->lines;
    sy_status st = SY_OK;
    while (st == SY_OK && sy_lines_next(&w->lines, &line)) {
        if (line.kind == SY_LINE_BLANK)
            w->blank = true;
        else if (line.kind == SY_LINE_CELL)
            st = take_cell(w, &before, &line, err);
        else
            take_text(w, &before, &line);
        before = w->lines;
        sy_map_pass(w->doc->behind, before.at);
    }
    if (st == SY_OK)
        st = report_orphans(w, err);
    if (st == SY_OK)
        st = settle(w, FOLLOWS_END, err);
    return st == SY_OK ? close_row(w, err) : st;
}

sy_status sy_ledger_walk(const sy_document *doc, const sy_ledger_events *events, sy_error *err)
{
    walker *w = sy_calloc(1, sizeof *w);
    if (!w)
        return sy_fail_nomem(err);
    w->doc = doc;
    w->events = events;
    w->lines = sy_lines_of(doc->text, doc->len);
    sy_status st = walk(w, err);
    sy_ledger_header_release(&w->header);
    sy_ledger_header_release(&w->above);
    sy_buf_release(&w->text);
    sy_buf_release(&w->clean);
    sy_free(w->off);
    sy_free(w->cells);
    sy_free(w);
    return st;
}

static bool has_cell(const sy_document *doc, sy_lines at)
{
    sy_line line;
    while (sy_lines_next(&at, &line)) {
        if (line.kind == SY_LINE_CELL && sy_trim(line.text).len > 0)
            return true;
        sy_map_pass(doc->behind, at.at);
    }
    return false;
}

sy_status sy_ledger_first_header(const sy_document *doc, size_t *n, sy_error *err)
{
    sy_ledger_header *h = sy_calloc(1, sizeof *h);
    const sy_schema *schema = doc->schema;
    sy_lines at = sy_lines_of(doc->text, doc->len), before = at, next;
    sy_line line;
    sy_status st = h ? SY_OK : sy_fail_nomem(err);
    *n = 0;
    while (st == SY_OK && *n == 0 && sy_lines_next(&at, &line)) {
        bool found = false;
        if (line.kind == SY_LINE_CELL)
            st = sy_ledger_header_read(h, &before, schema, &found, &next, err);
        if (st == SY_OK && found) {
            if (!has_cell(doc, next))
                break;
            *n = h->n;
        }
        before = at;
        sy_map_pass(doc->behind, at.at);
    }
    if (h)
        sy_ledger_header_release(h);
    sy_free(h);
    return st;
}
