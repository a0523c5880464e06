/* indexer/readers/convert.h - documents that another program turns into text: .doc,
 * .xls and PDF. */
#ifndef SY_INDEXER_READERS_CONVERT_H
#define SY_INDEXER_READERS_CONVERT_H

#include "indexer/readers/office_kind.h"
#include "indexer/spill.h"

enum {
    SY_CONVERT_SECONDS = 60,     /* that the program may take */
    SY_CONVERT_BYTES = 256 << 20 /* of text that it may write */
};

/* Runs the programs that are installed for this kind on the file `path`, without a
 * shell, until one can read it; its output, UTF-8, is *text, kept in `spill`. *program is its
 * name. INPUT, and what to install, if there is none; INPUT if all fail; LIMIT past the
 * limits: the program is then ended, and no other is tried. */
SY_CHECKED sy_status sy_convert(sy_office_kind kind, const char *path, sy_spill *spill,
                                sy_extent *text, const char **program, sy_error *err);

#endif
