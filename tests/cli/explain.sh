# How a query was read, what each term found, and which one left nothing.
. "$HELPERS"
make_records
make_index a.jsonl b.jsonl
run query -i my.idx --explain --keys 'unit:区商投局' '-status=无'
run query -i my.idx --explain unit:区商投局 item:城市
run query -i my.idx --explain nosuchword unit:区商投局
run query -i my.idx --explain --keys '*'
