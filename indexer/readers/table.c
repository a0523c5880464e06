#include "indexer/readers/table.h"

#include "base/alloc.h"
#include "indexer/readers/reader_text.h"

void sy_table_release(sy_table *t)
{
    for (size_t i = 0; i < t->made_spans; i++)
        sy_buf_release(&t->spans[i].text);
    sy_free(t->spans);
    sy_free(t->parts);
    sy_free(t->cells);
    sy_buf_release(&t->text);
    *t = (sy_table){0};
}

void sy_table_reset(sy_table *t)
{
    t->number = 0;
    t->n_spans = t->n_parts = 0;
    sy_buf_reset(&t->text);
}

void sy_table_begin_row(sy_table *t, const sy_block *row)
{
    t->number = row->number > t->number ? row->number : t->number + 1;
    t->line = row->line;
    t->hidden = row->hidden;
    t->next_column = 0;
    t->n_parts = 0;
    sy_buf_reset(&t->text);
    for (size_t i = 0; i < t->n_spans; i++)
        t->spans[i].renewed = false;
}

/* The span of a row above that covers a column of this row, or NULL: one that tells
 * its rows, or one that is open. */
static sy_table_span *span_over(const sy_table *t, uint32_t column, bool open)
{
    for (size_t i = 0; i < t->n_spans; i++) {
        sy_table_span *s = &t->spans[i];
        if (s->open == open && (open || s->last >= t->number) && column >= s->column &&
            column - s->column < s->columns)
            return s;
    }
    return NULL;
}

/* A second cell in the place of the one before goes on with its text: those right of the last
 * column, or one that a document has twice. */
static void reopen(sy_table *t)
{
    const sy_table_part *last = t->n_parts > 0 ? &t->parts[t->n_parts - 1] : NULL;
    if (!last || last->above || last->column != t->cell.column)
        return;
    if (last->len > 0)
        t->cell_off = last->off;
    t->n_parts--; /* its end will add it again */
}

void sy_table_begin_cell(sy_table *t, const sy_block *cell)
{
    t->cell = *cell;
    if (t->cell.column == SY_COLUMN_NEXT) {
        const sy_table_span *over;
        t->cell.column = t->next_column;
        while (!cell->continues && (over = span_over(t, t->cell.column, false)))
            t->cell.column = over->column + over->columns;
    }
    t->cell.columns = cell->columns > 0 ? cell->columns : 1;
    if (t->cell.column >= SY_TABLE_COLUMNS_MAX)
        t->cell.column = SY_TABLE_COLUMNS_MAX - 1;
    if (t->cell.columns > SY_TABLE_COLUMNS_MAX - t->cell.column)
        t->cell.columns = SY_TABLE_COLUMNS_MAX - t->cell.column;
    t->next_column = t->cell.column + t->cell.columns;
    t->cell_off = t->text.len;
    reopen(t);
    if (t->text.len > t->cell_off)
        sy_buf_putc(&t->text, '\n');
    sy_buf_append(&t->text, cell->text.data, cell->text.len);
}

void sy_table_add_paragraph(sy_table *t, sy_slice text)
{
    if (t->text.len > t->cell_off)
        sy_buf_putc(&t->text, '\n');
    sy_buf_append(&t->text, text.data, text.len);
}

static sy_status add_span(sy_table *t, sy_slice text, sy_error *err)
{
    if (t->n_spans == t->made_spans) {
        if (!sy_grow((void **)&t->spans, t->made_spans, &t->cap_spans, sizeof *t->spans))
            return sy_fail_nomem(err);
        t->spans[t->made_spans++] = (sy_table_span){.text = SY_BUF_INIT};
    }
    sy_table_span *s = &t->spans[t->n_spans++];
    s->column = t->cell.column;
    s->columns = t->cell.columns;
    s->last = t->cell.rows > UINT64_MAX - t->number ? UINT64_MAX : t->number + t->cell.rows - 1;
    s->open = t->cell.open;
    s->renewed = true;
    sy_buf_reset(&s->text);
    sy_buf_append(&s->text, text.data, text.len);
    return sy_buf_status(&s->text, err);
}

static sy_status add_part(sy_table *t, sy_table_part part, sy_error *err)
{
    if (!sy_grow((void **)&t->parts, t->n_parts, &t->cap_parts, sizeof *t->parts))
        return sy_fail_nomem(err);
    t->parts[t->n_parts++] = part;
    return SY_OK;
}

sy_status sy_table_end_cell(sy_table *t, sy_error *err)
{
    sy_status st = sy_buf_status(&t->text, err);
    if (st != SY_OK)
        return st;
    const sy_block *c = &t->cell;
    size_t len = t->text.len - t->cell_off;
    sy_slice text = len ? sy_trim((sy_slice){t->text.data + t->cell_off, len}) : (sy_slice){"", 0};
    sy_table_part part = {len ? (size_t)(text.data - t->text.data) : 0, text.len, c->column,
                          c->columns, false};
    if (c->continues) {
        sy_table_span *s = span_over(t, c->column, true);
        if (s)
            s->renewed = true;
        if (s && text.len == 0) { /* Word shows no text here, but some programs leave it */
            part = (sy_table_part){t->text.len, s->text.len, c->column, c->columns, true};
            sy_buf_append(&t->text, s->text.data, s->text.len);
        }
    } else if (t->n_spans > 0 && text.len == 0 && span_over(t, c->column, false)) {
        return SY_OK; /* a place of a sheet that a merged cell covers */
    } else if (c->open || c->rows > 1) {
        st = add_span(t, text, err);
    }
    return st == SY_OK ? add_part(t, part, err) : st;
}

/* Gives the row the spans that reach into it, and drops those that end with it. */
static sy_status settle_spans(sy_table *t, sy_error *err)
{
    size_t kept = 0;
    sy_status st = SY_OK;
    for (size_t i = 0; i < t->n_spans && st == SY_OK; i++) {
        sy_table_span *s = &t->spans[i];
        if (!s->open && !s->renewed && s->last >= t->number) {
            sy_table_part part = {t->text.len, s->text.len, s->column, s->columns, true};
            sy_buf_append(&t->text, s->text.data, s->text.len);
            st = add_part(t, part, err);
        }
        if (s->open ? s->renewed : s->last > t->number) {
            sy_table_span keep = *s;
            t->spans[i] = t->spans[kept];
            t->spans[kept++] = keep;
        }
    }
    t->n_spans = kept;
    return st == SY_OK ? sy_buf_status(&t->text, err) : st;
}

static size_t width_of(const sy_table *t)
{
    size_t width = 0;
    for (size_t i = 0; i < t->n_parts; i++) {
        const sy_table_part *p = &t->parts[i];
        size_t columns = p->columns < SY_TABLE_SPREAD_MAX ? p->columns : SY_TABLE_SPREAD_MAX;
        if (p->column + columns > width)
            width = p->column + columns;
    }
    return width;
}

static void place(sy_table *t, const sy_table_part *p, sy_table_row *row)
{
    sy_slice text = p->len ? (sy_slice){t->text.data + p->off, p->len} : (sy_slice){"", 0};
    if (p->len > 0 && !p->above && row->n_own++ == 0) {
        row->own = p->column;
        row->reach = p->columns;
    }
    for (uint32_t k = 0; k < p->columns && k < SY_TABLE_SPREAD_MAX; k++) {
        sy_table_cell *c = &t->cells[p->column + k];
        if (c->text.len == 0)
            *c = (sy_table_cell){text, k > 0, p->above};
    }
}

sy_status sy_table_end_row(sy_table *t, sy_table_row *out, sy_error *err)
{
    *out = (sy_table_row){.number = t->number, .line = t->line, .hidden = t->hidden};
    sy_status st = t->n_spans > 0 ? settle_spans(t, err) : SY_OK;
    if (st != SY_OK)
        return st;
    out->n = width_of(t);
    while (t->cap_cells < out->n) {
        if (!sy_grow((void **)&t->cells, t->cap_cells, &t->cap_cells, sizeof *t->cells))
            return sy_fail_nomem(err);
    }
    for (size_t i = 0; i < out->n; i++)
        t->cells[i] = (sy_table_cell){{"", 0}, false, false};
    for (size_t i = 0; i < t->n_parts; i++)
        place(t, &t->parts[i], out);
    out->cells = t->cells;
    return SY_OK;
}
