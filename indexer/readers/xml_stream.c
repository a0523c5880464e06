#include "indexer/readers/xml_stream.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

#include "base/alloc.h"
#include "base/messages.h"

enum { CACHE = 512 }; /* a power of two */

typedef struct reading {
    const sy_xml_events *events;
    xmlParserCtxt *ctxt;
    int depth;
    bool html;
    sy_status st;
    sy_error *err;
    /* Names are interned by the parser, so they are told apart by address. */
    const xmlChar *cached[CACHE];
    int cached_name[CACHE];
} reading;

static int look_up(const sy_xml_events *e, const char *name)
{
    size_t low = 0, high = e->n_names;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(e->names[middle], name);
        if (order == 0)
            return (int)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static int name_of(reading *r, const xmlChar *name)
{
    size_t slot = ((uintptr_t)name >> 3 ^ (uintptr_t)name >> 12) & (CACHE - 1);
    if (r->cached[slot] != name) {
        r->cached[slot] = name;
        r->cached_name[slot] = look_up(r->events, (const char *)name);
    }
    return r->cached_name[slot];
}

static void stop(reading *r, sy_status st)
{
    if (r->st == SY_OK)
        r->st = st;
    xmlStopParser(r->ctxt);
}

static bool is_over(const reading *r)
{
    return r->st != SY_OK || (r->events->enough && *r->events->enough);
}

static void after_event(reading *r, sy_status st)
{
    if (st != SY_OK || is_over(r))
        stop(r, st);
}

static uint32_t line_of(const reading *r)
{
    int line = xmlSAX2GetLineNumber(r->ctxt);
    return line > 0 ? (uint32_t)line : 0;
}

static void start(reading *r, const xmlChar *name, const void *const *attrs, size_t n_attrs)
{
    if (is_over(r))
        return;
    if (++r->depth > SY_XML_DEPTH_MAX && !r->html) {
        stop(r, sy_fail(r->err, SY_E_LIMIT, NULL, "elements are nested more than %d deep",
                        SY_XML_DEPTH_MAX));
        return;
    }
    sy_xml_element e = {name_of(r, name), attrs, n_attrs, r->html};
    if (r->events->start)
        after_event(r, r->events->start(r->events->ctx, &e, r->html ? line_of(r) : 0, r->err));
}

static void end(reading *r, const xmlChar *name)
{
    if (is_over(r))
        return;
    r->depth--;
    if (r->events->end)
        after_event(
            r, r->events->end(r->events->ctx, name_of(r, name), r->html ? line_of(r) : 0, r->err));
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_ns, const xmlChar **ns, int n_attrs, int n_default,
                     const xmlChar **attrs)
{
    (void)prefix, (void)uri, (void)n_ns, (void)ns, (void)n_default;
    start(ctx, name, (const void *const *)attrs, (size_t)n_attrs);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)prefix, (void)uri;
    end(ctx, name);
}

static void on_html_start(void *ctx, const xmlChar *name, const xmlChar **attrs)
{
    size_t n = 0;
    while (attrs && attrs[2 * n])
        n++;
    start(ctx, name, (const void *const *)attrs, n);
}

static void on_html_end(void *ctx, const xmlChar *name)
{
    end(ctx, name);
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
    reading *r = ctx;
    if (is_over(r) || !r->events->text || len <= 0)
        return;
    after_event(
        r, r->events->text(r->events->ctx, (sy_slice){(const char *)text, (size_t)len}, r->err));
}

static void on_subset(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
    reading *r = ctx;
    (void)name, (void)id, (void)system;
    stop(r, sy_fail(r->err, SY_E_INPUT, NULL,
                    "it has a document type declaration, which no office writes"));
}

/* Faults are asked for at the end; this keeps the parser from printing them. */
static void on_fault(void *ctx, xmlErrorPtr fault)
{
    (void)ctx, (void)fault;
}

bool sy_xml_attr(const sy_xml_element *e, const char *name, sy_slice *value)
{
    *value = (sy_slice){"", 0};
    for (size_t i = 0; i < e->n_attrs; i++) {
        if (e->html) {
            const char *text = e->attrs[2 * i + 1];
            if (strcmp(e->attrs[2 * i], name) != 0)
                continue;
            *value = sy_slice_of(text ? text : "");
            return true;
        }
        /* local name, prefix, URI, value, end of the value */
        const void *const *a = e->attrs + 5 * i;
        if (strcmp(a[0], name) != 0)
            continue;
        *value = (sy_slice){a[3], (size_t)((const char *)a[4] - (const char *)a[3])};
        return true;
    }
    return false;
}

void sy_xml_attr_append(const sy_xml_element *e, const char *name, sy_buf *out)
{
    static const char and[] = "&#38;";
    enum { AND = sizeof and-1 };
    sy_slice s;
    sy_xml_attr(e, name, &s);
    for (size_t i = 0; i < s.len;) {
        bool is = s.len - i >= AND && memcmp(s.data + i, and, AND) == 0;
        sy_buf_putc(out, s.data[i]);
        i += is ? AND : 1;
    }
}

uint64_t sy_xml_attr_number(const sy_xml_element *e, const char *name, uint64_t fallback)
{
    sy_slice s;
    uint64_t v = 0;
    size_t i = 0;
    if (!sy_xml_attr(e, name, &s))
        return fallback;
    for (; i < s.len && s.data[i] >= '0' && s.data[i] <= '9' && v < UINT32_MAX; i++)
        v = 10 * v + (uint64_t)(s.data[i] - '0');
    return i > 0 ? v : fallback;
}

bool sy_xml_attr_on(const sy_xml_element *e)
{
    sy_slice s;
    if (!sy_xml_attr(e, "val", &s))
        return true;
    return !(sy_slice_equal(s, sy_slice_of("0")) || sy_slice_equal(s, sy_slice_of("false")) ||
             sy_slice_equal(s, sy_slice_of("off")));
}

/* The parser then stops, and may yet call the document well-formed. */
static bool lacked_memory(const reading *r)
{
    const xmlError *fault = xmlCtxtGetLastError(r->ctxt);
    return r->ctxt->errNo == XML_ERR_NO_MEMORY || (fault && fault->code == XML_ERR_NO_MEMORY);
}

/* What the parser has against the document, on one line. */
static sy_status fault_of(reading *r, const char *part)
{
    const xmlError *fault = xmlCtxtGetLastError(r->ctxt);
    if (lacked_memory(r))
        return sy_fail_nomem(r->err);
    char text[200];
    snprintf(text, sizeof text, "%s", _("not well-formed"));
    if (fault && fault->message) {
        size_t n = strcspn(fault->message, "\n");
        n = n < sizeof text ? n : sizeof text - 1;
        memcpy(text, fault->message, n);
        text[n] = '\0';
    }
    return sy_fail(r->err, SY_E_INPUT, NULL, "%s is not sound XML: %s (line %d)", part, text,
                   fault ? fault->line : 0);
}

static sy_status on_chunk(void *ctx, const char *bytes, size_t len, bool *more, sy_error *err)
{
    reading *r = ctx;
    (void)err;
    int bad = xmlParseChunk(r->ctxt, bytes, (int)len, 0);
    *more = bad == 0 && !is_over(r);
    return r->st;
}

sy_status sy_xml_read_part(sy_zip *z, const char *part, const sy_xml_events *events, sy_error *err)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_start,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .cdataBlock = on_text,
                         .internalSubset = on_subset,
                         .serror = on_fault};
    reading *r = sy_calloc(1, sizeof *r);
    if (!r)
        return sy_fail_nomem(err);
    r->events = events;
    r->err = err;
    sy_status st = SY_OK;
    r->ctxt = xmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL);
    if (!r->ctxt) {
        st = sy_fail_nomem(err);
        goto done;
    }
    xmlCtxtUseOptions(r->ctxt, XML_PARSE_NONET | XML_PARSE_NOCDATA);
    r->ctxt->sax->serror = on_fault;
    st = sy_zip_read(z, part, on_chunk, r, err);
    if (st == SY_OK && !is_over(r)) {
        xmlParseChunk(r->ctxt, NULL, 0, 1);
        st = r->st;
        if (st == SY_OK && !is_over(r) && (!r->ctxt->wellFormed || lacked_memory(r)))
            st = fault_of(r, part);
    }
done:
    if (r->ctxt) {
        if (r->ctxt->myDoc)
            xmlFreeDoc(r->ctxt->myDoc);
        xmlFreeParserCtxt(r->ctxt);
    }
    sy_free(r);
    return st;
}

sy_status sy_html_read(const sy_document *doc, const sy_xml_events *events, sy_error *err)
{
    htmlSAXHandler sax = {.startElement = on_html_start,
                          .endElement = on_html_end,
                          .characters = on_text,
                          .ignorableWhitespace = on_text,
                          .cdataBlock = NULL};
    reading *r = sy_calloc(1, sizeof *r);
    if (!r)
        return sy_fail_nomem(err);
    r->events = events;
    r->err = err;
    r->html = true;
    sy_status st = SY_OK;
    r->ctxt = htmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (!r->ctxt) {
        st = sy_fail_nomem(err);
        goto done;
    }
    htmlCtxtUseOptions(r->ctxt, HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                                    HTML_PARSE_NOWARNING | HTML_PARSE_IGNORE_ENC);
    for (size_t at = 0; at < doc->len && !is_over(r);) {
        size_t n = doc->len - at < SY_ZIP_CHUNK ? doc->len - at : SY_ZIP_CHUNK;
        htmlParseChunk(r->ctxt, doc->text + at, (int)n, 0);
        at += n;
        sy_map_pass(doc->behind, doc->text + at);
    }
    if (!is_over(r))
        htmlParseChunk(r->ctxt, NULL, 0, 1);
    st = r->st;
    if (st == SY_OK && !is_over(r) && lacked_memory(r))
        st = sy_fail_nomem(err);
done:
    if (r->ctxt) {
        if (r->ctxt->myDoc)
            xmlFreeDoc(r->ctxt->myDoc);
        htmlFreeParserCtxt(r->ctxt);
    }
    sy_free(r);
    return st;
}
