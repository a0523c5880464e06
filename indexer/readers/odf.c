/* The reader of OpenDocument text and spreadsheets (.odt, .ods): ISO/IEC 26300,
 * content.xml, read as a stream. A cell of a spreadsheet has its displayed text in
 * the file. Tracked changes are taken as accepted. */
#include "base/alloc.h"
#include "base/messages.h"
#include "indexer/readers/odf_lists.h"
#include "indexer/readers/office_kind.h"
#include "indexer/readers/reader_text.h"
#include "indexer/readers/string_table.h"
#include "indexer/readers/walks.h"
#include "indexer/readers/xml_stream.h"

enum {
    NEST_MAX = 32,
    TEXT_MAX = 64 << 20,
    REPEAT_MAX = 1024, /* copies of a cell with text ... */
    ROWS_MAX = 1024,   /* ... and of a row that are taken */
    SPACES_MAX = 1000
};

enum name {
    ANNOTATION,
    BODY,
    COVERED_CELL,
    ENCRYPTION,
    FORMS,
    H,
    LINE_BREAK,
    LIST,
    LIST_HEADER,
    LIST_ITEM,
    NOTE_CITATION,
    NUMBER,
    P,
    RUBY_TEXT,
    S,
    SEQUENCE_DECLS,
    STYLE,
    TAB,
    TABLE,
    TABLE_CELL,
    TABLE_PROPERTIES,
    TABLE_ROW,
    TRACKED
};

static const char *const names[] = {"annotation",
                                    "body",
                                    "covered-table-cell",
                                    "encryption-data",
                                    "forms",
                                    "h",
                                    "line-break",
                                    "list",
                                    "list-header",
                                    "list-item",
                                    "note-citation",
                                    "number",
                                    "p",
                                    "ruby-text",
                                    "s",
                                    "sequence-decls",
                                    "style",
                                    "tab",
                                    "table",
                                    "table-cell",
                                    "table-properties",
                                    "table-row",
                                    "tracked-changes"};

typedef struct para {
    sy_buf text;
    size_t number; /* bytes of its number as an entry of a list, in front of the text */
    int level;
    size_t lists; /* for sy_odf_lists_leave */
} para;

typedef struct cell {
    size_t off, len; /* in row_text */
    uint32_t column, columns;
    uint64_t rows;
} cell;

typedef struct table {
    uint32_t column;
    uint64_t row;      /* the last */
    uint64_t repeated; /* of the row, of the cell at hand */
    uint32_t cell_repeated;
    bool hidden;
    sy_block cell;
    size_t lists; /* for sy_odf_lists_leave */
} table;

typedef struct odf {
    sy_blocks *out;
    bool sheets; /* a spreadsheet: its rows are gathered, as they may be repeated */
    int skip;
    bool in_body, encrypted;
    para paras[NEST_MAX];
    int n_paras;
    table tables[NEST_MAX];
    int n_tables;
    sy_string_table hidden; /* styles of hidden sheets */
    sy_buf style;
    sy_buf row_text, cell_text;
    cell *cells;
    size_t n_cells, cap_cells;
    bool told_copies;
    size_t comments; /* left out */
    sy_odf_lists lists;
} odf;

static table *innermost(odf *o)
{
    return o->n_tables > 0 ? &o->tables[o->n_tables - 1] : NULL;
}

/* ---- text ---- */

static sy_status on_text(void *ctx, sy_slice s, sy_error *err)
{
    odf *o = ctx;
    if (o->skip > 0 || o->n_paras == 0)
        return SY_OK;
    const para *p = &o->paras[o->n_paras - 1];
    sy_buf *to = &o->paras[o->n_paras - 1].text;
    if (to->len > TEXT_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "a paragraph has more than 64 MiB of text");
    for (size_t i = 0; i < s.len; i++) { /* white space is folded: section 6.1.2 */
        char c = s.data[i];
        bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        bool soft = c == '\xC2' && i + 1 < s.len && s.data[i + 1] == '\xAD';
        i += soft;
        if (soft || (space && (to->len == p->number || to->data[to->len - 1] == ' ')))
            continue;
        sy_buf_putc(to, space ? ' ' : c);
    }
    return sy_buf_status(to, err);
}

static void put(odf *o, char c, uint64_t times)
{
    for (uint64_t i = 0; o->n_paras > 0 && i < times && i < SPACES_MAX; i++)
        sy_buf_putc(&o->paras[o->n_paras - 1].text, c);
}

static sy_status begin_para(odf *o, const sy_xml_element *e, sy_error *err)
{
    if (o->n_paras == NEST_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "text boxes are nested more than %d deep", NEST_MAX);
    para *p = &o->paras[o->n_paras++];
    sy_buf_reset(&p->text);
    p->level = SY_LEVEL_TEXT;
    if (e->name == H) {
        uint64_t level = sy_xml_attr_number(e, "outline-level", 1);
        p->level = level >= 1 && level <= 9 ? (int)level : 9;
    }
    sy_odf_list_label(&o->lists, e, e->name == H, &p->text);
    p->number = p->text.len;
    p->lists = sy_odf_lists_enter(&o->lists);
    return SY_OK;
}

static sy_status end_para(odf *o, sy_error *err)
{
    if (o->n_paras == 0)
        return SY_OK;
    para *p = &o->paras[--o->n_paras];
    sy_odf_lists_leave(&o->lists, p->lists);
    sy_slice text = sy_trim((sy_slice){sy_buf_cstr(&p->text), p->text.len});
    sy_status st = sy_buf_status(&p->text, err);
    if (st != SY_OK)
        return st;
    if (o->sheets && innermost(o)) {
        if (o->cell_text.len > 0 && text.len > 0)
            sy_buf_putc(&o->cell_text, '\n');
        sy_buf_append(&o->cell_text, text.data, text.len);
        return sy_buf_status(&o->cell_text, err);
    }
    sy_block b = {.kind = SY_BLOCK_PARAGRAPH, .text = text};
    b.level = p->level;
    return sy_blocks_take(o->out, &b, err);
}

/* ---- tables ---- */

static sy_status begin_table(odf *o, const sy_xml_element *e, sy_error *err)
{
    sy_status st = SY_OK;
    if (o->n_tables == NEST_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "tables are nested more than %d deep", NEST_MAX);
    if (o->sheets && o->n_tables == 0) {
        sy_slice style;
        sy_buf name = SY_BUF_INIT;
        sy_xml_attr(e, "style-name", &style);
        sy_xml_attr_append(e, "name", &name);
        sy_block b = {.kind = SY_BLOCK_SHEET, .text = {sy_buf_cstr(&name), name.len}};
        b.hidden = sy_string_table_find(&o->hidden, style) != NULL;
        st = sy_buf_status(&name, err);
        if (st == SY_OK)
            st = sy_blocks_take(o->out, &b, err);
        sy_buf_release(&name);
    }
    o->tables[o->n_tables++] = (table){.lists = sy_odf_lists_enter(&o->lists)};
    return st == SY_OK ? sy_blocks_mark(o->out, SY_BLOCK_TABLE, 0, err) : st;
}

static sy_status emit_row_mark(odf *o, const table *t, uint64_t number, sy_error *err)
{
    sy_block b = {.kind = SY_BLOCK_ROW, .number = number};
    b.hidden = t->hidden;
    return sy_blocks_take(o->out, &b, err);
}

static sy_status begin_row(odf *o, const sy_xml_element *e, sy_error *err)
{
    table *t = innermost(o);
    sy_slice visibility;
    if (!t)
        return SY_OK;
    sy_xml_attr(e, "visibility", &visibility);
    t->hidden = visibility.len > 0 && !sy_slice_equal(visibility, sy_slice_of("visible"));
    t->repeated = sy_xml_attr_number(e, "number-rows-repeated", 1);
    t->column = 0;
    o->n_cells = o->sheets ? 0 : o->n_cells;
    sy_buf_reset(&o->row_text);
    return o->sheets ? SY_OK : emit_row_mark(o, t, 0, err);
}

/* Once a document. */
static void tell_copies(odf *o)
{
    if (!o->told_copies && o->out->tell)
        o->out->tell(o->out->ctx, SY_REPORT_SKIPPED,
                     N_("a row or cell with text is repeated more than 1024 times: the other "
                        "copies are left out"));
    o->told_copies = true;
}

/* Hands out the gathered row, as often as it is repeated. */
static sy_status emit_sheet_row(odf *o, table *t, sy_error *err)
{
    sy_status st = sy_buf_status(&o->row_text, err);
    if (t->repeated > ROWS_MAX && o->n_cells > 0)
        tell_copies(o);
    for (uint64_t k = 0; k < t->repeated && k < ROWS_MAX && o->n_cells > 0 && st == SY_OK; k++) {
        st = emit_row_mark(o, t, t->row + 1 + k, err);
        for (size_t i = 0; i < o->n_cells && st == SY_OK; i++) {
            const cell *c = &o->cells[i];
            sy_block b = {.kind = SY_BLOCK_CELL_WHOLE, .column = c->column, .columns = c->columns};
            b.rows = c->rows;
            b.text = (sy_slice){sy_buf_cstr(&o->row_text) + c->off, c->len};
            st = sy_blocks_take(o->out, &b, err);
        }
        if (st == SY_OK)
            st = sy_blocks_mark(o->out, SY_BLOCK_ROW_END, 0, err);
    }
    t->row += t->repeated;
    return st;
}

static sy_status end_row(odf *o, sy_error *err)
{
    table *t = innermost(o);
    if (!t)
        return SY_OK;
    return o->sheets ? emit_sheet_row(o, t, err) : sy_blocks_mark(o->out, SY_BLOCK_ROW_END, 0, err);
}

static sy_status begin_cell(odf *o, const sy_xml_element *e, sy_error *err)
{
    table *t = innermost(o);
    if (!t)
        return SY_OK;
    uint64_t repeated = sy_xml_attr_number(e, "number-columns-repeated", 1);
    t->cell_repeated = repeated < 1u << 20 ? (uint32_t)repeated : 1u << 20;
    t->cell = (sy_block){.kind = SY_BLOCK_CELL, .column = t->column};
    uint64_t columns = sy_xml_attr_number(e, "number-columns-spanned", 1);
    t->cell.columns = columns < 1u << 14 ? (uint32_t)columns : 1u << 14;
    t->cell.rows = sy_xml_attr_number(e, "number-rows-spanned", 1);
    sy_buf_reset(&o->cell_text);
    return o->sheets ? SY_OK : sy_blocks_take(o->out, &t->cell, err);
}

static sy_status gather_cell(odf *o, table *t, sy_error *err)
{
    bool needed = o->cell_text.len > 0 || t->cell.rows > 1 || t->cell.columns > 1;
    size_t off = o->row_text.len;
    if (t->cell_repeated > REPEAT_MAX && o->cell_text.len > 0)
        tell_copies(o);
    sy_buf_append(&o->row_text, o->cell_text.data, o->cell_text.len);
    for (uint32_t k = 0; needed && k < t->cell_repeated && k < REPEAT_MAX; k++) {
        if (!sy_grow((void **)&o->cells, o->n_cells, &o->cap_cells, sizeof *o->cells))
            return sy_fail_nomem(err);
        o->cells[o->n_cells++] =
            (cell){off, o->cell_text.len, t->column + k, t->cell.columns, t->cell.rows};
    }
    return sy_buf_status(&o->row_text, err);
}

static sy_status end_cell(odf *o, sy_error *err)
{
    table *t = innermost(o);
    if (!t)
        return SY_OK;
    sy_status st =
        o->sheets ? gather_cell(o, t, err) : sy_blocks_mark(o->out, SY_BLOCK_CELL_END, 0, err);
    t->column += t->cell_repeated;
    if (t->column > 1u << 24)
        t->column = 1u << 24;
    return st;
}

static sy_status end_table(odf *o, sy_error *err)
{
    if (o->n_tables == 0)
        return SY_OK;
    sy_odf_lists_leave(&o->lists, o->tables[--o->n_tables].lists);
    return sy_blocks_mark(o->out, SY_BLOCK_TABLE_END, 0, err);
}

/* ---- elements ---- */

static sy_status on_style(odf *o, const sy_xml_element *e, sy_error *err)
{
    sy_slice display;
    if (e->name == STYLE) {
        sy_buf_reset(&o->style);
        sy_xml_attr_append(e, "name", &o->style);
    } else if (e->name == TABLE_PROPERTIES && sy_xml_attr(e, "display", &display) &&
               sy_slice_equal(display, sy_slice_of("false"))) {
        if (!sy_string_table_at(&o->hidden, (sy_slice){sy_buf_cstr(&o->style), o->style.len}))
            return sy_fail_nomem(err);
    }
    return sy_buf_status(&o->style, err);
}

/* What some programs write for those that do not count themselves. */
static void begin_number(odf *o)
{
    if (o->n_paras == 0 || o->paras[o->n_paras - 1].number > 0)
        o->skip = 1;
}

static sy_status on_start(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    odf *o = ctx;
    (void)line;
    if (o->skip > 0) {
        o->skip++;
        return SY_OK;
    }
    if (e->name == BODY)
        o->in_body = true;
    if (!o->in_body)
        return on_style(o, e, err);
    switch (e->name) {
    case ANNOTATION:
        o->comments++;
        o->skip = 1;
        return SY_OK;
    case FORMS:
    case NOTE_CITATION:
    case RUBY_TEXT:
    case SEQUENCE_DECLS:
    case TRACKED:
        o->skip = 1;
        return SY_OK;
    case P:
    case H:
        return begin_para(o, e, err);
    case LIST:
        return sy_odf_list_begin(&o->lists, e, err);
    case LIST_HEADER:
    case LIST_ITEM:
        sy_odf_list_item(&o->lists, e, e->name == LIST_HEADER);
        return SY_OK;
    case NUMBER:
        begin_number(o);
        return SY_OK;
    case S:
        put(o, ' ', sy_xml_attr_number(e, "c", 1));
        return SY_OK;
    case TAB:
        put(o, '\t', 1);
        return SY_OK;
    case LINE_BREAK:
        put(o, '\n', 1);
        return SY_OK;
    case TABLE:
        return begin_table(o, e, err);
    case TABLE_ROW:
        return begin_row(o, e, err);
    case TABLE_CELL:
        return begin_cell(o, e, err);
    case COVERED_CELL:
        if (innermost(o))
            innermost(o)->column +=
                (uint32_t)(sy_xml_attr_number(e, "number-columns-repeated", 1) & 0xFFFF);
        o->skip = 1;
        return SY_OK;
    default:
        return SY_OK;
    }
}

static sy_status on_end(void *ctx, int name, uint32_t line, sy_error *err)
{
    odf *o = ctx;
    (void)line;
    if (o->skip > 0) {
        o->skip--;
        return SY_OK;
    }
    if (!o->in_body)
        return SY_OK;
    switch (name) {
    case P:
    case H:
        return end_para(o, err);
    case LIST:
        sy_odf_list_end(&o->lists);
        return SY_OK;
    case NUMBER:
        put(o, ' ', 1);
        return SY_OK;
    case TABLE_CELL:
        return end_cell(o, err);
    case TABLE_ROW:
        return end_row(o, err);
    case TABLE:
        return end_table(o, err);
    default:
        return SY_OK;
    }
}

/* ---- the document ---- */

static sy_status on_manifest(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    odf *o = ctx;
    (void)line, (void)err;
    o->encrypted |= e->name == ENCRYPTION;
    return SY_OK;
}

static sy_status tell_comments(odf *o, sy_error *err)
{
    sy_buf message = SY_BUF_INIT;
    if (o->comments == 0 || !o->out->tell)
        return SY_OK;
    sy_buf_printf(&message,
                  sy_tr_n("%zu comment is left out", "%zu comments are left out", o->comments),
                  o->comments);
    sy_status st = sy_buf_status(&message, err);
    if (st == SY_OK)
        o->out->tell(o->out->ctx, SY_REPORT_NEWS, message.data);
    sy_buf_release(&message);
    return st;
}

static sy_status walk(odf *o, sy_zip *z, sy_error *err)
{
    sy_xml_events events = {.ctx = o, .names = names, .n_names = sizeof names / sizeof *names};
    events.start = on_manifest;
    sy_status st = SY_OK;
    if (sy_zip_has(z, "META-INF/manifest.xml"))
        st = sy_xml_read_part(z, "META-INF/manifest.xml", &events, NULL);
    if (st == SY_E_NOMEM)
        return sy_fail_nomem(err);
    if (o->encrypted)
        return sy_fail(err, SY_E_INPUT, NULL, "it is encrypted");
    if (!o->sheets) {
        st = sy_odf_lists_read(z, &o->lists, err);
        if (st != SY_OK)
            return st;
    }
    events.start = on_start;
    events.end = on_end;
    events.text = on_text;
    st = sy_xml_read_part(z, "content.xml", &events, err);
    return st == SY_OK ? tell_comments(o, err) : st;
}

sy_status sy_odf_walk(const sy_document *doc, sy_blocks *out, sy_error *err)
{
    sy_zip *z = NULL;
    odf *o = sy_calloc(1, sizeof *o);
    if (!o)
        return sy_fail_nomem(err);
    o->out = out;
    o->hidden = (sy_string_table)SY_STRING_TABLE_INIT;
    o->lists = (sy_odf_lists)SY_ODF_LISTS_INIT;
    sy_office_kind kind = sy_office_kind_of(doc->text, doc->len);
    o->sheets = kind == SY_OFFICE_ODS;
    sy_status st = kind == SY_OFFICE_NO_MEMORY ? sy_fail_nomem(err)
                                               : sy_zip_open(doc->text, doc->len, &z, err);
    if (st == SY_OK)
        st = walk(o, z, err);
    sy_zip_close(z);
    for (int i = 0; i < NEST_MAX; i++)
        sy_buf_release(&o->paras[i].text);
    sy_buf *bufs[] = {&o->style, &o->row_text, &o->cell_text};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        sy_buf_release(bufs[i]);
    sy_string_table_release(&o->hidden);
    sy_odf_lists_release(&o->lists);
    sy_free(o->cells);
    sy_free(o);
    return st;
}

static sy_status read_odf(const sy_document *doc, const sy_sink *sink, sy_error *err)
{
    return sy_block_records(doc, sink, sy_odf_walk, err);
}

static int recognise_odf(const sy_document *doc)
{
    sy_office_kind kind = sy_office_kind_of(doc->text, doc->len);
    bool is = kind == SY_OFFICE_ODT || kind == SY_OFFICE_ODS;
    return is ? 95 : kind == SY_OFFICE_NO_MEMORY ? SY_SURE_NO_MEMORY : 0;
}

const sy_reader sy_odf_reader = {"odf", recognise_odf, read_odf, true};
