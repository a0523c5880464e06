/* cli/term.h - what the terminal is and can: colour, width, progress. */
#ifndef SY_CLI_TERM_H
#define SY_CLI_TERM_H

#include "base/buf.h"

typedef enum sy_when { SY_WHEN_AUTO, SY_WHEN_ALWAYS, SY_WHEN_NEVER } sy_when;

/* "auto", "always" or "never"; false for anything else. */
bool sy_when_parse(const char *word, sy_when *when);
/* The terminal can no more than print: TERM is missing, empty or dumb. */
bool sy_term_dumb(void);
/* Whether to colour what is written to fd. AUTO: on a terminal, unless NO_COLOR
 * is set and not empty or TERM is missing or dumb. */
bool sy_color_wanted(sy_when when, int fd);
/* Columns of the terminal behind fd, else $COLUMNS, else 80; at least 20. */
unsigned sy_term_width(int fd);

/* Columns that a line of a message may take: those of the terminal behind standard error, where it
 * is one; else any number. */
unsigned sy_message_width(void);

/* One line on standard error that is redrawn in place. Does nothing where that is
 * no terminal, or a dumb one. */
typedef struct sy_progress {
    bool on;
    bool drawn;      /* a line stands there now */
    int64_t next_ns; /* not drawn again before this time */
} sy_progress;

void sy_progress_init(sy_progress *p, bool wanted);
/* At most ten times a second. `total` 0: not known. */
void sy_progress_show(sy_progress *p, const char *stage, uint64_t done, uint64_t total);
/* Takes the line away, so that something else can be written. */
void sy_progress_clear(sy_progress *p);

/* Appends text[len] safe for a terminal and on one line: control characters as
 * their pictures (ESC as U+241B), those without one and ill-formed bytes as
 * U+FFFD. */
void sy_put_visible(sy_buf *out, const char *text, size_t len);
/* The picture of a control character, or cp itself if it is none. */
uint32_t sy_visible_cp(uint32_t cp);

#endif
