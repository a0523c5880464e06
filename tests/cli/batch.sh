# Many queries: an object a line, errors in their place, exit status 2 at the end.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
steady() { sed 's/"us":[0-9]*/"us":N/; s/"error":".*"/"error":"…"/'; }
printf 'unit:区商投局\n\n  \nnosuchword\r\n"无"' >queries
"$SUOYIN" query -i my.idx --batch queries | steady
"$SUOYIN" query -i my.idx --batch - --keys <queries | steady
"$SUOYIN" query -i my.idx --batch - --keys --source <queries | steady
echo 'nosuchword' | "$SUOYIN" query -i my.idx --batch - | steady
echo '区住建局 区财政局' | "$SUOYIN" query -i my.idx --any --batch - | steady
printf 'unit:(\n*\nnosuchfield:x\n' >errors
"$SUOYIN" query -i my.idx --batch errors >out
echo "exit $?"
steady <out
echo nosuchword >none
"$SUOYIN" query -i my.idx --batch none >out
echo "exit $?"
run query -i my.idx --batch queries expr
run query -i my.idx --batch missing
