# What an index holds; times, hashes, sizes and versions are not ours to fix.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
"$SUOYIN" info -i my.idx --json >out || echo "exit $?"
sed 's/,"fields":.*"keep_variants"/,…,"keep_variants"/; s/"committed":"[0-9T:-]*Z"/"committed":"T"/
s/"[0-9a-f]\{16\}"/"H"/g; s/"icu":"[0-9.]*"/"icu":"V"/; s/"format":[0-9]*/"format":N/' out
grep -o '{"name":"unit","label":"[^"]*","kind":"[a-z]*","pinyin":[a-z]*,"weight":[0-9.]*}' out
"$SUOYIN" info -i my.idx | grep -E '^(index|documents|records|segments|Traditional): |^  unit'
# After an update: the replaced record waits in its segment.
echo '{"id":"9","status":"无"}' >c.jsonl
"$SUOYIN" index -q --rebuild -i my.idx a.jsonl b.jsonl c.jsonl
echo '{"id":"9","status":"有"}' >c.jsonl
touch -d '1 minute' c.jsonl
"$SUOYIN" index -q -i my.idx c.jsonl
"$SUOYIN" info -i my.idx | grep -E '^(records|segments): '
"$SUOYIN" info -i my.idx --json | grep -o '"deleted_documents":[0-9]*,"deleted_records":[0-9]*,"fields"'
"$SUOYIN" info -i my.idx --json | grep -o '{"number":[0-9]*,"documents":[0-9]*,"records":[0-9]*,"deleted_documents":[0-9]*,"deleted_records":[0-9]*,"other_words":[a-z]*'
"$SUOYIN" verify -i my.idx
echo '{"id":"9","status":"无"}' >b.jsonl
"$SUOYIN" index -i my.idx b.jsonl c.jsonl 2>&1 | grep note
