#include "cli/options.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/messages.h"
#include "cli/fold.h"
#include "segmenter/width.h"

enum { NAME_MAX_BYTES = 64, FAR = 1000 };

/* Edit distance of two short ASCII words, a swap of neighbours counting one
 * (optimal string alignment). Long words are far from everything. */
static unsigned distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n >= NAME_MAX_BYTES || m >= NAME_MAX_BYTES)
        return FAR;
    unsigned rows[3][NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = rows[i % 3];
        const unsigned *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned best = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[n % 3][m];
}

/* How far `typed` is from `name`; a beginning of three letters or more is near. */
static unsigned unlikeness(const char *typed, const char *name)
{
    size_t n = strlen(typed);
    if (n >= 3 && strncmp(typed, name, n) == 0)
        return 1;
    unsigned d = distance(typed, name);
    /* A third of the letters may be wrong: past that a guess only confuses. */
    return d <= 1 || d * 3 <= strlen(name) ? d : FAR;
}

const sy_command *sy_command_find(const char *name)
{
    for (size_t i = 0; i < sy_n_commands; i++)
        if (strcmp(sy_commands[i].name, name) == 0)
            return &sy_commands[i];
    return NULL;
}

const sy_command *sy_command_nearest(const char *name)
{
    const sy_command *best = NULL;
    unsigned best_distance = FAR;
    for (size_t i = 0; i < sy_n_commands; i++) {
        unsigned d = unlikeness(name, sy_commands[i].name);
        if (d < best_distance) {
            best = &sy_commands[i];
            best_distance = d;
        }
    }
    return best;
}

bool sy_is_expression(const char *word)
{
    if (word[0] != '-' || word[1] == '\0' || word[1] == '-')
        return false;
    unsigned char second = (unsigned char)word[1];
    bool letter = (second >= 'a' && second <= 'z') || (second >= 'A' && second <= 'Z');
    if (!letter && !(second >= '0' && second <= '9'))
        return true;
    for (const char *p = word; *p != '\0'; p++)
        if (*p == ':' || *p == '=' || (unsigned char)*p >= 0x80)
            return true;
    return false;
}

static const sy_option *find_letter(const sy_command *command, char letter)
{
    for (size_t i = 0; i < command->n_options; i++)
        if (command->options[i].letter == letter)
            return &command->options[i];
    return NULL;
}

static const sy_option *find_name(const sy_command *command, const char *name, size_t len)
{
    for (size_t i = 0; i < command->n_options; i++) {
        const char *own = command->options[i].name;
        if (strlen(own) == len && memcmp(own, name, len) == 0)
            return &command->options[i];
    }
    return NULL;
}

/* Whether it has only what names of options have. */
static bool is_name(const char *word)
{
    return word[strspn(word, "-abcdefghijklmnopqrstuvwxyz")] == '\0';
}

/* Fails for the option `word` (dashes included, value cut off), which this
 * command does not have. */
static sy_status fail_unknown(const sy_command *command, const char *word, sy_error *err)
{
    const sy_option *best = NULL;
    unsigned best_distance = FAR;
    bool is_long = word[1] == '-';
    for (size_t i = 0; is_long && i < command->n_options; i++) {
        unsigned d = unlikeness(word + 2, command->options[i].name);
        if (d < best_distance) {
            best = &command->options[i];
            best_distance = d;
        }
    }
    if (best)
        return sy_fail(err, SY_E_INPUT, NULL, "unknown option '%s' of %s; did you mean --%s?", word,
                       command->name, best->name);
    if (command->expressions && (!is_long || !is_name(word)))
        return sy_fail(err, SY_E_INPUT, NULL,
                       "unknown option '%s' of %s; an expression that begins with '-' goes after "
                       "--, a text that does in quotes of its own: '\"-x\"'; see: suoyin %s --help",
                       word, command->name, command->name);
    return sy_fail(err, SY_E_INPUT, NULL, "unknown option '%s' of %s; see: suoyin %s --help", word,
                   command->name, command->name);
}

static void add_setting(sy_arguments *a, const sy_option *option, const char *value, bool off,
                        bool letter)
{
    a->settings[a->n_settings++] = (sy_setting){option, value, off, letter};
}

/* One word that begins with two dashes and has more. *i is the word's index and
 * moves past an argument that is a word of its own. */
static sy_status parse_long(sy_arguments *a, int n_words, char *const *words, int *i, sy_error *err)
{
    const char *name = words[*i] + 2;
    size_t len = strcspn(name, "=");
    const char *value = name[len] == '=' ? name + len + 1 : NULL;
    const sy_option *option = find_name(a->command, name, len);
    bool off = false;
    if (!option && len > 3 && strncmp(name, "no-", 3) == 0) {
        option = find_name(a->command, name + 3, len - 3);
        off = true;
        if (option && (option->arg || option->one_way))
            option = NULL;
    }
    if (!option) {
        char shown[NAME_MAX_BYTES];
        snprintf(shown, sizeof shown, "--%.*s", len < 40 ? (int)len : 40, name);
        return fail_unknown(a->command, shown, err);
    }
    if (!option->arg && value)
        return sy_fail(err, SY_E_INPUT, NULL, "--%.*s takes no value", (int)len, name);
    if (option->arg && !value) {
        if (*i + 1 >= n_words)
            return sy_fail(err, SY_E_INPUT, NULL, "--%s needs its %s", option->name, option->arg);
        value = words[++*i];
    }
    add_setting(a, option, value, off, false);
    return SY_OK;
}

/* One word of short options: "-qc", "-n5", "-n" "5". */
static sy_status parse_letters(sy_arguments *a, int n_words, char *const *words, int *i,
                               sy_error *err)
{
    for (const char *p = words[*i] + 1; *p != '\0'; p++) {
        const sy_option *option = find_letter(a->command, *p);
        if (!option) {
            char shown[3] = {'-', *p, '\0'};
            /* Half a character would not be text: name the whole word then. */
            bool ascii = (unsigned char)*p < 0x80;
            return fail_unknown(a->command, ascii ? shown : words[*i], err);
        }
        if (!option->arg) {
            add_setting(a, option, NULL, false, true);
            continue;
        }
        const char *value = p + 1;
        if (*value == '\0') {
            if (*i + 1 >= n_words)
                return sy_fail(err, SY_E_INPUT, NULL, "-%c needs its %s", *p, option->arg);
            value = words[++*i];
        }
        add_setting(a, option, value, false, true);
        break;
    }
    return SY_OK;
}

sy_status sy_arguments_parse(const sy_command *command, int n_words, char *const *words,
                             sy_arguments *out, sy_error *err)
{
    *out = (sy_arguments){.command = command, .words = words, .n_words = n_words};
    size_t most = 0; /* a bundle of short switches is one word with many settings */
    for (int i = 0; i < n_words; i++)
        most += strlen(words[i]) + 1;
    out->settings = sy_calloc(most, sizeof *out->settings);
    out->operands = sy_calloc((size_t)n_words, sizeof *out->operands);
    sy_status st = out->settings && out->operands ? SY_OK : sy_fail_nomem(err);
    bool only_operands = false;
    for (int i = 0; st == SY_OK && i < n_words; i++) {
        const char *word = words[i];
        if (!only_operands && strcmp(word, "--") == 0)
            only_operands = true;
        else if (only_operands || word[0] != '-' || word[1] == '\0' ||
                 (command->expressions && sy_is_expression(word)))
            out->operands[out->n_operands++] = word;
        else if (word[1] == '-')
            st = parse_long(out, n_words, words, &i, err);
        else
            st = parse_letters(out, n_words, words, &i, err);
    }
    if (st != SY_OK)
        sy_arguments_release(out);
    return st;
}

void sy_arguments_release(sy_arguments *a)
{
    sy_free(a->settings);
    sy_free((void *)a->operands);
    *a = (sy_arguments){0};
}

const sy_setting *sy_arguments_last(const sy_arguments *a, sy_option_id id)
{
    for (size_t i = a->n_settings; i-- > 0;)
        if (a->settings[i].option->id == id)
            return &a->settings[i];
    return NULL;
}

bool sy_arguments_on(const sy_arguments *a, sy_option_id id)
{
    const sy_setting *s = sy_arguments_last(a, id);
    return s && !s->off;
}

const char *sy_arguments_value(const sy_arguments *a, sy_option_id id)
{
    const sy_setting *s = sy_arguments_last(a, id);
    return s ? s->value : NULL;
}

/* Decimal digits only: no sign, no blank, no overflow. */
static bool parse_number(const char *text, uint64_t *out)
{
    uint64_t v = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || v > (UINT64_MAX - 9) / 10)
            return false;
        v = v * 10 + (uint64_t)(*text - '0');
    }
    *out = v;
    return true;
}

sy_status sy_arguments_number(const sy_arguments *a, sy_option_id id, uint64_t low, uint64_t high,
                              uint64_t fallback, uint64_t *out, sy_error *err)
{
    *out = fallback;
    const sy_setting *s = sy_arguments_last(a, id);
    if (!s)
        return SY_OK;
    uint64_t v = 0;
    if (!parse_number(s->value, &v) || v < low || v > high) {
        if (high == UINT64_MAX)
            return sy_fail(err, SY_E_INPUT, NULL, "--%s wants a number from %llu up, not '%s'",
                           s->option->name, (unsigned long long)low, s->value);
        return sy_fail(err, SY_E_INPUT, NULL, "--%s wants a number from %llu to %llu, not '%s'",
                       s->option->name, (unsigned long long)low, (unsigned long long)high,
                       s->value);
    }
    *out = v;
    return SY_OK;
}

/* Help is folded to the terminal, but no wider than is good to read; on a narrow one the
 * texts of options stand below their names. */
enum { HELP_COLUMN = 26, HELP_COLUMN_NARROW = 8, HELP_NARROW = 60, HELP_WIDTH = 80 };

static unsigned help_width(unsigned width)
{
    return width < HELP_WIDTH ? width : HELP_WIDTH;
}

static void put_option(const sy_option *o, bool long_form, unsigned width, sy_buf *out)
{
    unsigned column = width < HELP_NARROW ? HELP_COLUMN_NARROW : HELP_COLUMN;
    sy_buf line = SY_BUF_INIT;
    if (o->letter)
        sy_buf_printf(&line, "  -%c, ", o->letter);
    else
        sy_buf_puts(&line, "      ");
    sy_buf_printf(&line, "--%s%s%s", o->name, o->arg ? "=" : "", o->arg ? o->arg : "");
    sy_buf_append(out, sy_buf_cstr(&line), line.len);
    if (line.len + 2 > column)
        sy_buf_printf(out, "\n%*s", (int)column, "");
    else
        sy_buf_printf(out, "%*s", (int)(column - line.len), "");
    sy_put_folded(out, _(o->help), column, width);
    if (long_form && *o->more != '\0') {
        sy_buf_printf(out, "%*s", (int)column, "");
        sy_put_folded(out, _(o->more), column, width);
    }
    sy_buf_release(&line);
}

/* A text whose lines all stand behind its head. */
static void put_headed(sy_buf *out, const char *head, const char *text, unsigned width)
{
    sy_buf_puts(out, head);
    sy_put_folded(out, text, (unsigned)sy_text_width(head, strlen(head)), width);
}

static void put_usage(sy_buf *out, const char *command, const char *operands, unsigned width)
{
    sy_buf text = SY_BUF_INIT;
    sy_buf_printf(&text, "suoyin %s %s", command, operands);
    put_headed(out, _("usage: "), sy_buf_cstr(&text), width);
    sy_buf_putc(out, '\n');
    sy_buf_release(&text);
}

void sy_help_command(const sy_command *command, bool long_form, unsigned width, sy_buf *out)
{
    width = help_width(width);
    put_usage(out, command->name, command->operands, width);
    sy_put_folded(out, _(command->summary), 0, width);
    if (long_form && *command->about != '\0') {
        sy_buf_putc(out, '\n');
        sy_put_folded(out, _(command->about), 0, width);
    }
    const char *group = "";
    for (size_t i = 0; i < command->n_options; i++) {
        const sy_option *o = &command->options[i];
        if (strcmp(o->group, group) != 0) {
            group = o->group;
            sy_buf_printf(out, _("\n%s:\n"), _(group));
        }
        put_option(o, long_form, width, out);
    }
    sy_buf_putc(out, '\n');
    sy_put_folded(out, _("A switch --x is turned off again by --no-x; the last one wins."), 0,
                  width);
    sy_buf_putc(out, '\n');
    put_headed(out, _("Exit status: "), _(command->status), width);
    if (!long_form) {
        sy_buf more = SY_BUF_INIT;
        sy_buf_printf(&more, _("More: suoyin %s --help, man suoyin-%s"), command->name,
                      command->name);
        sy_put_fitting(out, sy_buf_cstr(&more), width);
        sy_buf_release(&more);
    }
}

/* A line of a list: what it is about, in a column of its own, and what that is. */
static void put_item(sy_buf *out, const char *name, unsigned column, const char *text,
                     unsigned width)
{
    sy_buf_printf(out, "  %-*s", (int)column - 2, name);
    sy_put_folded(out, text, column, width);
}

void sy_help_program(unsigned width, sy_buf *out)
{
    enum { COMMANDS = 13, OPTIONS = 17 };
    width = help_width(width);
    put_usage(out, "COMMAND", "[options] ...", width);
    sy_put_folded(out, _("A full-text index and query tool for Chinese records with named fields."),
                  0, width);
    sy_buf_printf(out, _("\n%s:\n"), _("Commands"));
    for (size_t i = 0; i < sy_n_commands; i++)
        put_item(out, sy_commands[i].name, COMMANDS, _(sy_commands[i].summary), width);
    put_item(out, "help", COMMANDS, _("show the help of a command: suoyin help COMMAND"), width);
    sy_buf_printf(out, _("\n%s:\n"), _("Options"));
    put_item(out, "-h, --help", OPTIONS, _("show this text"), width);
    put_item(out, "-V, --version", OPTIONS,
             _("show the versions of the program, the index format and ICU"), width);
    sy_buf_printf(out, _("\n%s:\n"), _("Start with"));
    sy_buf_puts(out, "  suoyin index -i my.idx PATH...\n"
                     "  suoyin query -i my.idx 'unit:NAME status:WORD'\n");
}
