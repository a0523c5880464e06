/* The reader of Excel workbooks (.xlsx, .xlsm): SpreadsheetML, ISO/IEC 29500-1,
 * section 18, row by row.
 *
 * Held in memory are the shared strings, the formats and the merged ranges of a
 * sheet, each within a limit; the ranges stand behind the rows in the file, so they
 * are looked for first, without parsing. */
#include <stdlib.h>

#include "base/alloc.h"
#include "indexer/reader.h"
#include "indexer/readers/number_format.h"
#include "indexer/readers/office_kind.h"
#include "indexer/readers/ooxml_rels.h"
#include "indexer/readers/walks.h"
#include "indexer/readers/xml_stream.h"

enum {
    STRINGS_MAX = 512 << 20, /* bytes of shared strings */
    RANGES_MAX = 4 << 20,
    FORMATS_MAX = 1 << 20,
    SHEETS_MAX = 10000,
    CELL_MAX = 64 << 20
};

enum name { C, CELL_XFS, F, IS, NUM_FMT, R_PH, ROW, SHEET, SI, T, V, WORKBOOK_PR, XF };
static const char *const names[] = {"c",     "cellXfs", "f", "is", "numFmt",     "rPh", "row",
                                    "sheet", "si",      "t", "v",  "workbookPr", "xf"};

typedef struct range {
    uint64_t row, last_row;
    uint32_t column, last_column;
} range;

typedef struct sheet {
    size_t name, part; /* in `words` */
    bool hidden;
} sheet;

typedef struct format {
    uint32_t id;
    size_t code, len; /* in `words` */
} format;

typedef struct xlsx {
    sy_blocks *out;
    sy_zip *zip;
    sy_rels rels;
    sy_buf words;
    sheet *sheets;
    size_t n_sheets, cap_sheets;
    bool from_1904;

    sy_buf strings; /* shared */
    size_t *ends;   /* string i ends at ends[i] */
    size_t n_strings, cap_strings;
    format *formats;
    size_t n_formats, cap_formats;
    uint32_t *cell_formats; /* number of the format of each cell style */
    size_t n_cell_formats, cap_cell_formats;
    bool in_cell_formats;

    range *ranges;
    size_t n_ranges, cap_ranges, next_range;
    sy_buf tail; /* of the search for ranges */

    bool in_text, in_phonetic;
    bool row_open;
    uint64_t row;
    uint32_t column;
    size_t style;
    char type; /* of the cell: n, s(hared), t(ext), b(oolean), d(ate) */
    sy_buf value, shown;
} xlsx;

/* ---- workbook, formats, shared strings ---- */

static size_t add_word(xlsx *x, const sy_xml_element *e, const char *attr)
{
    size_t off = x->words.len;
    sy_xml_attr_append(e, attr, &x->words);
    sy_buf_putc(&x->words, '\0');
    return off;
}

static sy_status on_workbook(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    xlsx *x = ctx;
    sy_slice value;
    (void)line;
    if (e->name == WORKBOOK_PR) {
        sy_xml_attr(e, "date1904", &value);
        x->from_1904 = value.len > 0 && (value.data[0] == '1' || value.data[0] == 't');
    }
    if (e->name != SHEET)
        return SY_OK;
    if (x->n_sheets == SHEETS_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "it has more than %d sheets", SHEETS_MAX);
    if (!sy_grow((void **)&x->sheets, x->n_sheets, &x->cap_sheets, sizeof *x->sheets))
        return sy_fail_nomem(err);
    sheet *s = &x->sheets[x->n_sheets++];
    s->name = add_word(x, e, "name");
    sy_xml_attr(e, "state", &value);
    s->hidden = value.len >= 4 && memmem(value.data, value.len, "idden", 5) != NULL;
    sy_xml_attr(e, "id", &value);
    const char *part = sy_rels_by_id(&x->rels, value);
    s->part = x->words.len;
    sy_buf_puts(&x->words, part ? part : "");
    sy_buf_putc(&x->words, '\0');
    return sy_buf_status(&x->words, err);
}

static sy_status on_styles(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    xlsx *x = ctx;
    (void)line;
    if (e->name == CELL_XFS) {
        x->in_cell_formats = true;
    } else if (e->name == NUM_FMT && x->n_formats < FORMATS_MAX) {
        if (!sy_grow((void **)&x->formats, x->n_formats, &x->cap_formats, sizeof *x->formats))
            return sy_fail_nomem(err);
        format *f = &x->formats[x->n_formats++];
        f->id = (uint32_t)sy_xml_attr_number(e, "numFmtId", 0);
        f->code = add_word(x, e, "formatCode");
        f->len = x->words.len - f->code - 1;
    } else if (e->name == XF && x->in_cell_formats && x->n_cell_formats < FORMATS_MAX) {
        if (!sy_grow((void **)&x->cell_formats, x->n_cell_formats, &x->cap_cell_formats,
                     sizeof *x->cell_formats))
            return sy_fail_nomem(err);
        x->cell_formats[x->n_cell_formats++] = (uint32_t)sy_xml_attr_number(e, "numFmtId", 0);
    }
    return sy_buf_status(&x->words, err);
}

static sy_status on_styles_end(void *ctx, int name, uint32_t line, sy_error *err)
{
    xlsx *x = ctx;
    (void)line, (void)err;
    if (name == CELL_XFS)
        x->in_cell_formats = false;
    return SY_OK;
}

static int hex_at(const char *s, size_t len)
{
    int v = 0;
    for (size_t i = 0; i < len; i++) {
        char c = (char)(s[i] | 0x20);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return -1;
        v = v << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return v;
}

/* Appends a string; _x000D_ stands for a character that XML cannot hold. */
static void put_string(sy_buf *out, sy_slice s)
{
    size_t from = 0;
    for (size_t i = 0; i + 7 <= s.len; i++) {
        const char *c = memchr(s.data + i, '_', s.len - i);
        if (!c)
            break;
        i = (size_t)(c - s.data);
        if (i + 7 > s.len || c[1] != 'x' || c[6] != '_')
            continue;
        int v = hex_at(c + 2, 4);
        if (v < 0)
            continue;
        sy_buf_append(out, s.data + from, i - from);
        if (v != '\r' && v != 0)
            sy_buf_put_cp(out, (uint32_t)v);
        i += 6;
        from = i + 1;
    }
    sy_buf_append(out, s.data + from, s.len - from);
}

static sy_status on_strings(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    xlsx *x = ctx;
    (void)line, (void)err;
    if (e->name == SI)
        sy_buf_reset(&x->value);
    x->in_text = e->name == T && !x->in_phonetic;
    x->in_phonetic |= e->name == R_PH;
    return SY_OK;
}

static sy_status on_strings_end(void *ctx, int name, uint32_t line, sy_error *err)
{
    xlsx *x = ctx;
    (void)line;
    if (name == T)
        x->in_text = false;
    else if (name == R_PH)
        x->in_phonetic = false;
    if (name != SI)
        return SY_OK;
    if (!sy_grow((void **)&x->ends, x->n_strings, &x->cap_strings, sizeof *x->ends))
        return sy_fail_nomem(err);
    put_string(&x->strings, (sy_slice){sy_buf_cstr(&x->value), x->value.len});
    x->ends[x->n_strings++] = x->strings.len;
    if (x->strings.len + x->n_strings * sizeof *x->ends > STRINGS_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "its shared strings take more than 512 MiB");
    return sy_buf_status(&x->strings, err);
}

static sy_status on_text(void *ctx, sy_slice s, sy_error *err)
{
    xlsx *x = ctx;
    if (!x->in_text)
        return SY_OK;
    if (x->value.len > CELL_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "a cell has more than 64 MiB of text");
    sy_buf_append(&x->value, s.data, s.len);
    return sy_buf_status(&x->value, err);
}

static sy_xml_events events_of(xlsx *x)
{
    return (sy_xml_events){
        .ctx = x, .names = names, .n_names = sizeof names / sizeof *names, .text = on_text};
}

static sy_status read_workbook(xlsx *x, sy_error *err)
{
    sy_rels top;
    sy_buf part = SY_BUF_INIT;
    sy_status st = sy_rels_read(x->zip, "", &top, err);
    if (st != SY_OK)
        return st;
    const char *found = sy_rels_by_type(&top, "officeDocument");
    sy_buf_puts(&part, found ? found : "xl/workbook.xml");
    sy_rels_release(&top);
    st = sy_buf_status(&part, err);
    if (st == SY_OK)
        st = sy_rels_read(x->zip, part.data, &x->rels, err);
    sy_xml_events events = events_of(x);
    events.start = on_workbook;
    if (st == SY_OK)
        st = sy_xml_read_part(x->zip, part.data, &events, err);
    sy_buf_release(&part);
    const char *styles = sy_rels_by_type(&x->rels, "styles");
    const char *strings = sy_rels_by_type(&x->rels, "sharedStrings");
    events.start = on_styles;
    events.end = on_styles_end;
    if (st == SY_OK && styles && sy_zip_has(x->zip, styles))
        st = sy_xml_read_part(x->zip, styles, &events, err);
    events.start = on_strings;
    events.end = on_strings_end;
    if (st == SY_OK && strings && sy_zip_has(x->zip, strings))
        st = sy_xml_read_part(x->zip, strings, &events, err);
    return st;
}

/* ---- merged ranges ---- */

/* Reads a place such as AB12: the column from 0, the row from 1. */
static size_t place_of(sy_slice s, uint32_t *column, uint64_t *row)
{
    size_t i = 0;
    *column = 0;
    *row = 0;
    for (; i < s.len && ((s.data[i] | 0x20) >= 'a' && (s.data[i] | 0x20) <= 'z'); i++) {
        if (*column < 100000)
            *column = *column * 26 + (uint32_t)((s.data[i] | 0x20) - 'a') + 1;
    }
    for (; i < s.len && s.data[i] >= '0' && s.data[i] <= '9'; i++) {
        if (*row < UINT32_MAX)
            *row = *row * 10 + (uint64_t)(s.data[i] - '0');
    }
    *column -= *column > 0;
    return i;
}

static sy_status add_range(xlsx *x, sy_slice ref, sy_error *err)
{
    range r;
    size_t n = place_of(ref, &r.column, &r.row);
    if (n == ref.len || ref.data[n] != ':' || x->n_ranges == RANGES_MAX)
        return SY_OK;
    place_of((sy_slice){ref.data + n + 1, ref.len - n - 1}, &r.last_column, &r.last_row);
    if (r.last_column < r.column || r.last_row < r.row)
        return SY_OK;
    if (!sy_grow((void **)&x->ranges, x->n_ranges, &x->cap_ranges, sizeof *x->ranges))
        return sy_fail_nomem(err);
    x->ranges[x->n_ranges++] = r;
    return SY_OK;
}

/* Finds <mergeCell ref="A1:C2"/> in the bytes of a sheet; the names of elements
 * cannot be part of its texts, where < is written &lt;. */
static sy_status find_ranges(void *ctx, const char *bytes, size_t len, bool *more, sy_error *err)
{
    static const char word[] = "mergeCell ";
    enum { WORD = sizeof word - 1, LONGEST = 300 };
    xlsx *x = ctx;
    (void)more;
    sy_buf_append(&x->tail, bytes, len);
    sy_status st = sy_buf_status(&x->tail, err);
    size_t at = 0;
    if (st != SY_OK)
        return st;
    while (st == SY_OK) {
        const char *from = x->tail.data + at;
        const char *hit = memmem(from, x->tail.len - at, word, WORD);
        if (!hit)
            break;
        size_t left = x->tail.len - (size_t)(hit - x->tail.data);
        const char *close = memchr(hit, '>', left < LONGEST ? left : LONGEST);
        if (!close && left < LONGEST)
            break; /* the rest comes with the next chunk */
        at = (size_t)(hit - x->tail.data) + WORD;
        const char *ref = close ? memmem(hit, (size_t)(close - hit), "ref=", 4) : NULL;
        const char *end = ref ? memchr(ref + 5, ref[4], (size_t)(close - ref - 4)) : NULL;
        if (end && end > ref + 5)
            st = add_range(x, (sy_slice){ref + 5, (size_t)(end - ref - 5)}, err);
    }
    size_t keep = x->tail.len - at < LONGEST ? x->tail.len - at : LONGEST;
    memmove(x->tail.data, x->tail.data + x->tail.len - keep, keep);
    x->tail.len = keep;
    return st;
}

static int by_place(const void *a, const void *b)
{
    const range *p = a, *q = b;
    if (p->row != q->row)
        return p->row < q->row ? -1 : 1;
    return (p->column > q->column) - (p->column < q->column);
}

/* The range that starts at a cell; cells are asked for in ascending order. */
static const range *range_at(xlsx *x, uint64_t row, uint32_t column)
{
    while (x->next_range < x->n_ranges) {
        const range *r = &x->ranges[x->next_range];
        if (r->row > row || (r->row == row && r->column > column))
            return NULL;
        if (r->row == row && r->column == column)
            return r;
        x->next_range++;
    }
    return NULL;
}

/* ---- rows ---- */

static sy_status begin_row(xlsx *x, const sy_xml_element *e, sy_error *err)
{
    sy_slice hidden;
    uint64_t number = sy_xml_attr_number(e, "r", x->row + 1);
    sy_xml_attr(e, "hidden", &hidden);
    x->row = number > x->row ? number : x->row + 1;
    x->column = 0;
    x->row_open = true;
    sy_block b = {.kind = SY_BLOCK_ROW, .number = x->row};
    b.hidden = hidden.len > 0 && (hidden.data[0] == '1' || hidden.data[0] == 't');
    return sy_blocks_take(x->out, &b, err);
}

static void begin_cell(xlsx *x, const sy_xml_element *e)
{
    sy_slice place, type;
    uint64_t row;
    uint32_t column;
    if (sy_xml_attr(e, "r", &place)) {
        place_of(place, &column, &row);
        if (column >= x->column)
            x->column = column;
    }
    x->style = (size_t)sy_xml_attr_number(e, "s", 0);
    sy_xml_attr(e, "t", &type);
    x->type = type.len == 0 ? 'n' : type.data[0];
    if (sy_slice_equal(type, sy_slice_of("str")) || x->type == 'i' || x->type == 'e')
        x->type = 't';
    sy_buf_reset(&x->value);
}

static sy_slice code_of(const xlsx *x)
{
    uint32_t id = x->style < x->n_cell_formats ? x->cell_formats[x->style] : 0;
    for (size_t i = 0; id > 0 && i < x->n_formats; i++) {
        if (x->formats[i].id == id)
            return (sy_slice){x->words.data + x->formats[i].code, x->formats[i].len};
    }
    return sy_slice_of(sy_number_format_builtin(id));
}

static bool is_short_integer(sy_slice s)
{
    size_t i = 0;
    while (i < s.len && s.data[i] >= '0' && s.data[i] <= '9')
        i++;
    return i == s.len && s.len > 0 && s.len <= 15 && (s.data[0] != '0' || s.len == 1);
}

/* What the cell shows. */
static sy_slice shown(xlsx *x)
{
    sy_slice v = {sy_buf_cstr(&x->value), x->value.len};
    if (x->type == 's') {
        size_t i = 0;
        for (size_t k = 0; k < v.len && v.data[k] >= '0' && v.data[k] <= '9' && i < x->n_strings;
             k++)
            i = i * 10 + (size_t)(v.data[k] - '0');
        if (v.len == 0 || i >= x->n_strings)
            return (sy_slice){"", 0};
        size_t from = i > 0 ? x->ends[i - 1] : 0;
        return x->ends[i] > from ? (sy_slice){x->strings.data + from, x->ends[i] - from}
                                 : (sy_slice){"", 0};
    }
    if (x->type == 'b')
        return sy_slice_of(v.len > 0 && v.data[0] == '1' ? "TRUE" : v.len > 0 ? "FALSE" : "");
    sy_slice code = x->type == 'n' ? code_of(x) : (sy_slice){"", 0};
    if (x->type == 'n' && code.len == 0 && is_short_integer(v))
        return v;
    sy_buf_reset(&x->shown);
    if (x->type == 'n')
        sy_number_format_put(&x->shown, code, v, x->from_1904);
    else
        put_string(&x->shown, v);
    return (sy_slice){sy_buf_cstr(&x->shown), x->shown.len};
}

static sy_status end_cell(xlsx *x, sy_error *err)
{
    sy_block b = {.kind = SY_BLOCK_CELL_WHOLE, .column = x->column, .text = shown(x)};
    const range *r = range_at(x, x->row, x->column);
    if (r) {
        b.columns = r->last_column - r->column + 1;
        b.rows = r->last_row - r->row + 1;
    }
    x->column++;
    sy_status st = x->type == 's' ? SY_OK : sy_buf_status(&x->shown, err);
    return st == SY_OK ? sy_blocks_take(x->out, &b, err) : st;
}

static sy_status on_cell_start(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    xlsx *x = ctx;
    (void)line;
    switch (e->name) {
    case ROW:
        return begin_row(x, e, err);
    case C:
        begin_cell(x, e);
        return SY_OK;
    case V:
    case T:
        x->in_text = !x->in_phonetic;
        return SY_OK;
    case R_PH:
        x->in_phonetic = true;
        return SY_OK;
    default:
        return SY_OK;
    }
}

static sy_status on_cell_end(void *ctx, int name, uint32_t line, sy_error *err)
{
    xlsx *x = ctx;
    (void)line;
    x->in_text = false;
    if (name == R_PH)
        x->in_phonetic = false;
    if (name == C && x->row_open)
        return end_cell(x, err);
    if (name != ROW || !x->row_open)
        return SY_OK;
    x->row_open = false;
    return sy_blocks_mark(x->out, SY_BLOCK_ROW_END, 0, err);
}

static sy_status walk_sheet(xlsx *x, const sheet *s, sy_error *err)
{
    const char *part = x->words.data + s->part;
    if (!*part || !sy_zip_has(x->zip, part))
        return SY_OK;
    x->n_ranges = x->next_range = 0;
    sy_buf_reset(&x->tail);
    sy_status st = sy_zip_read(x->zip, part, find_ranges, x, err);
    if (st != SY_OK)
        return st;
    if (x->n_ranges > 1)
        qsort(x->ranges, x->n_ranges, sizeof *x->ranges, by_place);
    x->row = 0;
    x->row_open = x->in_text = x->in_phonetic = false;
    sy_block b = {.kind = SY_BLOCK_SHEET, .text = sy_slice_of(x->words.data + s->name)};
    b.hidden = s->hidden;
    st = sy_blocks_take(x->out, &b, err);
    if (st == SY_OK)
        st = sy_blocks_mark(x->out, SY_BLOCK_TABLE, 0, err);
    sy_xml_events events = events_of(x);
    events.start = on_cell_start;
    events.end = on_cell_end;
    events.enough = &x->out->enough;
    if (st == SY_OK)
        st = sy_xml_read_part(x->zip, part, &events, err);
    return st == SY_OK ? sy_blocks_mark(x->out, SY_BLOCK_TABLE_END, 0, err) : st;
}

/* ---- the document ---- */

static void release(xlsx *x)
{
    sy_buf *bufs[] = {&x->words, &x->strings, &x->tail, &x->value, &x->shown};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        sy_buf_release(bufs[i]);
    sy_free(x->sheets);
    sy_free(x->ends);
    sy_free(x->formats);
    sy_free(x->cell_formats);
    sy_free(x->ranges);
    sy_rels_release(&x->rels);
    sy_zip_close(x->zip);
    sy_free(x);
}

sy_status sy_xlsx_walk(const sy_document *doc, sy_blocks *out, sy_error *err)
{
    xlsx *x = sy_calloc(1, sizeof *x);
    if (!x)
        return sy_fail_nomem(err);
    x->out = out;
    sy_status st = sy_zip_open(doc->text, doc->len, &x->zip, err);
    if (st == SY_OK)
        st = read_workbook(x, err);
    for (size_t i = 0; i < x->n_sheets && st == SY_OK; i++)
        st = walk_sheet(x, &x->sheets[i], err);
    release(x);
    return st;
}

static sy_status read_xlsx(const sy_document *doc, const sy_sink *sink, sy_error *err)
{
    return sy_block_records(doc, sink, sy_xlsx_walk, err);
}

static int recognise_xlsx(const sy_document *doc)
{
    sy_office_kind kind = sy_office_kind_of(doc->text, doc->len);
    return kind == SY_OFFICE_XLSX ? 95 : kind == SY_OFFICE_NO_MEMORY ? SY_SURE_NO_MEMORY : 0;
}

const sy_reader sy_xlsx_reader = {"xlsx", recognise_xlsx, read_xlsx, true};
