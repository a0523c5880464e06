# A line a record by a pattern.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx --format '{key} {unit}' 招商
run query -i my.idx --format '{{{责任单位}}}\t{source}:{line}\n--' 招商
run query -i my.idx --format 'x\\y\{z\}' 招商
run query -i my.idx --format '' -n 1 招商
"$SUOYIN" query -i my.idx -0 --format '{key}' 招商 | tr '\0' '!'
echo
run query -i my.idx --color=always --format '{item}' 招商
run query -i my.idx --format '{nothing}' 招商
run query -i my.idx --format '{key' 招商
run query -i my.idx --format 'key}' 招商
run query -i my.idx --format '\q' 招商
run query -i my.idx --format '\' 招商
run query -i my.idx --format '{key}' --group row 招商
