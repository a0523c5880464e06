/* Prints the texts of the table of options as C that xgettext reads: the table has them in
 * structures and pasted from macros, where xgettext would not know them. */
#include <stdio.h>

#include "cli/options.h"

static void put(const char *text)
{
    if (*text == '\0')
        return;
    fputs("N_(\"", stdout);
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            fputs("\\n", stdout);
        else if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else
            putchar(*text);
    }
    fputs("\")\n", stdout);
}

int main(void)
{
    puts("#line 1 \"cli/option_tables.c\"");
    for (size_t c = 0; c < sy_n_commands; c++) {
        const sy_command *command = &sy_commands[c];
        put(command->summary);
        put(command->about);
        put(command->status);
        for (size_t i = 0; i < command->n_options; i++) {
            put(command->options[i].group);
            put(command->options[i].help);
            put(command->options[i].more);
        }
    }
    return 0;
}
