# Control characters of a text never reach a terminal: pictures in cards and lines.
. "$HELPERS"
printf '{"id":"k\\u001b[2J","item":"a\\u001b]0;x\\u0007b\\u009bc\\u007fd\\te","next":"f\\rg\\u2028h"}\n' >a.jsonl
make_index a.jsonl
run query -i my.idx --fields item,next '*' | visible
run query -i my.idx --card --fields item,next '*' | visible
run query -i my.idx --tsv --fields item '*' | visible
printf 'unit:\033[31m(' >expr
run query -i my.idx "$(cat expr)" | tail -n +2 | tr '\033' '#' | grep -c '#'
run query -i "$(printf 'no\033.idx')" x | tail -n +2 | visible
