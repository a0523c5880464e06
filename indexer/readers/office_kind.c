#include "indexer/readers/office_kind.h"

#include "indexer/readers/zip_parts.h"

enum { TYPES_MAX = 4 << 20, MIME_MAX = 200 };

typedef struct gathered {
    sy_buf text;
    size_t max;
} gathered;

static sy_status gather(void *ctx, const char *bytes, size_t len, bool *more, sy_error *err)
{
    gathered *g = ctx;
    size_t room = g->max - g->text.len;
    sy_buf_append(&g->text, bytes, len < room ? len : room);
    *more = g->text.len < g->max;
    return sy_buf_status(&g->text, err);
}

static bool holds(sy_slice text, const char *word)
{
    return text.len > 0 && memmem(text.data, text.len, word, strlen(word)) != NULL;
}

/* By the content type of the main part, which [Content_Types].xml tells. */
static sy_office_kind by_types(sy_slice types)
{
    static const struct {
        const char *type;
        sy_office_kind kind;
    } known[] = {{"wordprocessingml.document.main+xml", SY_OFFICE_DOCX},
                 {"wordprocessingml.template.main+xml", SY_OFFICE_DOCX},
                 {"ms-word.document.macroEnabled.main+xml", SY_OFFICE_DOCX},
                 {"ms-word.template.macroEnabledTemplate.main+xml", SY_OFFICE_DOCX},
                 {"spreadsheetml.sheet.main+xml", SY_OFFICE_XLSX},
                 {"spreadsheetml.template.main+xml", SY_OFFICE_XLSX},
                 {"ms-excel.sheet.macroEnabled.main+xml", SY_OFFICE_XLSX},
                 {"ms-excel.template.macroEnabled.main+xml", SY_OFFICE_XLSX},
                 {"ms-excel.addin.macroEnabled.main+xml", SY_OFFICE_XLSX},
                 {"ms-excel.sheet.binary.macroEnabled.main", SY_OFFICE_UNREAD},
                 {"presentationml.", SY_OFFICE_UNREAD},
                 {"ms-visio", SY_OFFICE_UNREAD},
                 {"ms-package.xps", SY_OFFICE_UNREAD}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (holds(types, known[i].type))
            return known[i].kind;
    }
    return SY_OFFICE_ZIP;
}

static sy_office_kind by_mimetype(sy_slice mime)
{
    if (holds(mime, "opendocument.text"))
        return SY_OFFICE_ODT;
    if (holds(mime, "opendocument.spreadsheet"))
        return SY_OFFICE_ODS;
    return holds(mime, "opendocument") ? SY_OFFICE_UNREAD : SY_OFFICE_ZIP;
}

static sy_office_kind kind_of_zip(const char *bytes, size_t len)
{
    sy_zip *z;
    sy_office_kind kind = SY_OFFICE_ZIP;
    gathered g = {SY_BUF_INIT, TYPES_MAX};
    sy_status st = sy_zip_open(bytes, len, &z, NULL);
    if (st != SY_OK)
        return st == SY_E_NOMEM ? SY_OFFICE_NO_MEMORY : SY_OFFICE_DAMAGED;
    if (sy_zip_has(z, "[Content_Types].xml")) {
        st = sy_zip_read(z, "[Content_Types].xml", gather, &g, NULL);
        if (st == SY_OK)
            kind = by_types((sy_slice){g.text.data, g.text.len});
    } else if (sy_zip_has(z, "mimetype")) {
        g.max = MIME_MAX;
        st = sy_zip_read(z, "mimetype", gather, &g, NULL);
        if (st == SY_OK)
            kind = by_mimetype((sy_slice){g.text.data, g.text.len});
    }
    if (st == SY_E_NOMEM)
        kind = SY_OFFICE_NO_MEMORY;
    else if (kind == SY_OFFICE_ZIP && sy_zip_has(z, "word/document.xml"))
        kind = SY_OFFICE_DOCX;
    else if (kind == SY_OFFICE_ZIP && sy_zip_has(z, "xl/workbook.xml"))
        kind = SY_OFFICE_XLSX;
    sy_buf_release(&g.text);
    sy_zip_close(z);
    return kind;
}

/* A compound file names its streams in UTF-16. */
static bool has_stream(sy_slice file, const char *name)
{
    char wide[64];
    size_t n = 0;
    for (; name[n] && 2 * n + 1 < sizeof wide; n++) {
        wide[2 * n] = name[n];
        wide[2 * n + 1] = '\0';
    }
    return memmem(file.data, file.len, wide, 2 * n) != NULL;
}

static sy_office_kind kind_of_ole(const char *bytes, size_t len)
{
    sy_slice file = {bytes, len};
    if (has_stream(file, "EncryptedPackage"))
        return SY_OFFICE_LOCKED;
    if (has_stream(file, "WordDocument"))
        return SY_OFFICE_DOC;
    return has_stream(file, "Workbook") || has_stream(file, "Book") ? SY_OFFICE_XLS : SY_OFFICE_OLE;
}

/* What a file begins with that is no archive; NONE for others. */
static sy_office_kind begins(const char *bytes, size_t len)
{
    if (len >= 8 && memcmp(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
        return SY_OFFICE_OLE;
    if (len >= 5 && memcmp(bytes, "%PDF-", 5) == 0)
        return SY_OFFICE_PDF;
    if (len >= 5 && memcmp(bytes, "{\\rtf", 5) == 0)
        return SY_OFFICE_RTF;
    return SY_OFFICE_NONE;
}

bool sy_office_begins(const char *bytes, size_t len)
{
    return sy_zip_looks_like(bytes, len) || begins(bytes, len) != SY_OFFICE_NONE;
}

sy_office_kind sy_office_kind_of(const char *bytes, size_t len)
{
    if (sy_zip_looks_like(bytes, len))
        return kind_of_zip(bytes, len);
    sy_office_kind kind = begins(bytes, len);
    return kind == SY_OFFICE_OLE ? kind_of_ole(bytes, len) : kind;
}
