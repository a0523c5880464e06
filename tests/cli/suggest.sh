# What may have been meant by a term that nothing has: names by edits and by parts, words.
. "$HELPERS"
cat >a.jsonl <<'J'
{"id":"1","unit":["区商投局","区财政局"],"status":"ledger of projects","key_word":"甲"}
{"id":"2","unit":["区商投局","区商务局"],"status":"project"}
J
echo '{"id":"3","unit":"区商头局","status":"goneword"}' >b.jsonl
make_index a.jsonl b.jsonl
run query -i my.idx --explain unit:区商偷局
run query -i my.idx --explain unit=商投局
rm b.jsonl
"$SUOYIN" index -q -i my.idx a.jsonl b.jsonl 2>/dev/null
"$SUOYIN" index -q -i my.idx .
# What left the index is not proposed.
run query -i my.idx --explain unit=区商头局
run query -i my.idx --explain gonewords
run query -i my.idx --explain 'ledgre projetc'
run query -i my.idx --explain '区投商局'
run query -i my.idx --explain 'status:区商头局'
run query -i my.idx --explain 甲乙丙丁
run query -i my.idx --explain '"x"'
run query -i my.idx --explain "unit:$(printf '长%.0s' $(seq 40))"
