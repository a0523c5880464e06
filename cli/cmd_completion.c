/* suoyin completion: scripts by which bash, zsh and fish complete a command line. Commands
 * and options come from the table of options, fields and names from the index. */
#include "base/messages.h"
#include "cli/cli.h"
#include "cli/term.h"

/* What the argument of an option is: files, or one of some words. */
static const char *words_of(const sy_option *o)
{
    switch (o->id) {
    case SY_OPT_COLOR:
    case SY_OPT_PAGER:
        return "auto always never";
    case SY_OPT_GROUP:
        return "row";
    default:
        return "";
    }
}

static bool takes_file(const sy_option *o)
{
    return strcmp(o->arg, "FILE") == 0 || strcmp(o->arg, "DIR") == 0;
}

static bool takes_field(const sy_option *o)
{
    return o->id == SY_OPT_SORT || o->id == SY_OPT_COUNT_BY || o->id == SY_OPT_FIELDS;
}

static void put_options(const sy_command *c, sy_buf *out)
{
    for (size_t i = 0; i < c->n_options; i++) {
        const sy_option *o = &c->options[i];
        sy_buf_printf(out, "%s--%s%s", i > 0 ? " " : "", o->name, o->arg ? "=" : "");
        if (o->letter)
            sy_buf_printf(out, " -%c", o->letter);
    }
}

/* What follows = in --option=value and field=name is completed as after a space and a colon:
 * Readline replaces only what stands behind these signs. A value after `field:` is one of the names
 * that the field has; asked for with what was typed of it, so that few come. `py:` is offered where
 * `suoyin info` shows it. */
static const char bash_head[] =
    "# Completion of suoyin's words in bash; made by: suoyin completion bash\n"
    "_suoyin_fields() {\n"
    "    LC_ALL=C suoyin info \"$@\" 2>/dev/null | sed -n '/^fields:/,/^[^ ]/s/^  \\([^ ]*\\) "
    ".*/\\1/p'\n"
    "}\n"
    "_suoyin_names() {\n"
    "    suoyin query --count-by \"$1\" \"${@:2}\" -n 500 '*' 2>/dev/null | cut -f 2\n"
    "}\n"
    "_suoyin() {\n"
    "    local cur prev words cword index=() i head\n"
    "    COMPREPLY=()\n"
    "    cur=${COMP_LINE:0:COMP_POINT}\n"
    "    read -ra words <<<\"$cur\"\n"
    "    [[ $cur == *' ' ]] && words+=('')\n"
    "    cword=$((${#words[@]} - 1))\n"
    "    cur=${words[cword]}\n"
    "    prev=${words[cword - 1]}\n"
    "    for ((i = 1; i + 1 < cword; i++)); do\n"
    "        [[ ${words[i]} == -i || ${words[i]} == --index ]] && index=(-i \"${words[i + 1]}\")\n"
    "        [[ ${words[i]} == --index=* ]] && index=(\"${words[i]}\")\n"
    "    done\n"
    "    if ((cword == 1)); then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$_suoyin_commands\" -- \"$cur\")\n"
    "        return\n"
    "    fi\n"
    "    if [[ $cur == --*=* && $COMP_WORDBREAKS == *=* ]]; then\n"
    "        prev=${cur%%=*}\n"
    "        cur=${cur#*=}\n"
    "    elif [[ $cur == -* ]]; then\n"
    "        local -n options=_suoyin_options_${words[1]}\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"${options-}\" -- \"$cur\")\n"
    "        [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
    "        return\n"
    "    fi\n"
    "    case $prev in\n";

static const char bash_tail[] =
    "    esac\n"
    "    if [[ ${words[1]} == query && $cur == *[:=]* ]]; then\n"
    "        head=${cur%\"${cur#*[:=]}\"}\n"
    "        mapfile -t COMPREPLY < <(_suoyin_names \"${head%?}\" \"${index[@]}\" | grep -F -- "
    "\"${cur#*[:=]}\")\n"
    "        [[ $COMP_WORDBREAKS == *\"${head: -1}\"* ]] || "
    "COMPREPLY=(\"${COMPREPLY[@]/#/$head}\")\n"
    "    elif [[ ${words[1]} == query ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$(_suoyin_fields \"${index[@]}\" | sed "
    "'s/$/:/'\n"
    "            suoyin info \"${index[@]}\" 2>/dev/null | grep -o -m 1 '  py:$')\" -- \"$cur\")\n"
    "        compopt -o nospace\n"
    "    elif [[ ${words[1]} == completion ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- \"$cur\")\n"
    "    else\n"
    "        compopt -o default\n"
    "    fi\n"
    "}\n"
    "complete -F _suoyin suoyin\n";

static void put_bash(sy_buf *out)
{
    sy_buf_puts(out, bash_head);
    for (size_t c = 0; c < sy_n_commands; c++) {
        for (size_t i = 0; i < sy_commands[c].n_options; i++) {
            const sy_option *o = &sy_commands[c].options[i];
            bool seen = false; /* in a command before */
            for (size_t b = 0; b < c; b++)
                for (size_t k = 0; k < sy_commands[b].n_options; k++)
                    seen |= strcmp(sy_commands[b].options[k].name, o->name) == 0;
            if (seen || !o->arg)
                continue;
            sy_buf_printf(out, "    --%s", o->name);
            if (o->letter)
                sy_buf_printf(out, " | -%c", o->letter);
            sy_buf_puts(out, ")\n");
            if (takes_field(o))
                sy_buf_puts(out, "        mapfile -t COMPREPLY < <(compgen -W "
                                 "\"$(_suoyin_fields \"${index[@]}\")\" -- \"$cur\")\n");
            else if (*words_of(o))
                sy_buf_printf(out,
                              "        mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")\n",
                              words_of(o));
            else if (takes_file(o))
                sy_buf_puts(out, "        compopt -o default\n");
            sy_buf_puts(out, "        return\n        ;;\n");
        }
    }
    sy_buf_puts(out, bash_tail);
    sy_buf_puts(out, "_suoyin_commands='");
    for (size_t c = 0; c < sy_n_commands; c++)
        sy_buf_printf(out, "%s%s", c > 0 ? " " : "", sy_commands[c].name);
    sy_buf_puts(out, "'\n");
    for (size_t c = 0; c < sy_n_commands; c++) {
        sy_buf_printf(out, "_suoyin_options_%s='", sy_commands[c].name);
        put_options(&sy_commands[c], out);
        sy_buf_puts(out, "'\n");
    }
}

/* A text inside '...' of a shell, without what _arguments reads as its own. */
static void put_quoted(sy_buf *out, const char *text, const char *dropped)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            sy_buf_puts(out, "'\\''");
        else if (!strchr(dropped, *text))
            sy_buf_putc(out, *text);
    }
}

static void put_zsh_option(const sy_option *o, sy_buf *out)
{
    const char *action = o->arg ? ":" : "";
    sy_buf_puts(out, "            ");
    if (o->letter)
        sy_buf_printf(out, "'(-%c --%s)'{-%c,--%s%s}'[", o->letter, o->name, o->letter, o->name,
                      o->arg ? "=" : "");
    else
        sy_buf_printf(out, "'--%s%s[", o->name, o->arg ? "=" : "");
    put_quoted(out, _(o->help), "[]:");
    sy_buf_printf(out, "]%s", action);
    if (o->arg) {
        put_quoted(out, o->arg, ":");
        if (takes_field(o))
            sy_buf_puts(out, ":_suoyin_fields");
        else if (*words_of(o))
            sy_buf_printf(out, ":(%s)", words_of(o));
        else
            sy_buf_puts(out, takes_file(o) ? ":_files" : ": ");
    }
    sy_buf_puts(out, "' \\\n");
}

static void put_zsh(sy_buf *out)
{
    sy_buf_puts(out, "#compdef suoyin\n"
                     "# Completion of suoyin's words in zsh; made by: suoyin completion zsh\n"
                     "_suoyin_fields() {\n"
                     "    local -a fields\n"
                     "    fields=(${(f)\"$(LC_ALL=C suoyin info 2>/dev/null |"
                     " sed -n '/^fields:/,/^[^ ]/s/^  \\([^ ]*\\) .*/\\1/p')\"})\n"
                     "    compadd \"$@\" -a fields\n"
                     "}\n"
                     "_suoyin_terms() {\n"
                     "    if compset -P 1 '*[:=]'; then\n"
                     "        local -a names\n"
                     "        names=(${(f)\"$(suoyin query --count-by ${IPREFIX%[:=]} -n 500 '*'"
                     " 2>/dev/null | cut -f 2)\"})\n"
                     "        compadd -a names\n"
                     "    else\n"
                     "        _suoyin_fields -S :\n"
                     "        suoyin info 2>/dev/null | grep -q '  py:$' && compadd -S : py\n"
                     "    fi\n"
                     "}\n"
                     "_suoyin() {\n"
                     "    local -a commands=(\n");
    for (size_t c = 0; c < sy_n_commands; c++) {
        sy_buf_printf(out, "        '%s:", sy_commands[c].name);
        put_quoted(out, _(sy_commands[c].summary), ":");
        sy_buf_puts(out, "'\n");
    }
    sy_buf_puts(out, "    )\n"
                     "    if ((CURRENT == 2)); then\n"
                     "        _describe command commands\n"
                     "        return\n"
                     "    fi\n"
                     "    local command=$words[2]\n"
                     "    shift words\n"
                     "    ((CURRENT--))\n"
                     "    case $command in\n");
    for (size_t c = 0; c < sy_n_commands; c++) {
        const sy_command *command = &sy_commands[c];
        sy_buf_printf(out, "    %s)\n        _arguments -s \\\n", command->name);
        for (size_t i = 0; i < command->n_options; i++)
            put_zsh_option(&command->options[i], out);
        sy_buf_printf(out, "            '*:operand:%s'\n        ;;\n",
                      command->expressions                       ? "_suoyin_terms"
                      : strcmp(command->name, "completion") == 0 ? "(bash zsh fish)"
                                                                 : "_files");
    }
    sy_buf_puts(out, "    esac\n}\n_suoyin \"$@\"\n");
}

static void put_fish(sy_buf *out)
{
    sy_buf_puts(out, "# Completion of suoyin's words in fish; made by: suoyin completion fish\n"
                     "function __suoyin_fields\n"
                     "    env LC_ALL=C suoyin info 2>/dev/null | sed -n '/^fields:/,/^[^ ]/s/^  "
                     "\\([^ ]*\\) .*/\\1/p'\n"
                     "end\n"
                     "function __suoyin_terms\n"
                     "    set -l word (commandline -ct)\n"
                     "    if set -l head (string match -r '^[^:=]+[:=]' -- $word)\n"
                     "        set -l field (string replace -r '.$' '' -- $head)\n"
                     "        suoyin query --count-by $field -n 500 '*' 2>/dev/null | cut -f 2 |"
                     " string replace -r '^' $head\n"
                     "    else\n"
                     "        __suoyin_fields | string replace -r '$' ':'\n"
                     "        env LC_ALL=C suoyin info 2>/dev/null | string match -q '*  py:'; and "
                     "echo py:\n"
                     "    end\n"
                     "end\n"
                     "complete -c suoyin -f\n");
    for (size_t c = 0; c < sy_n_commands; c++) {
        const sy_command *command = &sy_commands[c];
        sy_buf_printf(out, "complete -c suoyin -n __fish_use_subcommand -a %s -d '", command->name);
        put_quoted(out, _(command->summary), "");
        sy_buf_puts(out, "'\n");
        for (size_t i = 0; i < command->n_options; i++) {
            const sy_option *o = &command->options[i];
            sy_buf_printf(out, "complete -c suoyin -n '__fish_seen_subcommand_from %s' -l %s",
                          command->name, o->name);
            if (o->letter)
                sy_buf_printf(out, " -s %c", o->letter);
            if (o->arg)
                sy_buf_puts(out, takes_field(o)  ? " -x -a '(__suoyin_fields)'"
                                 : takes_file(o) ? " -r -F"
                                                 : " -x");
            if (*words_of(o))
                sy_buf_printf(out, " -a '%s'", words_of(o));
            sy_buf_puts(out, " -d '");
            put_quoted(out, _(o->help), "");
            sy_buf_puts(out, "'\n");
        }
        sy_buf_printf(out, "complete -c suoyin -n '__fish_seen_subcommand_from %s' %s\n",
                      command->name,
                      command->expressions                       ? "-a '(__suoyin_terms)'"
                      : strcmp(command->name, "completion") == 0 ? "-a 'bash zsh fish'"
                                                                 : "-F");
    }
}

int sy_cmd_completion(const sy_arguments *args)
{
    static const struct {
        const char *name;
        void (*put)(sy_buf *out);
    } shells[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};
    sy_buf out = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    for (size_t i = 0; args->n_operands == 1 && i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(shells[i].name, args->operands[0]) == 0)
            shells[i].put(&out);
    }
    if (out.len == 0) {
        sy_say("completion wants one of bash, zsh and fish");
        return SY_EXIT_FAILED;
    }
    sy_status st = sy_print_out(&out, &err);
    if (st == SY_OK)
        st = sy_print_flush(&err);
    sy_buf_release(&out);
    return st == SY_OK ? SY_EXIT_OK : sy_say_failure(&err, NULL);
}
