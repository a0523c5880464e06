# Help of every command, short and long, goes to standard output.
. "$HELPERS"
"$SUOYIN" --version | sed 's/[0-9][0-9.]*/N/'
"$SUOYIN" --help | head -n 1
"$SUOYIN" help | grep -c '^  [a-z]* .*'
for command in index query segment words lexicon verify info completion; do
    "$SUOYIN" "$command" -h | head -n 1
    short=$("$SUOYIN" "$command" -h | wc -l)
    long=$("$SUOYIN" "$command" --help | wc -l)
    [ "$long" -gt "$short" ] || echo "$command: --help is no longer than -h"
    [ "$("$SUOYIN" help "$command")" = "$("$SUOYIN" "$command" --help)" ] || echo "$command: help differs"
done
