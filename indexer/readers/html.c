/* The reader of HTML: text as a browser lays it out, tables as tables.
 *
 * Elements that do not stand in a line of text, known or not, end a paragraph. */
#include <strings.h>

#include "base/alloc.h"
#include "indexer/readers/reader_text.h"
#include "indexer/readers/walks.h"
#include "indexer/readers/xml_stream.h"

enum { NEST_MAX = 64, TEXT_MAX = 64 << 20, SEEN = 2048 };

enum name {
    A,
    ABBR,
    ACRONYM,
    B,
    BDO,
    BIG,
    BODY,
    BR,
    CITE,
    CODE,
    DEL,
    DFN,
    EM,
    FONT,
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
    HTML,
    I,
    IMG,
    INS,
    KBD,
    LABEL,
    MARK,
    NOBR,
    PRE,
    Q,
    RP,
    RT,
    RUBY,
    S,
    SAMP,
    SCRIPT,
    SMALL,
    SPAN,
    STRIKE,
    STRONG,
    STYLE,
    SUB,
    SUP,
    TABLE,
    TBODY,
    TD,
    TEMPLATE,
    TFOOT,
    TH,
    THEAD,
    TIME,
    TITLE,
    TR,
    TT,
    U,
    VAR,
    WBR
};

static const char *const names[] = {
    "a",     "abbr",     "acronym", "b",      "bdo",   "big",  "body",  "br",    "cite",
    "code",  "del",      "dfn",     "em",     "font",  "h1",   "h2",    "h3",    "h4",
    "h5",    "h6",       "html",    "i",      "img",   "ins",  "kbd",   "label", "mark",
    "nobr",  "pre",      "q",       "rp",     "rt",    "ruby", "s",     "samp",  "script",
    "small", "span",     "strike",  "strong", "style", "sub",  "sup",   "table", "tbody",
    "td",    "template", "tfoot",   "th",     "thead", "time", "title", "tr",    "tt",
    "u",     "var",      "wbr"};

typedef struct table {
    bool row, cell;
} table;

typedef struct html {
    sy_blocks *out;
    sy_buf text; /* of the paragraph at hand */
    uint32_t line;
    int level; /* of it */
    int skip;  /* depth inside a script or style */
    int pre;
    table tables[NEST_MAX];
    int n_tables; /* may pass NEST_MAX: those are not looked at */
} html;

static table *innermost(html *h)
{
    return h->n_tables > 0 && h->n_tables <= NEST_MAX ? &h->tables[h->n_tables - 1] : NULL;
}

/* Ends the paragraph. Between the cells of a table there is no text. */
static sy_status flush(html *h, sy_error *err)
{
    sy_slice text = {sy_buf_cstr(&h->text), h->text.len};
    sy_block b = {.kind = SY_BLOCK_PARAGRAPH, .text = sy_trim(text), .line = h->line};
    b.level = h->level;
    sy_status st = sy_buf_status(&h->text, err);
    const table *t = innermost(h);
    if (st == SY_OK && b.text.len > 0 && (!t || t->cell))
        st = sy_blocks_take(h->out, &b, err);
    sy_buf_reset(&h->text);
    h->line = 0;
    return st;
}

static sy_status on_text(void *ctx, sy_slice s, sy_error *err)
{
    html *h = ctx;
    if (h->skip > 0)
        return SY_OK;
    if (h->text.len > TEXT_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "a paragraph has more than 64 MiB of text");
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        bool space = c == ' ' || (c >= '\t' && c <= '\r');
        bool after = h->text.len == 0 || strchr(" \n", h->text.data[h->text.len - 1]);
        if (space && h->pre == 0 && after)
            continue;
        if ((unsigned char)c == 0xC2 && i + 1 < s.len && (unsigned char)s.data[i + 1] == 0xAD) {
            i++; /* a soft hyphen */
            continue;
        }
        if (c != '\0')
            sy_buf_putc(&h->text, space && h->pre == 0 ? ' ' : c);
    }
    return sy_buf_status(&h->text, err);
}

static bool is_inline(int name)
{
    switch (name) {
    case BODY:
    case HTML:
    case H1:
    case H2:
    case H3:
    case H4:
    case H5:
    case H6:
    case PRE:
    case SCRIPT:
    case STYLE:
    case TABLE:
    case TBODY:
    case TD:
    case TEMPLATE:
    case TFOOT:
    case TH:
    case THEAD:
    case TITLE:
    case TR:
    case -1:
        return false;
    default:
        return true;
    }
}

static sy_status end_cell(html *h, sy_error *err)
{
    table *t = innermost(h);
    if (!t || !t->cell)
        return SY_OK;
    sy_status st = flush(h, err);
    t->cell = false;
    return st == SY_OK ? sy_blocks_mark(h->out, SY_BLOCK_CELL_END, 0, err) : st;
}

static sy_status end_row(html *h, sy_error *err)
{
    table *t = innermost(h);
    sy_status st = end_cell(h, err);
    if (st != SY_OK || !t || !t->row)
        return st;
    t->row = false;
    return sy_blocks_mark(h->out, SY_BLOCK_ROW_END, 0, err);
}

static sy_status begin_row(html *h, uint32_t line, sy_error *err)
{
    sy_status st = end_row(h, err);
    if (st != SY_OK || !innermost(h))
        return st;
    innermost(h)->row = true;
    return sy_blocks_mark(h->out, SY_BLOCK_ROW, line, err);
}

static sy_status begin_cell(html *h, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    table *t = innermost(h);
    if (!t)
        return SY_OK;
    sy_status st = t->row ? end_cell(h, err) : begin_row(h, line, err);
    sy_block b = {.kind = SY_BLOCK_CELL, .column = SY_COLUMN_NEXT, .line = line};
    uint64_t columns = sy_xml_attr_number(e, "colspan", 1);
    b.columns = columns <= 1000 ? (uint32_t)columns : 1;
    b.rows = sy_xml_attr_number(e, "rowspan", 1);
    if (b.rows == 0 || b.rows > 65534)
        b.rows = 65534; /* 0: to the end; the limit is that of the HTML standard, 4.9.11 */
    t->cell = true;
    return st == SY_OK ? sy_blocks_take(h->out, &b, err) : st;
}

static sy_status begin_table(html *h, uint32_t line, sy_error *err)
{
    const table *t = innermost(h);
    bool stray = h->n_tables >= NEST_MAX || (t && !t->cell);
    h->n_tables++;
    if (stray) {
        h->n_tables += NEST_MAX; /* between cells: passed over with its end */
        return SY_OK;
    }
    h->tables[h->n_tables - 1] = (table){false, false};
    return sy_blocks_mark(h->out, SY_BLOCK_TABLE, line, err);
}

static sy_status end_table(html *h, sy_error *err)
{
    if (h->n_tables > NEST_MAX) {
        h->n_tables -= NEST_MAX + 1;
        return SY_OK;
    }
    sy_status st = end_row(h, err);
    if (st != SY_OK || h->n_tables == 0)
        return st;
    h->n_tables--;
    return sy_blocks_mark(h->out, SY_BLOCK_TABLE_END, 0, err);
}

static sy_status on_start(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err)
{
    html *h = ctx;
    int name = e->name;
    if (h->skip > 0) {
        h->skip++;
        return SY_OK;
    }
    if (name == SCRIPT || name == STYLE || name == TEMPLATE || name == RT || name == RP) {
        h->skip = 1;
        return SY_OK;
    }
    if (h->line == 0)
        h->line = line;
    if (name == BR) {
        if (h->text.len > 0)
            sy_buf_putc(&h->text, '\n');
        return SY_OK;
    }
    if (is_inline(name))
        return SY_OK;
    sy_status st = flush(h, err);
    h->line = line;
    h->level = name >= H1 && name <= H6 ? name - H1 + 1 : name == TITLE ? SY_LEVEL_TITLE : 0;
    h->pre += name == PRE;
    if (st == SY_OK && name == TABLE)
        st = begin_table(h, line, err);
    else if (st == SY_OK && name == TR)
        st = begin_row(h, line, err);
    else if (st == SY_OK && (name == TD || name == TH))
        st = begin_cell(h, e, line, err);
    return st;
}

static sy_status on_end(void *ctx, int name, uint32_t line, sy_error *err)
{
    html *h = ctx;
    (void)line;
    if (h->skip > 0) {
        h->skip--;
        return SY_OK;
    }
    if (is_inline(name))
        return SY_OK;
    sy_status st = flush(h, err);
    h->level = 0;
    h->pre -= name == PRE && h->pre > 0;
    if (st == SY_OK && (name == TD || name == TH))
        st = end_cell(h, err);
    else if (st == SY_OK && name == TR)
        st = end_row(h, err);
    else if (st == SY_OK && name == TABLE)
        st = end_table(h, err);
    return st;
}

sy_status sy_html_walk(const sy_document *doc, sy_blocks *out, sy_error *err)
{
    html *h = sy_calloc(1, sizeof *h);
    if (!h)
        return sy_fail_nomem(err);
    h->out = out;
    sy_xml_events events = {.ctx = h,
                            .names = names,
                            .n_names = sizeof names / sizeof *names,
                            .start = on_start,
                            .end = on_end,
                            .text = on_text};
    sy_status st = sy_html_read(doc, &events, err);
    while (st == SY_OK && h->n_tables > 0)
        st = end_table(h, err);
    if (st == SY_OK)
        st = flush(h, err);
    sy_buf_release(&h->text);
    sy_free(h);
    return st;
}

static sy_status read_html(const sy_document *doc, const sy_sink *sink, sy_error *err)
{
    return sy_block_records(doc, sink, sy_html_walk, err);
}

static int recognise_html(const sy_document *doc)
{
    static const char *const signs[] = {"<!doctype html", "<html", "<head", "<body", "<table"};
    size_t seen = doc->len < SEEN ? doc->len : SEEN, at = 0, n;
    while ((n = sy_space_at(doc->text + at, seen - at)) > 0)
        at += n;
    if (at == seen || doc->text[at] != '<')
        return 0;
    for (size_t i = at; i < seen; i++) {
        for (size_t k = 0; doc->text[i] == '<' && k < sizeof signs / sizeof *signs; k++) {
            size_t len = strlen(signs[k]);
            if (seen - i >= len && strncasecmp(doc->text + i, signs[k], len) == 0)
                return 90;
        }
    }
    bool xml = seen - at >= 5 && memcmp(doc->text + at, "<?xml", 5) == 0;
    return sy_name_ends(doc->name, ".html") || sy_name_ends(doc->name, ".htm") ||
                   sy_name_ends(doc->name, ".xhtml")
               ? 70
           : xml ? 20
                 : 0;
}

const sy_reader sy_html_reader = {"html", recognise_html, read_html, false};
