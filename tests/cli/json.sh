# JSON Lines: exact values, places in characters of the original value.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx --json '"进度"'
run query -i my.idx --json --fields unit unit:区商投局
run query -i my.idx --json next=* item:城市
printf '{"id":"q\\"uote","item":"a\\tb\\u001b[31m\\\\"}\n' >c.jsonl
"$SUOYIN" index -q -i c.idx c.jsonl
run query -i c.idx --json '*'
