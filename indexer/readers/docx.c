/* The reader of Word documents (.docx, .docm, .dotx): WordprocessingML, ISO/IEC
 * 29500-1, section 17, read as a stream.
 *
 * What people see is the text: runs, results of fields, numbers of lists, symbols,
 * text boxes, notes. Comments and what stands above and below each page are not of the
 * text: that they are left out is told, with their first words. Tracked changes are taken as
 * accepted; with the option `deleted`, as rejected. Elements are known by their local names, so the
 * strict and the transitional form of the format, and drawings, need no tables of namespaces. */
#include "base/alloc.h"
#include "base/messages.h"
#include "indexer/reader.h"
#include "indexer/readers/docx_numbering.h"
#include "indexer/readers/docx_styles.h"
#include "indexer/readers/office_kind.h"
#include "indexer/readers/ooxml_rels.h"
#include "indexer/readers/reader_text.h"
#include "indexer/readers/walks.h"
#include "indexer/readers/xml_stream.h"

enum {
    NEST_MAX = 32,
    TEXT_MAX = 64 << 20,
    ASIDE_MAX = 64 /* parts beside the text that are looked at */
};

enum name {
    ALTERNATE_CONTENT,
    CHOICE,
    FALLBACK,
    BR,
    CR,
    DEL,
    DEL_INSTR_TEXT,
    DEL_TEXT,
    ENDNOTE,
    FLD_CHAR,
    FOOTNOTE,
    GRID_BEFORE,
    GRID_SPAN,
    ILVL,
    INS,
    INSTR_TEXT,
    MOVE_FROM,
    MOVE_TO,
    NO_BREAK_HYPHEN,
    NUM_ID,
    NUMBERING_CHANGE,
    OUTLINE_LVL,
    P,
    P_PR,
    P_PR_CHANGE,
    P_STYLE,
    PTAB,
    R_PR,
    R_PR_CHANGE,
    RT,
    SDT_PR,
    SECT_PR,
    SYM,
    T,
    TAB,
    TBL,
    TBL_GRID,
    TBL_PR,
    TBL_PR_EX,
    TC,
    TC_PR,
    TC_PR_CHANGE,
    TR,
    TR_PR,
    TR_PR_CHANGE,
    TXBX_CONTENT,
    V_MERGE
};

static const char *const names[] = {"AlternateContent",
                                    "Choice",
                                    "Fallback",
                                    "br",
                                    "cr",
                                    "del",
                                    "delInstrText",
                                    "delText",
                                    "endnote",
                                    "fldChar",
                                    "footnote",
                                    "gridBefore",
                                    "gridSpan",
                                    "ilvl",
                                    "ins",
                                    "instrText",
                                    "moveFrom",
                                    "moveTo",
                                    "noBreakHyphen",
                                    "numId",
                                    "numberingChange",
                                    "outlineLvl",
                                    "p",
                                    "pPr",
                                    "pPrChange",
                                    "pStyle",
                                    "ptab",
                                    "rPr",
                                    "rPrChange",
                                    "rt",
                                    "sdtPr",
                                    "sectPr",
                                    "sym",
                                    "t",
                                    "tab",
                                    "tbl",
                                    "tblGrid",
                                    "tblPr",
                                    "tblPrEx",
                                    "tc",
                                    "tcPr",
                                    "tcPrChange",
                                    "tr",
                                    "trPr",
                                    "trPrChange",
                                    "txbxContent",
                                    "vMerge"};

/* A paragraph that is being read; those of text boxes stand inside others. */
typedef struct para {
    sy_buf text;
    sy_buf style;
    int level; /* SY_UNSET, or as of blocks */
    int64_t list, list_level;
    bool mark_gone; /* its end is not there: the next paragraph goes on */
} para;

typedef struct table {
    bool row_begun, row_gone;
    uint32_t before; /* columns left of the row's first cell */
    bool cell_open, cell_begun;
    sy_block cell;
} table;

typedef struct docx {
    const sy_document *doc;
    sy_zip *zip;
    sy_rels rels;
    sy_buf part; /* the main part */
    sy_docx_styles styles;
    sy_numbering numbering;
    sy_blocks *out;

    int skip;              /* depth inside an element that is passed over */
    bool chosen[NEST_MAX]; /* of alternatives: one was taken */
    int alternatives;
    int fields[NEST_MAX]; /* 1: inside the instruction of a field */
    int n_fields;
    para paras[NEST_MAX];
    int n_paras;
    table tables[NEST_MAX];
    int n_tables;
    bool in_text, in_ppr, in_rpr, in_tcpr, in_trpr;
    sy_buf carried; /* of a paragraph whose end is not there */
    sy_buf whole;
} docx;

/* ---- text ---- */

static bool in_instruction(const docx *d)
{
    for (int i = 0; i < d->n_fields && i < NEST_MAX; i++) {
        if (d->fields[i])
            return true;
    }
    return false;
}

static void put(docx *d, const char *s)
{
    if (d->n_paras > 0 && !in_instruction(d))
        sy_buf_puts(&d->paras[d->n_paras - 1].text, s);
}

/* Appends text without soft hyphens, which show only where a line breaks. */
static sy_status on_text(void *ctx, sy_slice s, sy_error *err)
{
    docx *d = ctx;
    if (!d->in_text || d->skip > 0 || d->n_paras == 0 || in_instruction(d))
        return SY_OK;
    sy_buf *to = &d->paras[d->n_paras - 1].text;
    while (s.len > 0) {
        const char *c = memchr(s.data, '\xC2', s.len);
        size_t n = c ? (size_t)(c - s.data) : s.len;
        bool soft = c && n + 1 < s.len && c[1] == '\xAD';
        sy_buf_append(to, s.data, c && !soft ? n + 1 : n);
        n += !c ? 0 : soft ? 2 : 1;
        s.data += n;
        s.len -= n;
    }
    if (to->len > TEXT_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "a paragraph has more than 64 MiB of text");
    return sy_buf_status(to, err);
}

/* The signs of the symbol fonts that forms and lists are full of. */
static uint32_t symbol(sy_slice font, uint32_t c)
{
    static const struct {
        char font; /* first letter after "Wingdings", or S for Symbol */
        uint8_t code;
        uint16_t is;
    } signs[] = {{'W', 0x6C, 0x25CF}, {'W', 0x6E, 0x25A0}, {'W', 0x6F, 0x25A1}, {'W', 0x71, 0x2751},
                 {'W', 0x75, 0x25C6}, {'W', 0x76, 0x2756}, {'W', 0xA1, 0x25CB}, {'W', 0xA8, 0x25A1},
                 {'W', 0xD8, 0x27A2}, {'W', 0xFB, 0x2717}, {'W', 0xFC, 0x2713}, {'W', 0xFD, 0x2612},
                 {'W', 0xFE, 0x2611}, {'W', 0xE0, 0x2192}, {'W', 0xA7, 0x25AA}, {'2', 0x52, 0x2611},
                 {'2', 0x50, 0x2713}, {'2', 0xA3, 0x2610}, {'2', 0x51, 0x2612}, {'2', 0x53, 0x2612},
                 {'2', 0x30, 0x25A1}, {'S', 0xB7, 0x2022}, {'S', 0xB4, 0x00D7}, {'S', 0xB8, 0x00F7},
                 {'S', 0xB3, 0x2265}, {'S', 0xA3, 0x2264}, {'S', 0xB1, 0x00B1}, {'S', 0xAE, 0x2192},
                 {'S', 0xB0, 0x00B0}, {'S', 0x6D, 0x03BC}, {'S', 0x57, 0x03A9}, {'S', 0x61, 0x03B1},
                 {'S', 0x62, 0x03B2}};
    uint32_t code = c >= 0xF000 && c <= 0xF0FF ? c - 0xF000 : c;
    char kind = '\0';
    if (sy_slice_equal(font, sy_slice_of("Wingdings")))
        kind = 'W';
    else if (sy_slice_equal(font, sy_slice_of("Wingdings 2")))
        kind = '2';
    else if (sy_slice_equal(font, sy_slice_of("Symbol")))
        kind = 'S';
    for (size_t i = 0; kind && i < sizeof signs / sizeof *signs; i++) {
        if (signs[i].font == kind && signs[i].code == code)
            return signs[i].is;
    }
    return c;
}

static void put_symbol(docx *d, const sy_xml_element *e)
{
    sy_slice font, hex;
    uint32_t c = 0;
    sy_xml_attr(e, "font", &font);
    sy_xml_attr(e, "char", &hex);
    for (size_t i = 0; i < hex.len && i < 6; i++) {
        char h = hex.data[i];
        uint32_t v = h >= '0' && h <= '9'   ? (uint32_t)(h - '0')
                     : h >= 'a' && h <= 'f' ? (uint32_t)(h - 'a' + 10)
                     : h >= 'A' && h <= 'F' ? (uint32_t)(h - 'A' + 10)
                                            : 0;
        c = c << 4 | v;
    }
    if (c >= ' ' && d->n_paras > 0 && !in_instruction(d))
        sy_buf_put_cp(&d->paras[d->n_paras - 1].text, symbol(font, c));
}

/* ---- tables ---- */

static table *innermost(docx *d)
{
    return d->n_tables > 0 && d->n_tables <= NEST_MAX ? &d->tables[d->n_tables - 1] : NULL;
}

static sy_status begin_row(docx *d, table *t, sy_error *err)
{
    if (t->row_begun)
        return SY_OK;
    t->row_begun = true;
    return sy_blocks_mark(d->out, SY_BLOCK_ROW, 0, err);
}

static sy_status begin_cell(docx *d, table *t, sy_error *err)
{
    if (!t->cell_open || t->cell_begun)
        return SY_OK;
    t->cell_begun = true;
    return sy_blocks_take(d->out, &t->cell, err);
}

static sy_status begin_table(docx *d, sy_error *err)
{
    sy_status st = SY_OK;
    if (d->n_tables == NEST_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "tables are nested more than %d deep", NEST_MAX);
    if (innermost(d))
        st = begin_cell(d, innermost(d), err);
    d->tables[d->n_tables++] = (table){0};
    return st == SY_OK ? sy_blocks_mark(d->out, SY_BLOCK_TABLE, 0, err) : st;
}

static sy_status open_cell(docx *d, sy_error *err)
{
    table *t = innermost(d);
    if (!t)
        return SY_OK;
    if (t->row_gone) {
        d->skip = 1;
        return SY_OK;
    }
    sy_status st = begin_row(d, t, err);
    t->cell_open = true;
    t->cell_begun = false;
    t->cell = (sy_block){.kind = SY_BLOCK_CELL, .column = SY_COLUMN_NEXT, .columns = 1};
    if (t->before > 0)
        t->cell.column = t->before;
    t->before = 0;
    return st;
}

static sy_status flush_carried(docx *d, sy_error *err);

static sy_status close_cell(docx *d, sy_error *err)
{
    table *t = innermost(d);
    if (!t || !t->cell_open)
        return SY_OK;
    sy_status st = begin_cell(d, t, err);
    if (st == SY_OK)
        st = flush_carried(d, err);
    t->cell_open = false;
    return st == SY_OK ? sy_blocks_mark(d->out, SY_BLOCK_CELL_END, 0, err) : st;
}

static sy_status close_row(docx *d, sy_error *err)
{
    table *t = innermost(d);
    if (!t)
        return SY_OK;
    bool begun = t->row_begun;
    *t = (table){0};
    return begun ? sy_blocks_mark(d->out, SY_BLOCK_ROW_END, 0, err) : SY_OK;
}

static sy_status close_table(docx *d, sy_error *err)
{
    if (d->n_tables == 0)
        return SY_OK;
    d->n_tables--;
    return sy_blocks_mark(d->out, SY_BLOCK_TABLE_END, 0, err);
}

static void cell_property(docx *d, const sy_xml_element *e)
{
    table *t = innermost(d);
    sy_slice how;
    if (!t || !t->cell_open)
        return;
    if (e->name == GRID_SPAN) {
        uint64_t n = sy_xml_attr_number(e, "val", 1);
        t->cell.columns = n < 1000 ? (uint32_t)n : 1000;
    } else if (e->name == V_MERGE) {
        sy_xml_attr(e, "val", &how);
        t->cell.open = sy_slice_equal(how, sy_slice_of("restart"));
        t->cell.continues = !t->cell.open;
    }
}

/* ---- paragraphs ---- */

static sy_status open_para(docx *d, sy_error *err)
{
    if (d->n_paras == NEST_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "text boxes are nested more than %d deep", NEST_MAX);
    para *p = &d->paras[d->n_paras++];
    sy_buf_reset(&p->text);
    sy_buf_reset(&p->style);
    p->level = SY_UNSET;
    p->list = p->list_level = SY_UNSET;
    p->mark_gone = false;
    return innermost(d) ? begin_cell(d, innermost(d), err) : SY_OK;
}

static sy_status emit(docx *d, const sy_buf *text, int level, sy_error *err)
{
    sy_status st = sy_buf_status(text, err);
    sy_block b = {.kind = SY_BLOCK_PARAGRAPH, .text = {sy_buf_cstr(text), text->len}};
    b.level = level;
    return st == SY_OK ? sy_blocks_take(d->out, &b, err) : st;
}

static sy_status flush_carried(docx *d, sy_error *err)
{
    if (d->carried.len == 0)
        return SY_OK;
    sy_status st = emit(d, &d->carried, SY_LEVEL_TEXT, err);
    sy_buf_reset(&d->carried);
    return st;
}

/* The number that the paragraph has as an entry of a list. */
static void put_number(docx *d, const para *p, const sy_docx_style *style)
{
    int64_t list = p->list != SY_UNSET ? p->list : style->list;
    int64_t level = p->list_level != SY_UNSET ? p->list_level : style->list_level;
    if (list <= 0 || list > UINT32_MAX)
        return;
    const char *of_style = sy_numbering_style(&d->numbering, (uint32_t)list);
    if (*of_style) { /* the list is that of a style */
        sy_docx_style linked = sy_docx_style_get(&d->styles, sy_slice_of(of_style));
        if (linked.list > 0 && linked.list <= UINT32_MAX)
            list = linked.list;
    }
    sy_numbering_next(&d->numbering, (uint32_t)list, level > 0 && level < 9 ? (uint32_t)level : 0,
                      &d->whole);
}

static sy_status close_para(docx *d, sy_error *err)
{
    if (d->n_paras == 0)
        return SY_OK;
    para *p = &d->paras[--d->n_paras];
    sy_status st = sy_buf_status(&p->text, err);
    if (st == SY_OK)
        st = sy_buf_status(&p->style, err);
    if (st != SY_OK)
        return st;
    if (p->mark_gone) {
        sy_buf_append(&d->carried, p->text.data, p->text.len);
        return sy_buf_status(&d->carried, err);
    }
    sy_slice id = {sy_buf_cstr(&p->style), p->style.len};
    sy_docx_style style = sy_docx_style_get(&d->styles, id);
    int level = p->level != SY_UNSET ? p->level : style.level;
    sy_buf_reset(&d->whole);
    put_number(d, p, &style);
    sy_buf_append(&d->whole, d->carried.data, d->carried.len);
    sy_buf_append(&d->whole, p->text.data, p->text.len);
    sy_buf_reset(&d->carried);
    return emit(d, &d->whole, level == SY_UNSET ? SY_LEVEL_TEXT : level, err);
}

static void para_property(docx *d, const sy_xml_element *e)
{
    if (d->n_paras == 0)
        return;
    para *p = &d->paras[d->n_paras - 1];
    bool gone;
    switch (e->name) {
    case P_STYLE:
        sy_buf_reset(&p->style);
        sy_xml_attr_append(e, "val", &p->style);
        break;
    case ILVL:
        p->list_level = (int64_t)sy_xml_attr_number(e, "val", 0);
        break;
    case NUM_ID:
        p->list = (int64_t)sy_xml_attr_number(e, "val", 0);
        break;
    case OUTLINE_LVL:
        p->level = sy_xml_attr_number(e, "val", 9) < 9 ? (int)sy_xml_attr_number(e, "val", 9) + 1
                                                       : SY_LEVEL_TEXT;
        break;
    case DEL:
    case MOVE_FROM:
    case INS:
    case MOVE_TO:
        gone = (e->name == DEL || e->name == MOVE_FROM) != d->doc->options.deleted;
        p->mark_gone |= d->in_rpr && gone;
        break;
    default:
        break;
    }
}

/* ---- elements ---- */

static void on_field(docx *d, const sy_xml_element *e)
{
    sy_slice type;
    sy_xml_attr(e, "fldCharType", &type);
    int at = d->n_fields < NEST_MAX ? d->n_fields : NEST_MAX;
    if (sy_slice_equal(type, sy_slice_of("begin"))) {
        if (d->n_fields < NEST_MAX)
            d->fields[d->n_fields] = 1;
        d->n_fields++;
    } else if (sy_slice_equal(type, sy_slice_of("separate")) && at > 0) {
        d->fields[at - 1] = 0;
    } else if (sy_slice_equal(type, sy_slice_of("end")) && d->n_fields > 0) {
        d->n_fields--;
    }
}

/* An insertion or deletion around runs, or the mark of one on a row. */
static void on_change(docx *d, const sy_xml_element *e)
{
    bool gone = (e->name == DEL || e->name == MOVE_FROM) != d->doc->options.deleted;
    if (d->in_ppr)
        para_property(d, e);
    else if (d->in_trpr && innermost(d))
        innermost(d)->row_gone |= gone;
    else if (gone && !d->in_rpr && !d->in_tcpr)
        d->skip = 1;
}

static void on_alternative(docx *d, const sy_xml_element *e)
{
    if (e->name == ALTERNATE_CONTENT) {
        if (d->alternatives < NEST_MAX)
            d->chosen[d->alternatives] = false;
        d->alternatives++;
        return;
    }
    int at = d->alternatives - 1;
    if (at < 0 || at >= NEST_MAX)
        return;
    if (d->chosen[at])
        d->skip = 1;
    d->chosen[at] = true;
}

/* Properties are told apart from content by where they stand. */
static bool on_properties(docx *d, const sy_xml_element *e)
{
    switch (e->name) {
    case P_PR:
        d->in_ppr = true;
        return true;
    case R_PR:
        d->in_rpr = true;
        return true;
    case TC_PR:
        d->in_tcpr = true;
        return true;
    case TR_PR:
        d->in_trpr = true;
        return true;
    case GRID_BEFORE:
        if (innermost(d))
            innermost(d)->before = (uint32_t)sy_xml_attr_number(e, "val", 0) % 1000;
        return true;
    case GRID_SPAN:
    case V_MERGE:
        cell_property(d, e);
        return true;
    default:
        if (d->in_ppr &&
            !(e->name == DEL || e->name == INS || e->name == MOVE_FROM || e->name == MOVE_TO)) {
            para_property(d, e);
            return true;
        }
        return false;
    }
}

static bool is_passed_over(const docx *d, int name)
{
    switch (name) {
    case P_PR_CHANGE:
    case R_PR_CHANGE:
    case TC_PR_CHANGE:
    case TR_PR_CHANGE:
    case NUMBERING_CHANGE:
    case SECT_PR:
    case SDT_PR:
    case TBL_PR:
    case TBL_PR_EX:
    case TBL_GRID:
    case RT:
    case INSTR_TEXT:
    case DEL_INSTR_TEXT:
        return true;
    case DEL_TEXT:
        return !d->doc->options.deleted;
    default:
        return false;
    }
}

static bool is_separator(const sy_xml_element *e)
{
    sy_slice type;
    sy_xml_attr(e, "type", &type);
    return type.len > 0 && !sy_slice_equal(type, sy_slice_of("normal"));
}

static sy_status on_content(docx *d, const sy_xml_element *e, sy_error *err)
{
    switch (e->name) {
    case P:
        return open_para(d, err);
    case T:
    case DEL_TEXT:
        d->in_text = true;
        return SY_OK;
    case TAB:
    case PTAB:
        put(d, "\t");
        return SY_OK;
    case BR:
    case CR:
        put(d, "\n");
        return SY_OK;
    case NO_BREAK_HYPHEN:
        put(d, "-");
        return SY_OK;
    case SYM:
        put_symbol(d, e);
        return SY_OK;
    case TBL:
        return begin_table(d, err);
    case TC:
        return open_cell(d, err);
    case FLD_CHAR:
        on_field(d, e);
        return SY_OK;
    case FOOTNOTE:
    case ENDNOTE:
        d->skip = is_separator(e);
        return SY_OK;
    case DEL:
    case INS:
    case MOVE_FROM:
    case MOVE_TO:
        on_change(d, e);
        return SY_OK;
    case ALTERNATE_CONTENT:
    case CHOICE:
    case FALLBACK:
        on_alternative(d, e);
        return SY_OK;
    default:
        return SY_OK;
    }
}

static sy_status on_start(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    docx *d = ctx;
    (void)line;
    if (d->skip > 0) {
        d->skip++;
        return SY_OK;
    }
    if (e->name < 0)
        return SY_OK;
    if (is_passed_over(d, e->name)) {
        d->skip = 1;
        return SY_OK;
    }
    return on_properties(d, e) ? SY_OK : on_content(d, e, err);
}

static sy_status on_end(void *ctx, int name, uint32_t line, sy_error *err)
{
    docx *d = ctx;
    (void)line;
    if (d->skip > 0) {
        d->skip--;
        return SY_OK;
    }
    switch (name) {
    case P_PR:
        d->in_ppr = false;
        return SY_OK;
    case R_PR:
        d->in_rpr = false;
        return SY_OK;
    case TC_PR:
        d->in_tcpr = false;
        return SY_OK;
    case TR_PR:
        d->in_trpr = false;
        return SY_OK;
    case T:
    case DEL_TEXT:
        d->in_text = false;
        return SY_OK;
    case ALTERNATE_CONTENT:
        d->alternatives -= d->alternatives > 0;
        return SY_OK;
    case P:
        return close_para(d, err);
    case TC:
        return close_cell(d, err);
    case TR:
        return close_row(d, err);
    case TBL:
        return close_table(d, err);
    default:
        return SY_OK;
    }
}

/* ---- the document ---- */

static void release(docx *d)
{
    for (int i = 0; i < NEST_MAX; i++) {
        sy_buf_release(&d->paras[i].text);
        sy_buf_release(&d->paras[i].style);
    }
    sy_buf_release(&d->part);
    sy_buf_release(&d->carried);
    sy_buf_release(&d->whole);
    sy_docx_styles_release(&d->styles);
    sy_numbering_release(&d->numbering);
    sy_rels_release(&d->rels);
    sy_zip_close(d->zip);
    sy_free(d);
}

/* Finds the main part and reads what its paragraphs refer to. */
static sy_status read_parts(docx *d, sy_error *err)
{
    sy_rels top;
    sy_status st = sy_rels_read(d->zip, "", &top, err);
    if (st != SY_OK)
        return st;
    const char *part = sy_rels_by_type(&top, "officeDocument");
    sy_buf_puts(&d->part, part ? part : "word/document.xml");
    sy_rels_release(&top);
    st = sy_buf_status(&d->part, err);
    if (st == SY_OK)
        st = sy_rels_read(d->zip, d->part.data, &d->rels, err);
    const char *styles = st == SY_OK ? sy_rels_by_type(&d->rels, "styles") : NULL;
    const char *numbering = st == SY_OK ? sy_rels_by_type(&d->rels, "numbering") : NULL;
    if (styles && sy_zip_has(d->zip, styles))
        st = sy_docx_styles_read(d->zip, styles, &d->styles, err);
    if (st == SY_OK && numbering && sy_zip_has(d->zip, numbering))
        st = sy_numbering_read(d->zip, numbering, &d->numbering, err);
    return st;
}

static sy_status walk_part(docx *d, const char *part, sy_error *err)
{
    sy_xml_events events = {.ctx = d,
                            .names = names,
                            .n_names = sizeof names / sizeof *names,
                            .start = on_start,
                            .end = on_end,
                            .text = on_text};
    d->skip = d->alternatives = d->n_fields = d->n_paras = d->n_tables = 0;
    d->in_text = d->in_ppr = d->in_rpr = d->in_tcpr = d->in_trpr = false;
    sy_buf_reset(&d->carried);
    sy_status st = sy_xml_read_part(d->zip, part, &events, err);
    return st == SY_OK ? flush_carried(d, err) : st;
}

/* ---- what is left out ---- */

typedef struct aside {
    sy_buf first;
    size_t n; /* paragraphs */
} aside;

/* Nothing but the number of a page: - 3 -, 第 3 页 共 8 页. */
static bool is_page_number(sy_slice text)
{
    static const char *const marks[] = {"第", "页", "共", "—", "－", "–", "-", "/", "·", "~", NULL};
    while (text.len > 0) {
        size_t n = sy_space_at(text.data, text.len);
        for (size_t i = 0; n == 0 && marks[i]; i++) {
            size_t len = strlen(marks[i]);
            n = text.len >= len && memcmp(text.data, marks[i], len) == 0 ? len : 0;
        }
        if (n == 0 && text.data[0] >= '0' && text.data[0] <= '9')
            n = 1;
        if (n == 0)
            return false;
        text.data += n;
        text.len -= n;
    }
    return true;
}

static sy_status take_aside(void *ctx, const sy_block *b, sy_error *err)
{
    aside *a = ctx;
    if (b->kind != SY_BLOCK_PARAGRAPH || is_page_number(b->text))
        return SY_OK;
    if (a->n++ == 0)
        sy_buf_append(&a->first, b->text.data, b->text.len);
    return sy_buf_status(&a->first, err);
}

static sy_status tell_aside(docx *d, aside *a, sy_error *err)
{
    sy_buf message = SY_BUF_INIT;
    sy_slice first = sy_trim((sy_slice){sy_buf_cstr(&a->first), a->first.len});
    sy_buf_puts(&message, _("comments, page headers and footers are left out: "));
    sy_quote(&message, first);
    if (a->n > 1)
        sy_buf_printf(&message,
                      sy_tr_n(" and %zu more paragraph", " and %zu more paragraphs", a->n - 1),
                      a->n - 1);
    sy_status st = sy_buf_status(&message, err);
    if (st == SY_OK && d->out->tell)
        d->out->tell(d->out->ctx, SY_REPORT_NEWS, message.data);
    sy_buf_release(&message);
    return st;
}

/* Looks at the parts beside the text. One that is damaged is no loss. */
static sy_status look_aside(docx *d, sy_error *err)
{
    static const char *const types[] = {"comments", "header", "footer"};
    aside a = {.n = 0};
    sy_blocks out = {.ctx = &a, .take = take_aside}, *text = d->out;
    sy_status st = SY_OK;
    size_t seen = 0;
    d->out = &out;
    for (size_t i = 0; i < d->rels.n && st == SY_OK && seen < ASIDE_MAX; i++) {
        const char *type = d->rels.text.data + d->rels.items[i].type;
        const char *part = d->rels.text.data + d->rels.items[i].part;
        bool is = false;
        for (size_t k = 0; k < 3; k++)
            is |= strcmp(type, types[k]) == 0;
        if (!is || !sy_zip_has(d->zip, part))
            continue;
        seen++;
        sy_error why;
        sy_error_clear(&why);
        if (walk_part(d, part, &why) == SY_E_NOMEM)
            st = sy_fail_nomem(err);
    }
    d->out = text;
    if (st == SY_OK && a.n > 0)
        st = tell_aside(d, &a, err);
    sy_buf_release(&a.first);
    return st;
}

static sy_status walk(docx *d, sy_error *err)
{
    static const char *const notes[] = {"footnotes", "endnotes"};
    sy_status st = walk_part(d, d->part.data, err);
    for (size_t i = 0; i < 2 && st == SY_OK; i++) {
        const char *part = sy_rels_by_type(&d->rels, notes[i]);
        if (part && sy_zip_has(d->zip, part))
            st = walk_part(d, part, err);
    }
    return st == SY_OK ? look_aside(d, err) : st;
}

sy_status sy_docx_walk(const sy_document *doc, sy_blocks *out, sy_error *err)
{
    docx *d = sy_calloc(1, sizeof *d);
    if (!d)
        return sy_fail_nomem(err);
    d->doc = doc;
    d->out = out;
    d->styles = (sy_docx_styles){.ids = SY_STRING_TABLE_INIT};
    d->numbering = (sy_numbering)SY_NUMBERING_INIT;
    sy_status st = sy_zip_open(doc->text, doc->len, &d->zip, err);
    if (st == SY_OK)
        st = read_parts(d, err);
    if (st == SY_OK)
        st = walk(d, err);
    release(d);
    return st;
}

static sy_status read_docx(const sy_document *doc, const sy_sink *sink, sy_error *err)
{
    return sy_block_records(doc, sink, sy_docx_walk, err);
}

/* An archive that cannot be opened is taken too: opening it tells why. */
static int recognise_docx(const sy_document *doc)
{
    sy_office_kind kind = sy_office_kind_of(doc->text, doc->len);
    return kind == SY_OFFICE_DOCX        ? 95
           : kind == SY_OFFICE_DAMAGED   ? 5
           : kind == SY_OFFICE_NO_MEMORY ? SY_SURE_NO_MEMORY
                                         : 0;
}

const sy_reader sy_docx_reader = {"docx", recognise_docx, read_docx, true};
