# Counts by the values of a field.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx --count-by unit '*'
run query -i my.idx --count-by 存在问题 unit:区商投局
run query -i my.idx --count-by unit -n 1 '*'
run query -i my.idx --count-by unit --json --offset 1 '*'
run query -i my.idx --count-by next '*'
run query -i my.idx --count-by unit nosuchword
