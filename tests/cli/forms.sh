# Expressions that begin with a dash; options after operands; bundles.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx --keys -status:无
run query -i my.idx unit:区商投局 -status=无 --keys
run query -i my.idx --keys -- 招商 -活动
run query -qi my.idx 招商
run query -ci my.idx 招商
run query --index=my.idx --keys --any 城市 活动
run query -i my.idx -c '责任单位：区商投局' 存在问题＝无
