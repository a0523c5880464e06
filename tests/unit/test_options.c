/* The table of options: sound in itself, parsed as promised, and told the same way
 * in help and man pages. */
#include "tests/support/check.h"

#include <stdio.h>

#include "base/io.h"
#include "cli/options.h"

/* Tests link the library, which has nothing of cli/: the table and its parser
 * need no more than the library and are compiled in here. */
#include "cli/fold.c"
#include "cli/option_tables.c"
#include "cli/options.c"

enum { WORDS_MOST = 16, MAN_MOST = 1 << 20 };

static void test_table_is_sound(void **state)
{
    (void)state;
    for (size_t c = 0; c < sy_n_commands; c++) {
        const sy_command *command = &sy_commands[c];
        assert_ptr_equal(sy_command_find(command->name), command);
        assert_true(command->summary[0] != '\0' && command->status[0] != '\0');
        for (size_t i = 0; i < command->n_options; i++) {
            const sy_option *o = &command->options[i];
            assert_true(o->help[0] != '\0' && o->group[0] != '\0');
            assert_true(strlen(o->help) < 60); /* one line of help */
            assert_true(o->help[strlen(o->help) - 1] != '.');
            assert_true(strncmp(o->name, "no-", 3) != 0);
            for (size_t k = 0; k < i; k++) {
                const sy_option *other = &command->options[k];
                assert_string_not_equal(o->name, other->name);
                assert_true(o->letter == 0 || o->letter != other->letter);
                assert_int_not_equal(o->id, other->id);
            }
            /* Options of one group stand together, or help names the group twice. */
            for (size_t k = 0; k + 1 < i; k++)
                assert_true(strcmp(command->options[k].group, o->group) != 0 ||
                            strcmp(command->options[k + 1].group, o->group) == 0);
        }
    }
}

/* What a command line becomes: "count limit=5 !json | expr", the settings by name
 * (! for off), then the operands; or the message. */
static const char *parsed(const char *command, const char *words)
{
    static char text[1024];
    char copy[256];
    char *argv[WORDS_MOST];
    int argc = 0;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = strtok(copy, " "); word && argc < WORDS_MOST; word = strtok(NULL, " "))
        argv[argc++] = word;
    sy_arguments args;
    sy_error err;
    sy_error_clear(&err);
    if (sy_arguments_parse(sy_command_find(command), argc, argv, &args, &err) != SY_OK) {
        assert_int_equal(err.status, SY_E_INPUT);
        assert_null(args.settings);
        snprintf(text, sizeof text, "%s", err.msg);
        return text;
    }
    sy_buf out = SY_BUF_INIT;
    for (size_t i = 0; i < args.n_settings; i++) {
        const sy_setting *s = &args.settings[i];
        sy_buf_printf(&out, "%s%s%s%s ", s->off ? "!" : "", s->option->name, s->value ? "=" : "",
                      s->value ? s->value : "");
    }
    sy_buf_puts(&out, "|");
    for (size_t i = 0; i < args.n_operands; i++)
        sy_buf_printf(&out, " %s", args.operands[i]);
    snprintf(text, sizeof text, "%s", sy_buf_cstr(&out));
    sy_buf_release(&out);
    sy_arguments_release(&args);
    return text;
}

static void test_parsing(void **state)
{
    (void)state;
    static const struct {
        const char *command, *words, *want;
    } rows[] = {
        {"query", "", "|"},
        {"query", "a b", "| a b"},
        {"query", "-c a", "count | a"},
        {"query", "a -c", "count | a"},
        {"query", "-cq a", "count quiet | a"},
        {"query", "-n5 a", "limit=5 | a"},
        {"query", "-n 5 a", "limit=5 | a"},
        {"query", "-cn5 a", "count limit=5 | a"},
        {"query", "--limit 5 a", "limit=5 | a"},
        {"query", "--limit=5 a", "limit=5 | a"},
        {"query", "--limit=5 --limit=6", "limit=5 limit=6 |"},
        {"query", "--json --no-json", "json !json |"},
        {"query", "--fields= a", "fields= | a"},
        {"query", "-- --json -c", "| --json -c"},
        {"query", "a -- -- b", "| a -- b"},
        {"query", "-", "| -"},
        {"query", "-0", "null |"},
        {"query", "-status:x", "| -status:x"},
        {"query", "-c=x", "| -c=x"},
        {"query", "-资金", "| -资金"},
        {"query", "-(a)", "| -(a)"},
        {"query", "-\"a\"", "| -\"a\""},
        {"query", "-i -x:y a", "index=-x:y | a"},
        {"index", "-i x -", "index=x | -"},
        {"index", "-ix p", "index=x | p"},
        {"index", "-i我的 p", "index=我的 | p"},
        {"index", "--lexicon a --lexicon b p", "lexicon=a lexicon=b | p"},
        {"query", "--jso a", "unknown option '--jso' of query; did you mean --json?"},
        {"query", "--jsno", "unknown option '--jsno' of query; did you mean --json?"},
        {"query", "--json=1", "--json takes no value"},
        {"query", "--no-json=1", "--no-json takes no value"},
        {"query", "--no-limit", "unknown option '--no-limit' of query; see: suoyin query --help"},
        {"query", "--no-help", "unknown option '--no-help' of query; see: suoyin query --help"},
        {"query", "--limit", "--limit needs its N"},
        {"query", "-n", "-n needs its N"},
        {"query", "-k 5", "best=5 |"},
        {"query", "-k", "-k needs its N"},
        {"query", "--sort", "--sort needs its FIELD"},
        {"index", "--csv", "unknown option '--csv' of index; see: suoyin index --help"},
        {"index", "-x", "unknown option '-x' of index; see: suoyin index --help"},
        {"index", "-资", "unknown option '-资' of index; see: suoyin index --help"},
        {"query", "-x",
         "unknown option '-x' of query; an expression that begins with '-' goes after --, a text "
         "that does in quotes of its own: '\"-x\"'; see: "
         "suoyin query --help"},
        {"query", "--资",
         "unknown option '--资' of query; an expression that begins with '-' goes after --, a text "
         "that does in quotes of its own: '\"-x\"'; see: "
         "suoyin query --help"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(parsed(rows[i].command, rows[i].words), rows[i].want);
}

static void test_values(void **state)
{
    (void)state;
    char *words[] = {"--limit=7", "--json", "--json", "--no-json", "--offset=x", "--any"};
    sy_arguments args;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_arguments_parse(sy_command_find("query"), 6, words, &args, &err), &err);
    uint64_t n;
    check_ok(sy_arguments_number(&args, SY_OPT_LIMIT, 1, UINT64_MAX, 0, &n, &err), &err);
    assert_int_equal(n, 7);
    assert_int_equal(sy_arguments_number(&args, SY_OPT_LIMIT, 1, 6, 0, &n, &err), SY_E_INPUT);
    assert_string_equal(err.msg, "--limit wants a number from 1 to 6, not '7'");
    sy_error_clear(&err);
    assert_int_equal(sy_arguments_number(&args, SY_OPT_OFFSET, 0, UINT64_MAX, 0, &n, &err),
                     SY_E_INPUT);
    assert_string_equal(err.msg, "--offset wants a number from 0 up, not 'x'");
    assert_false(sy_arguments_on(&args, SY_OPT_JSON));
    assert_true(sy_arguments_on(&args, SY_OPT_ANY));
    assert_false(sy_arguments_on(&args, SY_OPT_TSV));
    assert_null(sy_arguments_value(&args, SY_OPT_FIELDS));
    sy_arguments_release(&args);
}

static void test_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "-1",  "+1",  " 1",
                                      "1 ", "0x1", "1.5", "99999999999999999999"};
    uint64_t n;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(parse_number(bad[i], &n));
    assert_true(parse_number("0", &n));
    assert_int_equal(n, 0);
    assert_true(parse_number("1000000000000", &n));
    assert_true(n == 1000000000000);
}

static void test_nearest_command(void **state)
{
    (void)state;
    assert_string_equal(sy_command_nearest("qurey")->name, "query");
    assert_string_equal(sy_command_nearest("ind")->name, "index");
    assert_string_equal(sy_command_nearest("segments")->name, "segment");
    assert_null(sy_command_nearest("frobnicate"));
    assert_null(sy_command_nearest(""));
}

/* "\-\-keep\-variants": as a man page has it. */
static void put_roff(sy_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == '\\')
            sy_buf_putc(out, '\\');
        sy_buf_putc(out, *text);
    }
}

static void test_help_and_man_pages_tell_every_option(void **state)
{
    (void)state;
    sy_error err;
    sy_error_clear(&err);
    for (size_t c = 0; c < sy_n_commands; c++) {
        const sy_command *command = &sy_commands[c];
        sy_buf help = SY_BUF_INIT, page = SY_BUF_INIT, want = SY_BUF_INIT;
        sy_help_command(command, true, HELP_WIDTH, &help);
        char path[128];
        snprintf(path, sizeof path, "man/suoyin-%s.1", command->name);
        check_ok(sy_read_file(path, MAN_MOST, &page, &err), &err);
        size_t paragraphs = 0;
        for (const char *at = page.data; (at = strstr(at, "\n.TP\n")) != NULL; at++)
            paragraphs++;
        for (size_t i = 0; i < command->n_options; i++) {
            const sy_option *o = &command->options[i];
            sy_buf_reset(&want);
            sy_buf_printf(&want, "--%s%s%s", o->name, o->arg ? "=" : "", o->arg ? o->arg : "");
            assert_non_null(strstr(help.data, want.data));
            sy_buf_reset(&want);
            sy_buf_puts(&want, "\n.TP\n.B ");
            if (o->letter) {
                char letter[3] = {'-', o->letter, '\0'};
                put_roff(&want, letter);
                sy_buf_puts(&want, ", ");
            }
            sy_buf_puts(&want, "\\-\\-");
            put_roff(&want, o->name);
            if (o->arg)
                sy_buf_printf(&want, "=\\fI%s\\fP", o->arg);
            sy_buf_putc(&want, '\n');
            if (!strstr(page.data, want.data))
                fail_msg("%s does not have:%s", path, want.data);
        }
        /* None too many: only options are told in tagged paragraphs. */
        assert_int_equal(paragraphs, command->n_options);
        for (const char *line = help.data; *line != '\0';) {
            size_t len = strcspn(line, "\n");
            assert_true(len <= HELP_WIDTH);
            line += len + (line[len] == '\n');
        }
        sy_buf_release(&help);
        sy_buf_release(&page);
        sy_buf_release(&want);
    }
}

/* Whether a line of a script calls the command with the option, by its letter or its name. */
static bool line_uses(const char *line, size_t len, const char *command, const sy_option *o)
{
    char text[2048], verb[64], name[64];
    if (len >= sizeof text)
        return false;
    memcpy(text, line, len);
    text[len] = '\0';
    snprintf(verb, sizeof verb, " %s ", command);
    const char *at = strstr(text, verb);
    if (!at)
        return false;
    snprintf(name, sizeof name, " --%s", o->name);
    for (const char *p = at; (p = strstr(p, name)) != NULL; p++) {
        char behind = p[strlen(name)];
        if (behind == '\0' || behind == ' ' || behind == '=')
            return true;
    }
    snprintf(name, sizeof name, " -%c", o->letter);
    return o->letter && strstr(at, name) != NULL;
}

static bool scripts_use(const sy_buf *scripts, const char *command, const sy_option *o)
{
    bool used = false;
    for (const char *line = sy_buf_cstr(scripts); *line != '\0' && !used;) {
        size_t len = strcspn(line, "\n");
        used = line_uses(line, len, command, o);
        line += len + (line[len] == '\n');
    }
    return used;
}

/* Each option of each command is in some test of the command line. */
static void test_every_option_is_tried(void **state)
{
    (void)state;
    sy_names names;
    sy_buf scripts = SY_BUF_INIT, untried = SY_BUF_INIT;
    check_ok(sy_list_folder("tests/cli", &names, NULL), NULL);
    for (size_t i = 0; i < names.n; i++) {
        char path[512];
        sy_buf one = SY_BUF_INIT;
        size_t len = strlen(names.items[i]);
        if (len < 3 || strcmp(names.items[i] + len - 3, ".sh") != 0)
            continue;
        snprintf(path, sizeof path, "tests/cli/%s", names.items[i]);
        check_ok(sy_read_file(path, MAN_MOST, &one, NULL), NULL);
        sy_buf_append(&scripts, one.data, one.len);
        sy_buf_release(&one);
    }
    for (size_t c = 0; c < sy_n_commands; c++) {
        const sy_command *command = &sy_commands[c];
        for (size_t i = 0; i < command->n_options; i++)
            if (!scripts_use(&scripts, command->name, &command->options[i]))
                sy_buf_printf(&untried, " %s --%s", command->name, command->options[i].name);
    }
    if (untried.len > 0)
        fail_msg("no test in tests/cli uses%s", untried.data);
    sy_buf_release(&scripts);
    sy_buf_release(&untried);
    sy_names_release(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_sound),
        cmocka_unit_test(test_parsing),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_nearest_command),
        cmocka_unit_test(test_help_and_man_pages_tell_every_option),
        cmocka_unit_test(test_every_option_is_tried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
