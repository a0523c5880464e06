/* indexer/readers/office_kind.h - what a file is that is no text: told by its content. */
#ifndef SY_INDEXER_READERS_OFFICE_KIND_H
#define SY_INDEXER_READERS_OFFICE_KIND_H

#include <stdbool.h>
#include <stddef.h>

typedef enum sy_office_kind {
    SY_OFFICE_NONE,      /* none of these */
    SY_OFFICE_NO_MEMORY, /* to look into the archive */
    SY_OFFICE_DAMAGED,   /* a zip archive that cannot be opened */
    SY_OFFICE_ZIP,       /* a zip archive of something else */
    SY_OFFICE_DOCX,
    SY_OFFICE_XLSX,
    SY_OFFICE_ODT,
    SY_OFFICE_ODS,
    SY_OFFICE_UNREAD, /* .pptx, .xlsb, .odp: documents that are not read */
    SY_OFFICE_DOC,    /* of the old Word, Excel */
    SY_OFFICE_XLS,
    SY_OFFICE_LOCKED, /* with a password */
    SY_OFFICE_OLE,    /* a compound file of something else */
    SY_OFFICE_PDF,
    SY_OFFICE_RTF
} sy_office_kind;

/* Whether bytes[len] begin as a file of one of these kinds does. */
bool sy_office_begins(const char *bytes, size_t len);
/* Looks at the file's bytes; opens archives to see what is in them. */
sy_office_kind sy_office_kind_of(const char *bytes, size_t len);

#endif
