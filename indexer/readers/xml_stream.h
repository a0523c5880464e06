/* indexer/readers/xml_stream.h - XML and HTML as a stream of elements and text.
 *
 * libxml2 parses by pushed chunks, without a tree. Nothing outside the document is
 * ever opened, entities that a document declares are not expanded, and XML with a
 * document type declaration, which no office writes, is refused. */
#ifndef SY_INDEXER_READERS_XML_STREAM_H
#define SY_INDEXER_READERS_XML_STREAM_H

#include "indexer/reader.h"
#include "indexer/readers/zip_parts.h"

enum { SY_XML_DEPTH_MAX = 250 };

/* An element by its local name, whatever its namespace. Good for the call. */
typedef struct sy_xml_element {
    int name;                 /* place in `names`, or -1 */
    const void *const *attrs; /* as the parser has them */
    size_t n_attrs;
    bool html;
} sy_xml_element;

typedef struct sy_xml_events {
    void *ctx;
    const char *const *names; /* of elements that matter: names[n_names], in byte order */
    size_t n_names;
    sy_status (*start)(void *ctx, const sy_xml_element *e, uint32_t line, sy_error *err);
    sy_status (*end)(void *ctx, int name, uint32_t line, sy_error *err);
    sy_status (*text)(void *ctx, sy_slice text, sy_error *err);
    const bool *enough; /* NULL, or: stop, with SY_OK, when it is set */
} sy_xml_events;

/* The value of an attribute by its local name; false, and "", if it has none. */
bool sy_xml_attr(const sy_xml_element *e, const char *name, sy_slice *value);
/* Appends the value; the parser leaves an & in attributes as &#38;. */
void sy_xml_attr_append(const sy_xml_element *e, const char *name, sy_buf *out);
/* ... as a number that is not negative; `fallback` if there is none. */
uint64_t sy_xml_attr_number(const sy_xml_element *e, const char *name, uint64_t fallback);
/* ... as Word writes switches: there without a value, or 1, true, on. */
bool sy_xml_attr_on(const sy_xml_element *e);

/* Reads a part of an archive. INPUT if it is not well-formed, and what zip and
 * events return. */
SY_CHECKED sy_status sy_xml_read_part(sy_zip *z, const char *part, const sy_xml_events *events,
                                      sy_error *err);
/* Reads a document that is HTML as browsers do: faults are mended. */
SY_CHECKED sy_status sy_html_read(const sy_document *doc, const sy_xml_events *events,
                                  sy_error *err);

#endif
