/* cli/options.h - the one table of subcommands and options, and the parser and
 * help text that are made from it.
 *
 * A row of the table is all there is to know about an option: the parser, -h,
 * --help and the tests of the man pages read nothing else. */
#ifndef SY_CLI_OPTIONS_H
#define SY_CLI_OPTIONS_H

#include "base/buf.h"

typedef enum sy_option_id {
    SY_OPT_HELP = 1,
    SY_OPT_INDEX,
    SY_OPT_QUIET,
    SY_OPT_DEEP,
    /* index */
    SY_OPT_SCHEMA,
    SY_OPT_LEXICON,
    SY_OPT_ALIASES,
    SY_OPT_MEMORY,
    SY_OPT_JOBS,
    SY_OPT_KEEP_VARIANTS,
    SY_OPT_REBUILD,
    SY_OPT_ENCODING,
    SY_OPT_DELETED,
    SY_OPT_REPORT,
    /* query */
    SY_OPT_ANY,
    SY_OPT_WORDS,
    SY_OPT_REGEX_TIME,
    SY_OPT_LINE,
    SY_OPT_CARD,
    SY_OPT_JSON,
    SY_OPT_TSV,
    SY_OPT_CSV,
    SY_OPT_BOM,
    SY_OPT_FIELDS,
    SY_OPT_KEYS,
    SY_OPT_SOURCE,
    SY_OPT_COUNT,
    SY_OPT_DOCUMENTS,
    SY_OPT_OFFSET,
    SY_OPT_LIMIT,
    SY_OPT_BEST,
    SY_OPT_SORT,
    SY_OPT_FORMAT,
    SY_OPT_CONTEXT,
    SY_OPT_HTML,
    SY_OPT_PAGER,
    SY_OPT_COUNT_BY,
    SY_OPT_GROUP,
    SY_OPT_EXPLAIN,
    SY_OPT_COLOR,
    SY_OPT_NUL,
    SY_OPT_BATCH,
    /* segment */
    SY_OPT_SUB,
    SY_OPT_NORMAL,
    SY_OPT_TOKENS,
    SY_OPT_ICU,
    /* words */
    SY_OPT_NEW,
    SY_OPT_ACCEPT,
    SY_OPT_LEAST
} sy_option_id;

typedef struct sy_option {
    sy_option_id id;
    char letter;      /* short form, or 0                                      */
    const char *name; /* long form, without dashes; never NULL                 */
    const char *arg;  /* what its argument is called; NULL: a switch, which has
                         a --no- form unless `one_way`                         */
    const char *group;
    const char *help; /* one line, lower case, no full stop                    */
    const char *more; /* what --help and the man page add, or ""               */
    bool one_way;
} sy_option;

typedef struct sy_command {
    const char *name;
    const char *summary;  /* one line                                          */
    const char *operands; /* as shown in the usage line                        */
    const char *about;    /* paragraphs for --help                             */
    const char *status;   /* exit statuses, one a line                         */
    const sy_option *options;
    size_t n_options;
    bool expressions; /* operands are query expressions: see sy_is_expression  */
} sy_command;

extern const sy_command sy_commands[];
extern const size_t sy_n_commands;

const sy_command *sy_command_find(const char *name); /* NULL if there is none */
/* The command whose name is closest to `name`, or NULL if none is close. */
const sy_command *sy_command_nearest(const char *name);

/* One option as it was given; `off` for a --no- form. */
typedef struct sy_setting {
    const sy_option *option;
    const char *value; /* NULL for a switch; borrowed from argv */
    bool off;
    bool letter; /* given as -x, not as --name */
} sy_setting;

/* The words of a command line, sorted into settings (in the order given: the
 * last one wins) and operands. */
typedef struct sy_arguments {
    const sy_command *command;
    sy_setting *settings;
    size_t n_settings;
    const char **operands; /* borrowed from argv */
    size_t n_operands;
    char *const *words; /* all of them as they were given; borrowed */
    int n_words;
} sy_arguments;

/* Takes the words after the subcommand's name apart. Short switches may be
 * bundled, arguments attached or separate; options may come after operands; `--`
 * ends them; `-` is an operand. SY_E_INPUT with a message for people. */
SY_CHECKED sy_status sy_arguments_parse(const sy_command *command, int n_words, char *const *words,
                                        sy_arguments *out, sy_error *err);
void sy_arguments_release(sy_arguments *a);

/* The last setting of an option, or NULL if it was not given. */
const sy_setting *sy_arguments_last(const sy_arguments *a, sy_option_id id);
/* A switch's last state; false if it was not given. */
bool sy_arguments_on(const sy_arguments *a, sy_option_id id);
/* An option's last value; NULL if it was not given. */
const char *sy_arguments_value(const sy_arguments *a, sy_option_id id);
/* An option's last value as a number in [low, high]; `fallback` if not given. */
SY_CHECKED sy_status sy_arguments_number(const sy_arguments *a, sy_option_id id, uint64_t low,
                                         uint64_t high, uint64_t fallback, uint64_t *out,
                                         sy_error *err);

/* True for an operand of a query that begins with '-' and yet is no option, but
 * an expression with NOT: the second character is neither an ASCII letter or
 * digit nor '-', or the word has a ':', a '=' or a byte outside ASCII. */
bool sy_is_expression(const char *word);

/* Help of one subcommand for a terminal of so many columns, translated; `long_form` adds every
 * option's second text. */
void sy_help_command(const sy_command *command, bool long_form, unsigned width, sy_buf *out);
/* Help of the program: its subcommands. */
void sy_help_program(unsigned width, sy_buf *out);

#endif
