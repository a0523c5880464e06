# What may have been meant by a term that nothing has: names by edits and by parts, words.
. "$HELPERS"
cat >a.jsonl <<'J'
{"id":"1","unit":["区商投局","区财政局"],"status":"ledger of projects","key_word":"甲"}
{"id":"2","unit":["区商投局","区商务局"],"status":"project"}
J
echo '{"id":"3","unit":"区商头局","status":"goneword"}' >b.jsonl
make_index a.jsonl b.jsonl
explain unit:区商偷局
explain unit=商投局
explain 区商投局 or 区财政局
explain '区商投局 && 区财政局'
rm b.jsonl
"$SUOYIN" index -q -i my.idx a.jsonl b.jsonl 2>/dev/null
"$SUOYIN" index -q -i my.idx .
# What left the index is not proposed.
explain unit=区商头局
explain gonewords
explain 'ledgre projetc'
explain '区投商局'
explain 'status:区商头局'
explain 甲乙丙丁
explain '"x"'
explain "unit:$(printf '长%.0s' $(seq 40))"
