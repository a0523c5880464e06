/* cli/lexicon_file.h - a lexicon file as the commands read and write it. */
#ifndef SY_CLI_LEXICON_FILE_H
#define SY_CLI_LEXICON_FILE_H

#include "base/buf.h"

/* Appends the text of the file to `out`; one that is not there has none. */
SY_CHECKED sy_status sy_lexicon_file_read(const char *path, sy_buf *out, sy_error *err);
/* Puts text in place of the file, whole or not at all. */
SY_CHECKED sy_status sy_lexicon_file_write(const char *path, const sy_buf *text, sy_error *err);

#endif
