/* The program: finds the subcommand, parses its options, runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/messages.h"
#include "cli/cli.h"
#include "cli/language.h"
#include "cli/term.h"
#include "segmenter/cut.h"
#include "store/format.h"

static int print_and_end(sy_buf *out)
{
    sy_error err;
    sy_error_clear(&err);
    sy_status st = sy_print_out(out, &err);
    if (st == SY_OK)
        st = sy_print_flush(&err);
    sy_buf_release(out);
    return st == SY_OK ? SY_EXIT_OK : sy_say_failure(&err, NULL);
}

static int show_version(void)
{
    sy_buf out = SY_BUF_INIT;
    sy_buf_printf(&out, _("suoyin %s\nindex format %u\nICU %s\n"), SY_VERSION,
                  (unsigned)SY_FORMAT_VERSION, sy_icu_version());
    return print_and_end(&out);
}

static int show_help(const sy_command *command, bool long_form)
{
    sy_buf out = SY_BUF_INIT;
    unsigned width = sy_term_width(STDOUT_FILENO);
    if (command)
        sy_help_command(command, long_form, width, &out);
    else
        sy_help_program(width, &out);
    return print_and_end(&out);
}

static int fail_command(const char *name)
{
    const sy_command *near = sy_command_nearest(name);
    bool option = name[0] == '-';
    if (near && option)
        sy_say("unknown option '%s'; did you mean %s?", name, near->name);
    else if (near)
        sy_say("unknown command '%s'; did you mean %s?", name, near->name);
    else if (option)
        sy_say("unknown option '%s'; see: suoyin --help", name);
    else
        sy_say("unknown command '%s'; see: suoyin --help", name);
    return SY_EXIT_FAILED;
}

static int help_for(int n_words, char *const *words)
{
    if (n_words == 0)
        return show_help(NULL, true);
    const sy_command *command = sy_command_find(words[0]);
    return command ? show_help(command, true) : fail_command(words[0]);
}

static int run(const sy_command *command, int n_words, char *const *words)
{
    static const struct {
        const char *name;
        int (*run)(const sy_arguments *args);
    } runners[] = {{"index", sy_cmd_index},     {"query", sy_cmd_query},
                   {"segment", sy_cmd_segment}, {"words", sy_cmd_words},
                   {"lexicon", sy_cmd_lexicon}, {"verify", sy_cmd_verify},
                   {"info", sy_cmd_info},       {"completion", sy_cmd_completion}};
    sy_arguments args;
    sy_error err;
    sy_error_clear(&err);
    if (sy_arguments_parse(command, n_words, words, &args, &err) != SY_OK)
        return sy_say_failure(&err, NULL);
    int status = SY_EXIT_FAILED;
    const sy_setting *help = sy_arguments_last(&args, SY_OPT_HELP);
    if (help) {
        status = show_help(command, !help->letter);
    } else {
        for (size_t i = 0; i < sizeof runners / sizeof *runners; i++)
            if (strcmp(runners[i].name, command->name) == 0)
                status = runners[i].run(&args);
    }
    sy_arguments_release(&args);
    return status;
}

/* No suoyin cuts a file of an index; when someone else does while it is mapped, or its
 * disk fails, the kernel sends this. Only what signal-safety(7) lists may be called. */
static void on_sigbus(int number)
{
    (void)number;
    static const char message[] =
        "suoyin: a file of the index was cut short while it was read, or its disk failed\n";
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(SY_EXIT_FAILED);
}

int main(int argc, char **argv)
{
    sy_language_start();
    signal(SIGBUS, on_sigbus);
    /* A reader that closes the pipe ends us quietly, whatever we inherited. */
    signal(SIGPIPE, SIG_DFL);
    /* Past a limit of the size of files a write fails, as on a full disk. */
    signal(SIGXFSZ, SIG_IGN);
    if (argc < 2) {
        sy_say("no command given; see: suoyin --help");
        return SY_EXIT_FAILED;
    }
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        return show_version();
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return show_help(NULL, true);
    if (strcmp(name, "help") == 0)
        return help_for(argc - 2, argv + 2);
    const sy_command *command = sy_command_find(name);
    return command ? run(command, argc - 2, argv + 2) : fail_command(name);
}
