#include "tests/support/documents.h"

#include <zip.h>

#include "tests/support/check.h"

#define WORD_NS "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define SHEET_NS                                                                                   \
    "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "                         \
    "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define REL_NS   "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\""
#define REL_TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define ODF_NS                                                                                     \
    "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "                           \
    "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "                               \
    "xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" "                             \
    "xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" "                             \
    "xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" "                            \
    "xmlns:loext=\"urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0\""

void sy_doc_zip(const sy_doc_part *parts, size_t n, sy_buf *out)
{
    zip_error_t e;
    zip_error_init(&e);
    zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, &e);
    assert_non_null(memory);
    zip_t *z = zip_open_from_source(memory, ZIP_TRUNCATE, &e);
    assert_non_null(z);
    zip_source_keep(memory);
    for (size_t i = 0; i < n; i++) {
        zip_source_t *s = zip_source_buffer(z, parts[i].content, strlen(parts[i].content), 0);
        assert_true(zip_file_add(z, parts[i].name, s, ZIP_FL_ENC_UTF_8) >= 0);
    }
    assert_int_equal(zip_close(z), 0);
    assert_int_equal(zip_source_open(memory), 0);
    for (;;) {
        char *to = sy_buf_reserve(out, 4096);
        zip_int64_t got = zip_source_read(memory, to, 4096);
        if (got <= 0)
            break;
        out->len += (size_t)got;
    }
    zip_source_close(memory);
    zip_source_free(memory);
    zip_error_fini(&e);
}

static void put_xml(sy_buf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '<')
            sy_buf_puts(out, "&lt;");
        else if (s[i] == '&')
            sy_buf_puts(out, "&amp;");
        else
            sy_buf_putc(out, s[i]);
    }
}

/* Each paragraph of a text between two tags. */
static void put_paragraphs(sy_buf *out, const char *text, const char *open, const char *close)
{
    for (;;) {
        size_t n = strcspn(text, "\n");
        sy_buf_puts(out, open);
        put_xml(out, text, n);
        sy_buf_puts(out, close);
        if (text[n] == '\0')
            break;
        text += n + 1;
    }
}

static const sy_doc_cell *cell_at(const sy_doc_table *t, size_t row, size_t column)
{
    return &t->cells[row * t->n_columns + column];
}

static unsigned columns_of(const sy_doc_cell *c)
{
    return c->columns > 0 ? c->columns : 1;
}

static unsigned rows_of(const sy_doc_cell *c)
{
    return c->rows > 0 ? c->rows : 1;
}

/* The cell that covers a place: itself, or one left of or above it. */
static const sy_doc_cell *cover(const sy_doc_table *t, size_t row, size_t column, size_t *at_row,
                                size_t *at_column)
{
    for (size_t r = row + 1; r-- > 0;) {
        for (size_t c = column + 1; c-- > 0;) {
            const sy_doc_cell *cell = cell_at(t, r, c);
            if (cell->text && r + rows_of(cell) > row && c + columns_of(cell) > column) {
                *at_row = r;
                *at_column = c;
                return cell;
            }
        }
    }
    fail_msg("no cell covers row %zu, column %zu", row, column);
    return NULL;
}

void sy_doc_word(const char *body, const char *numbering, const char *styles, const char *footnotes,
                 sy_buf *out)
{
    sy_buf xml = SY_BUF_INIT, rels = SY_BUF_INIT, notes = SY_BUF_INIT;
    sy_buf_printf(&xml, "<?xml version=\"1.0\"?><w:document " WORD_NS "><w:body>");
    sy_buf_puts(&xml, body);
    sy_buf_puts(&xml, "</w:body></w:document>");
    sy_buf_puts(&notes, "<w:footnotes " WORD_NS ">");
    sy_buf_puts(&notes, footnotes ? footnotes : "");
    sy_buf_puts(&notes, "</w:footnotes>");
    sy_buf_puts(&rels, "<Relationships " REL_NS ">");
    const char *kinds[] = {numbering ? "numbering" : NULL, styles ? "styles" : NULL,
                           footnotes ? "footnotes" : NULL};
    for (int i = 0; i < 3; i++) {
        if (kinds[i])
            sy_buf_printf(&rels,
                          "<Relationship Id=\"r%d\" Type=\"" REL_TYPE "%s\" Target=\"%s.xml\"/>", i,
                          kinds[i], kinds[i]);
    }
    sy_buf_puts(&rels, "</Relationships>");
    sy_doc_part parts[] = {
        {"[Content_Types].xml",
         "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override "
         "PartName=\"/word/document.xml\" ContentType=\"application/"
         "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>"},
        {"_rels/.rels", "<Relationships " REL_NS "><Relationship Id=\"a\" Type=\"" REL_TYPE
                        "officeDocument\" Target=\"word/document.xml\"/></Relationships>"},
        {"word/document.xml", sy_buf_cstr(&xml)},
        {"word/_rels/document.xml.rels", sy_buf_cstr(&rels)},
        {"word/numbering.xml", numbering ? numbering : "<x/>"},
        {"word/styles.xml", styles ? styles : "<x/>"},
        {"word/footnotes.xml", sy_buf_cstr(&notes)}};
    sy_doc_zip(parts, sizeof parts / sizeof *parts, out);
    sy_buf_release(&xml);
    sy_buf_release(&rels);
    sy_buf_release(&notes);
}

static void put_docx_cell(const sy_doc_table *t, size_t r, size_t c, sy_buf *body)
{
    size_t at_row, at_column;
    const sy_doc_cell *cell = cover(t, r, c, &at_row, &at_column);
    if (at_column != c)
        return;
    sy_buf_printf(body, "<w:tc><w:tcPr><w:gridSpan w:val=\"%u\"/>", columns_of(cell));
    if (rows_of(cell) > 1)
        sy_buf_puts(body, at_row == r ? "<w:vMerge w:val=\"restart\"/>" : "<w:vMerge/>");
    sy_buf_puts(body, "</w:tcPr>");
    put_paragraphs(body, at_row == r ? cell->text : "", "<w:p><w:r><w:t>", "</w:t></w:r></w:p>");
    sy_buf_puts(body, "</w:tc>");
}

void sy_doc_docx(const sy_doc_table *t, sy_buf *out)
{
    sy_buf body = SY_BUF_INIT;
    for (size_t i = 0; i < t->n_before; i++)
        put_paragraphs(&body, t->before[i], "<w:p><w:r><w:t>", "</w:t></w:r></w:p>");
    sy_buf_puts(&body, "<w:tbl><w:tblPr/><w:tblGrid/>");
    for (size_t r = 0; r < t->n_rows; r++) {
        sy_buf_puts(&body, "<w:tr>");
        for (size_t c = 0; c < t->n_columns; c++)
            put_docx_cell(t, r, c, &body);
        sy_buf_puts(&body, "</w:tr>");
    }
    sy_buf_puts(&body, "</w:tbl><w:p/>");
    sy_doc_word(sy_buf_cstr(&body), NULL, NULL, NULL, out);
    sy_buf_release(&body);
}

void sy_doc_excel(const sy_doc_sheet *sheets, size_t n, const char *strings, const char *styles,
                  sy_buf *out)
{
    sy_buf book = SY_BUF_INIT, rels = SY_BUF_INIT, xml[8] = {SY_BUF_INIT}, names[8] = {SY_BUF_INIT};
    sy_doc_part parts[16] = {
        {"[Content_Types].xml",
         "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override "
         "PartName=\"/xl/workbook.xml\" ContentType=\"application/"
         "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"},
        {"_rels/.rels", "<Relationships " REL_NS "><Relationship Id=\"a\" Type=\"" REL_TYPE
                        "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"}};
    size_t n_parts = 2;
    assert_true(n <= 8);
    sy_buf_puts(&book, "<workbook " SHEET_NS "><sheets>");
    sy_buf_puts(&rels, "<Relationships " REL_NS "><Relationship Id=\"s\" Type=\"" REL_TYPE
                       "sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"t\" "
                       "Type=\"" REL_TYPE "styles\" Target=\"/xl/styles.xml\"/>");
    for (size_t i = 0; i < n; i++) {
        sy_buf_printf(&book, "<sheet name=\"%s\" sheetId=\"%zu\" %s r:id=\"r%zu\"/>",
                      sheets[i].name, i + 1, sheets[i].hidden ? "state=\"hidden\"" : "", i);
        sy_buf_printf(&rels,
                      "<Relationship Id=\"r%zu\" Type=\"" REL_TYPE
                      "worksheet\" Target=\"worksheets/s%zu.xml\"/>",
                      i, i);
        sy_buf_puts(&xml[i], "<worksheet " SHEET_NS ">");
        sy_buf_puts(&xml[i], sheets[i].xml);
        sy_buf_puts(&xml[i], "</worksheet>");
        sy_buf_printf(&names[i], "xl/worksheets/s%zu.xml", i);
        parts[n_parts++] = (sy_doc_part){names[i].data, xml[i].data};
    }
    sy_buf_puts(&book, "</sheets></workbook>");
    sy_buf_puts(&rels, "</Relationships>");
    parts[n_parts++] = (sy_doc_part){"xl/workbook.xml", book.data};
    parts[n_parts++] = (sy_doc_part){"xl/_rels/workbook.xml.rels", rels.data};
    parts[n_parts++] = (sy_doc_part){"xl/sharedStrings.xml", strings ? strings : "<sst/>"};
    parts[n_parts++] = (sy_doc_part){"xl/styles.xml", styles ? styles : "<styleSheet/>"};
    sy_doc_zip(parts, n_parts, out);
    for (size_t i = 0; i < n; i++) {
        sy_buf_release(&xml[i]);
        sy_buf_release(&names[i]);
    }
    sy_buf_release(&book);
    sy_buf_release(&rels);
}

void sy_doc_xlsx(const sy_doc_table *t, sy_buf *out)
{
    sy_buf xml = SY_BUF_INIT, merges = SY_BUF_INIT;
    sy_buf_puts(&xml, "<sheetData>");
    size_t row = 0;
    for (size_t i = 0; i < t->n_before; i++) {
        sy_buf_printf(&xml, "<row r=\"%zu\"><c r=\"A%zu\" t=\"inlineStr\"><is><t>", i + 1, i + 1);
        put_xml(&xml, t->before[i], strlen(t->before[i]));
        sy_buf_puts(&xml, "</t></is></c></row>");
        row++;
    }
    for (size_t r = 0; r < t->n_rows; r++) {
        sy_buf_printf(&xml, "<row r=\"%zu\">", ++row);
        for (size_t c = 0; c < t->n_columns; c++) {
            const sy_doc_cell *cell = cell_at(t, r, c);
            char column = (char)('A' + (int)c);
            sy_buf_printf(&xml, "<c r=\"%c%zu\" t=\"inlineStr\"><is><t>", column, row);
            put_xml(&xml, cell->text ? cell->text : "", cell->text ? strlen(cell->text) : 0);
            sy_buf_puts(&xml, "</t></is></c>");
            if (cell->text && (rows_of(cell) > 1 || columns_of(cell) > 1))
                sy_buf_printf(&merges, "<mergeCell ref=\"%c%zu:%c%zu\"/>", column, row,
                              (char)(column + (int)columns_of(cell) - 1), row + rows_of(cell) - 1);
        }
        sy_buf_puts(&xml, "</row>");
    }
    sy_buf_printf(&xml, "</sheetData><mergeCells>%s</mergeCells>", sy_buf_cstr(&merges));
    sy_doc_sheet sheet = {"台账", xml.data, false};
    sy_doc_excel(&sheet, 1, NULL, NULL, out);
    sy_buf_release(&xml);
    sy_buf_release(&merges);
}

static void put_odf_rows(const sy_doc_table *t, sy_buf *xml)
{
    for (size_t r = 0; r < t->n_rows; r++) {
        sy_buf_puts(xml, "<table:table-row>");
        for (size_t c = 0; c < t->n_columns; c++) {
            const sy_doc_cell *cell = cell_at(t, r, c);
            if (!cell->text) {
                sy_buf_puts(xml, "<table:covered-table-cell/>");
                continue;
            }
            sy_buf_printf(xml,
                          "<table:table-cell table:number-columns-spanned=\"%u\" "
                          "table:number-rows-spanned=\"%u\">",
                          columns_of(cell), rows_of(cell));
            put_paragraphs(xml, cell->text, "<text:p>", "</text:p>");
            sy_buf_puts(xml, "</table:table-cell>");
        }
        sy_buf_puts(xml, "</table:table-row>");
    }
}

static void put_odf(const char *type, const sy_buf *body, sy_buf *out)
{
    sy_buf xml = SY_BUF_INIT;
    sy_buf_puts(&xml, "<office:document-content " ODF_NS "><office:body>");
    sy_buf_append(&xml, body->data, body->len);
    sy_buf_puts(&xml, "</office:body></office:document-content>");
    sy_doc_part parts[] = {{"mimetype", type}, {"content.xml", xml.data}};
    sy_doc_zip(parts, 2, out);
    sy_buf_release(&xml);
}

void sy_doc_writer(const char *body, const char *automatic, const char *styles, sy_buf *out)
{
    sy_buf content = SY_BUF_INIT, named = SY_BUF_INIT;
    sy_buf_puts(&content, "<office:document-content " ODF_NS "><office:automatic-styles>");
    sy_buf_puts(&content, automatic ? automatic : "");
    sy_buf_puts(&content, "</office:automatic-styles><office:body><office:text>");
    sy_buf_puts(&content, body);
    sy_buf_puts(&content, "</office:text></office:body></office:document-content>");
    sy_buf_puts(&named, "<office:document-styles " ODF_NS ">");
    sy_buf_puts(&named, styles ? styles : "");
    sy_buf_puts(&named, "</office:document-styles>");
    sy_doc_part parts[] = {{"mimetype", "application/vnd.oasis.opendocument.text"},
                           {"content.xml", sy_buf_cstr(&content)},
                           {"styles.xml", sy_buf_cstr(&named)}};
    sy_doc_zip(parts, styles ? 3 : 2, out);
    sy_buf_release(&content);
    sy_buf_release(&named);
}

void sy_doc_odt(const sy_doc_table *t, sy_buf *out)
{
    sy_buf body = SY_BUF_INIT;
    sy_buf_puts(&body, "<office:text>");
    for (size_t i = 0; i < t->n_before; i++)
        put_paragraphs(&body, t->before[i], "<text:p>", "</text:p>");
    sy_buf_puts(&body, "<table:table>");
    put_odf_rows(t, &body);
    sy_buf_puts(&body, "</table:table></office:text>");
    put_odf("application/vnd.oasis.opendocument.text", &body, out);
    sy_buf_release(&body);
}

void sy_doc_ods(const sy_doc_table *t, sy_buf *out)
{
    sy_buf body = SY_BUF_INIT;
    sy_buf_puts(&body, "<office:spreadsheet><table:table table:name=\"台账\">");
    for (size_t i = 0; i < t->n_before; i++) {
        sy_buf_puts(&body, "<table:table-row><table:table-cell>");
        put_paragraphs(&body, t->before[i], "<text:p>", "</text:p>");
        sy_buf_puts(&body, "</table:table-cell></table:table-row>");
    }
    put_odf_rows(t, &body);
    sy_buf_puts(&body, "</table:table></office:spreadsheet>");
    put_odf("application/vnd.oasis.opendocument.spreadsheet", &body, out);
    sy_buf_release(&body);
}

void sy_doc_html(const sy_doc_table *t, sy_buf *out)
{
    sy_buf_puts(out, "<!DOCTYPE html><html><body>\n");
    for (size_t i = 0; i < t->n_before; i++)
        put_paragraphs(out, t->before[i], "<p>", "</p>\n");
    sy_buf_puts(out, "<table>\n");
    for (size_t r = 0; r < t->n_rows; r++) {
        sy_buf_puts(out, "<tr>");
        for (size_t c = 0; c < t->n_columns; c++) {
            const sy_doc_cell *cell = cell_at(t, r, c);
            if (!cell->text)
                continue;
            sy_buf_printf(out, "<td colspan=\"%u\" rowspan=%u>", columns_of(cell), rows_of(cell));
            put_paragraphs(out, cell->text, "<p>", "</p>");
            sy_buf_puts(out, "</td>");
        }
        sy_buf_puts(out, "</tr>\n");
    }
    sy_buf_puts(out, "</table></body></html>\n");
}

void sy_doc_csv(const sy_doc_table *t, sy_buf *out)
{
    for (size_t i = 0; i < t->n_before; i++)
        sy_buf_printf(out, "%s\r\n", t->before[i]);
    for (size_t r = 0; r < t->n_rows; r++) {
        for (size_t c = 0; c < t->n_columns; c++) {
            size_t at_row, at_column;
            const char *text = cover(t, r, c, &at_row, &at_column)->text;
            sy_buf_puts(out, c > 0 ? ",\"" : "\"");
            for (; *text; text++)
                sy_buf_puts(out, *text == '"' ? "\"\"" : (char[]){*text, '\0'});
            sy_buf_putc(out, '"');
        }
        sy_buf_puts(out, "\r\n");
    }
}

void sy_doc_dump(const sy_doc_table *t, sy_buf *out)
{
    for (size_t i = 0; i < t->n_before; i++)
        sy_buf_printf(out, "%s\n\n", t->before[i]);
    for (size_t r = 0; r < t->n_rows; r++) {
        for (size_t c = 0; c < t->n_columns; c++) {
            size_t at_row, at_column;
            sy_buf_printf(out, "\t%s\n", cover(t, r, c, &at_row, &at_column)->text);
        }
        sy_buf_putc(out, '\n');
    }
}
