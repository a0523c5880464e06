# What an index holds; times, hashes, sizes and versions are not ours to fix.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
"$SUOYIN" info -i my.idx --json >out || echo "exit $?"
sed 's/,"fields":.*"keep_variants"/,…,"keep_variants"/; s/"committed":"[0-9T:-]*Z"/"committed":"T"/
s/"[0-9a-f]\{16\}"/"H"/g; s/"icu":"[0-9.]*"/"icu":"V"/; s/"format":[0-9]*/"format":N/' out
grep -o '{"name":"unit","label":"[^"]*","kind":"[a-z]*"}' out
"$SUOYIN" info -i my.idx | grep -E '^(index|documents|records|segments|Traditional): '
