/* cli/fold.h - text of Chinese and Latin words, folded into columns. */
#ifndef SY_CLI_FOLD_H
#define SY_CLI_FOLD_H

#include "base/buf.h"

/* Whether a line may end between two characters of these widths: not inside a Latin word or
 * a combined character, not before closing punctuation, not after opening punctuation (the
 * customary rules of Chinese typesetting, GB/T 15834 section 5.1). */
bool sy_line_may_end(uint32_t before, int before_width, uint32_t after, int after_width);

/* Appends text folded to `width` columns, each line after `indent` spaces, the first line's
 * being there already; a line break in the text stays one. A word that is wider than a line
 * stays whole. Ends with a line feed. */
void sy_put_folded(sy_buf *out, const char *text, unsigned indent, unsigned width);

#endif
