#include "cli/print_counts.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/messages.h"
#include "cli/cli.h"
#include "cli/print.h"
#include "cli/term.h"
#include "segmenter/width.h"

enum { GAP = 2 /* between columns for the eye */ };

typedef struct printer {
    const sy_counts *how;
    const char *names[2]; /* of the fields */
    sy_buf *out;
} printer;

/* ---- single counts ---- */

/* A count with the n values that it is of. */
static void put_count(const printer *p, const sy_slice *values, size_t n, uint64_t count)
{
    sy_buf *out = p->out;
    if (p->how->form != SY_COUNTS_JSON) {
        sy_buf_printf(out, "%llu", (unsigned long long)count);
        for (size_t i = 0; i < n; i++) {
            sy_buf_putc(out, '\t');
            sy_put_tsv(out, p->how->terminal, values[i]);
        }
        sy_buf_putc(out, p->how->end);
        return;
    }
    sy_buf_puts(out,
                n == 1 ? "{\"type\":\"count\",\"field\":" : "{\"type\":\"count\",\"fields\":[");
    for (size_t i = 0; i < n; i++) {
        sy_buf_puts(out, i > 0 ? "," : "");
        sy_buf_put_json(out, p->names[i], strlen(p->names[i]));
    }
    sy_buf_puts(out, n == 1 ? ",\"value\":" : "],\"values\":[");
    for (size_t i = 0; i < n; i++) {
        sy_buf_puts(out, i > 0 ? "," : "");
        sy_buf_put_json(out, values[i].data, values[i].len);
    }
    sy_buf_printf(out, "%s,\"count\":%llu}", n == 1 ? "" : "]", (unsigned long long)count);
    sy_buf_putc(out, p->how->end);
}

/* ---- tables ---- */

/* widths[n]: columns of the terminal that each cell gets, the first from the left, the others to
 * the right; NULL: the form says how cells are told apart. */
static void put_cell(const printer *p, sy_slice text, size_t i, const size_t *widths)
{
    sy_buf *out = p->out;
    if (p->how->form == SY_COUNTS_TSV) {
        sy_buf_puts(out, i > 0 ? "\t" : "");
        sy_put_tsv(out, p->how->terminal, text);
    } else if (p->how->form == SY_COUNTS_CSV) {
        sy_buf_puts(out, i > 0 ? "," : "");
        sy_put_csv(out, p->how->terminal, text);
    } else {
        size_t width = sy_text_width(text.data, text.len);
        int room = (int)(widths[i] > width ? widths[i] - width : 0);
        sy_buf_printf(out, "%*s", i > 0 ? room + GAP : 0, "");
        sy_put_visible(out, text.data, text.len);
        if (i == 0)
            sy_buf_printf(out, "%*s", room, "");
    }
}

static void end_row(const printer *p)
{
    if (p->how->form == SY_COUNTS_CSV && p->how->end == '\n')
        sy_buf_putc(p->out, '\r');
    sy_buf_putc(p->out, p->how->end);
}

static void put_number(const printer *p, uint64_t number, size_t i, const size_t *widths)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    bool none = widths && number == 0; /* for the eye nothing is more like nothing */
    put_cell(p, none ? sy_slice_of("-") : (sy_slice){digits, (size_t)len}, i, widths);
}

/* Values and their counts under the names of both. */
static void put_table(const printer *p, const sy_facets *f, uint64_t from, uint64_t to)
{
    put_cell(p, sy_slice_of(p->names[0]), 0, NULL);
    put_cell(p, sy_slice_of("count"), 1, NULL);
    end_row(p);
    for (uint64_t i = from; i < to; i++) {
        put_cell(p, f->items[i].value, 0, NULL);
        put_number(p, f->items[i].count, 1, NULL);
        end_row(p);
    }
}

/* The rows [from, to) of a cross table and its first n_columns, with the counts of whole rows and
 * columns behind and below. */
static void put_cross(const printer *p, const sy_cross *x, uint64_t from, uint64_t to,
                      size_t n_columns, const size_t *widths)
{
    const sy_slice all = sy_slice_of(widths ? _("all") : "all");
    put_cell(p, sy_slice_of(p->names[0]), 0, widths);
    for (size_t c = 0; c < n_columns; c++)
        put_cell(p, x->columns.items[c].value, c + 1, widths);
    put_cell(p, all, n_columns + 1, widths);
    end_row(p);
    size_t at = 0;
    for (uint64_t r = from; r < to; r++) {
        while (at < x->n_cells && x->cells[at].row < r)
            at++;
        put_cell(p, x->rows.items[r].value, 0, widths);
        for (size_t c = 0; c < n_columns; c++) {
            bool here = at < x->n_cells && x->cells[at].row == r && x->cells[at].column == c;
            put_number(p, here ? x->cells[at].count : 0, c + 1, widths);
            at += here;
        }
        put_number(p, x->rows.items[r].count, n_columns + 1, widths);
        end_row(p);
    }
    put_cell(p, all, 0, widths);
    for (size_t c = 0; c < n_columns; c++)
        put_number(p, x->columns.items[c].count, c + 1, widths);
    put_number(p, x->n_records, n_columns + 1, widths);
    end_row(p);
}

static size_t digits_of(uint64_t number)
{
    size_t n = 1;
    for (; number >= 10; number /= 10)
        n++;
    return n;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The cross table as wide as the terminal lets it be. False if that is not even one column. */
static bool put_for_eye(const printer *p, const sy_cross *x, uint64_t from, uint64_t to,
                        size_t *left_out, sy_status *st)
{
    size_t n = x->columns.n, all = sy_text_width(_("all"), strlen(_("all"))), shown = 0;
    size_t used = larger(all, sy_text_width(p->names[0], strlen(p->names[0])));
    size_t *widths = sy_alloc(n + 2, sizeof *widths);
    *st = widths ? SY_OK : SY_E_NOMEM;
    if (!widths)
        return true;
    for (uint64_t r = from; r < to; r++)
        used = larger(used, sy_text_width(x->rows.items[r].value.data, x->rows.items[r].value.len));
    widths[0] = used;
    size_t last = larger(all, digits_of(x->n_records));
    for (used += GAP + last; shown < n; shown++) {
        const sy_facet *f = &x->columns.items[shown];
        size_t width = larger(sy_text_width(f->value.data, f->value.len), digits_of(f->count));
        if (used + GAP + width > p->how->width)
            break;
        widths[shown + 1] = width;
        used += GAP + width;
    }
    widths[shown + 1] = last;
    *left_out = n - shown;
    bool fits = used <= p->how->width && (shown > 0 || n == 0);
    if (fits)
        put_cross(p, x, from, to, shown, widths);
    sy_free(widths);
    return fits;
}

/* ---- what is asked for ---- */

static void window(const sy_counts *how, size_t n, uint64_t *from, uint64_t *to)
{
    *from = how->offset < n ? how->offset : n;
    *to = how->limit > 0 && how->limit < n - *from ? *from + how->limit : n;
}

static void say_values(sy_buf *note, const sy_facets *f, const char *name)
{
    sy_put_count(note, f->n, "value", "values");
    sy_buf_printf(note, _(" of %s; "), name);
    sy_put_count(note, f->without, "record has none", "records have none");
}

static sy_status print_one(const printer *p, sy_search *search, bool *any, sy_error *err)
{
    sy_facets facets;
    uint64_t from, to;
    sy_status st = sy_search_count_by(search, p->how->fields[0], &facets, err);
    if (st != SY_OK)
        return st;
    window(p->how, facets.n, &from, &to);
    if (p->how->form == SY_COUNTS_TSV || p->how->form == SY_COUNTS_CSV)
        put_table(p, &facets, from, to);
    else
        for (uint64_t i = from; i < to; i++)
            put_count(p, &facets.items[i].value, 1, facets.items[i].count);
    *any = facets.n > 0 || facets.without > 0;
    sy_buf note = SY_BUF_INIT;
    say_values(&note, &facets, p->names[0]);
    if (*any)
        sy_say("%s; a record counts once for each of its values, so this is no sum",
               sy_buf_cstr(&note));
    sy_buf_release(&note);
    sy_facets_release(&facets);
    return SY_OK;
}

static sy_status print_two(const printer *p, sy_search *search, bool *any, sy_error *err)
{
    sy_cross x;
    uint64_t from, to;
    size_t left_out = 0;
    sy_status st = sy_search_cross(search, p->how->fields[0], p->how->fields[1], &x, err);
    if (st != SY_OK)
        return st;
    window(p->how, x.rows.n, &from, &to);
    bool done = true, table = p->how->form == SY_COUNTS_TSV || p->how->form == SY_COUNTS_CSV;
    if (table && x.columns.n > 0 && to - from > SY_CROSS_CELLS_MAX / x.columns.n) {
        st = sy_fail(err, SY_E_LIMIT, NULL,
                     "a table of %llu rows and %zu columns is too large; try -n or --json",
                     (unsigned long long)(to - from), x.columns.n);
        sy_cross_release(&x);
        return st;
    }
    if (table)
        put_cross(p, &x, from, to, x.columns.n, NULL);
    else
        done = p->how->form == SY_COUNTS_CARD && x.n_records > 0 &&
               put_for_eye(p, &x, from, to, &left_out, &st);
    for (size_t i = 0; i < x.n_cells && !done; i++) {
        sy_cross_cell cell = x.cells[i];
        sy_slice values[] = {x.rows.items[cell.row].value, x.columns.items[cell.column].value};
        if (cell.row >= from && cell.row < to)
            put_count(p, values, 2, cell.count);
    }
    *any = x.n_records > 0;
    sy_buf note = SY_BUF_INIT;
    say_values(&note, &x.rows, p->names[0]);
    sy_buf_puts(&note, _("; "));
    say_values(&note, &x.columns, p->names[1]);
    if (done && left_out > 0)
        sy_buf_printf(&note, _(", and %zu of them have no room here: --csv has all"), left_out);
    if (*any)
        sy_say(done ? N_("%s; a record counts once for each of its values, so 'all' is no sum")
                    : N_("%s; a record counts once for each of its values, so this is no sum"),
               sy_buf_cstr(&note));
    sy_buf_release(&note);
    sy_cross_release(&x);
    return st == SY_OK ? SY_OK : sy_fail_nomem(err);
}

sy_status sy_print_counts(sy_search *search, const sy_schema *schema, const sy_counts *how,
                          sy_buf *out, bool *any, sy_error *err)
{
    printer p = {.how = how, .out = out};
    *any = false;
    for (size_t i = 0; i < how->n_fields; i++)
        p.names[i] = sy_schema_name(schema, how->fields[i]);
    if (how->form == SY_COUNTS_CSV && how->bom)
        sy_buf_puts(out, "\xEF\xBB\xBF");
    return how->n_fields == 2 ? print_two(&p, search, any, err) : print_one(&p, search, any, err);
}
