# The form for pipes: one line a record, all fields or the chosen ones.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx unit:区商投局
run query -i my.idx --fields unit,status 区住建局
run query -i my.idx --fields '责任单位，key、source,line' 区住建局
run query -i my.idx --json --line --fields item 更新
run query -i my.idx --fields owner '*' | sed 's/there are: .*/there are: …/'
